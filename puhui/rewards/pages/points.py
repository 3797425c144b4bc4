"""Pages of points: the wallet, its statement, and why points were given."""

from typing import Any
from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from puhui.db.session import snapshot
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.clock import now
from puhui.rewards.pages.blueprint import pages
from puhui.rewards.pages.place import cursor_asked
from puhui.rewards.queries import awards, claims
from puhui.rewards.queries import wallet as wallets
from puhui.web.pages import (
    signed_in,
)
from puhui.web.paging import USUAL, page


@pages.get("/wallet")
def wallet() -> ResponseReturnValue:
    """Show one's points and what moved last."""
    actor = signed_in()
    with snapshot() as session:
        held = wallets.wallet(session, actor, now())
        latest = wallets.statement(session, actor, most=5)
    return render_template(
        "rewards/wallet.html",
        wallet=held,
        latest=latest,
        reviews=actor.may(Permission.PLANTING_REVIEW),
    )


@pages.get("/wallet/statement")
def statement() -> ResponseReturnValue:
    """Show every line, newest first."""
    actor = signed_in()
    cursor = cursor_asked()
    with snapshot() as session:
        found = wallets.statement(
            session, actor, before=cursor[0] if cursor else None, most=USUAL + 1
        )
    shown = page(found, USUAL, lambda line: (line.entry_id,))
    return render_template("rewards/statement.html", lines=shown)


@pages.get("/awards/<uuid:award_id>")
def award(award_id: UUID) -> ResponseReturnValue:
    """Show why points were given."""
    return render_template("rewards/award.html", **award_page(signed_in(), award_id))


def award_page(actor: Actor, award_id: UUID) -> dict[str, Any]:
    """Return what the page of an award shows: where it is for a claim, what became of that."""
    with snapshot() as session:
        found = awards.award(session, actor, award_id)
        claim = claims.of_award(session, award_id)
        return {
            "award": found,
            "claim": None if claim is None else claims.weighed(session, claim),
            "own": found.person_id == actor.person_id,
        }
