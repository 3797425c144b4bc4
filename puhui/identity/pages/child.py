"""Pages of the children that one looks after."""

from typing import Any
from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from puhui.db.session import snapshot, transaction
from puhui.identity import queries
from puhui.identity.errors import GuardianCodeWrong
from puhui.identity.pages.blueprint import beside, pages
from puhui.identity.pages.consent import give_or_withdraw, purpose_of
from puhui.identity.purpose import FOR_MINORS, TEXTS, Purpose
from puhui.identity.schema.child import ChildAcceptedSchema
from puhui.identity.service import people
from puhui.kernel.actor import Actor
from puhui.kernel.clock import now
from puhui.kernel.errors import DomainError
from puhui.web.pages import next_address, read_form, redirect_after_post, render_faults, signed_in


def _children_page(actor: Actor) -> dict[str, Any]:
    with snapshot() as session:
        children = queries.children(session, actor.person_id)
        return {
            "children": [
                (
                    child,
                    [
                        card
                        for card in queries.consents(session, child.person_id)
                        if card.purpose is Purpose.GUARDIAN or card.purpose in FOR_MINORS
                    ],
                )
                for child in children
            ],
            "texts": TEXTS,
            "guardian": TEXTS[Purpose.GUARDIAN],
        }


@pages.get("/me/children")
def children() -> ResponseReturnValue:
    """Show a guardian their children, and how to agree for one who waits."""
    return render_template("identity/children.html", **_children_page(signed_in()))


@pages.post("/me/children")
def accept_child() -> ResponseReturnValue:
    """Agree for a waiting child."""
    actor = signed_in()
    try:
        given = read_form(ChildAcceptedSchema)
        with transaction() as session:
            outcome = people.accept_child(
                session,
                actor,
                given["phone"],
                given["guardian_code"],
                given["display_name"],
                given["text_hash"],
                "page",
                now(),
            )
        if isinstance(outcome, DomainError):
            raise outcome
    except DomainError as error:
        shown = beside("guardian_code", error) if isinstance(error, GuardianCodeWrong) else error
        return render_faults("identity/children.html", shown, **_children_page(actor))
    return redirect_after_post("/me/children")


@pages.post("/me/children/<uuid:person_id>/consents/<purpose>")
def decide_child_consent(person_id: UUID, purpose: str) -> ResponseReturnValue:
    """Agree to a purpose for a child, or withdraw."""
    give_or_withdraw(signed_in(), person_id, purpose_of(purpose))
    return redirect_after_post(next_address("/me/children"))
