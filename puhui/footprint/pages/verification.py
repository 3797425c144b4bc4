"""The verifier's desk."""

from typing import Any
from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue

from puhui.db.session import snapshot, transaction
from puhui.footprint import queries, service
from puhui.footprint.model import Footprint
from puhui.footprint.pages.blueprint import pages
from puhui.footprint.verdict import Reason, Verdict
from puhui.identity.queries import organisation
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.clock import now
from puhui.kernel.errors import DomainError
from puhui.web.pages import redirect_after_post, render_faults, signed_in


@pages.get("/verify")
def queue() -> ResponseReturnValue:
    """Show what waits for a verifier."""
    actor = signed_in()
    actor.require(Permission.FOOTPRINT_VERIFY)
    with snapshot() as session:
        waiting = queries.queue(
            session,
            not_of=sorted({member.organisation_id for member in actor.memberships}),
            most=100,
        )
    return render_template("footprint/queue.html", waiting=waiting)


@pages.get("/verify/<uuid:footprint_id>")
def review(footprint_id: UUID) -> ResponseReturnValue:
    """Show a footprint with every line and factor, and the form of the decision."""
    actor = signed_in()
    actor.require(Permission.FOOTPRINT_VERIFY)
    return render_template("footprint/review.html", **_of_footprint(actor, footprint_id))


def _of_footprint(actor: Actor, footprint_id: UUID) -> dict[str, Any]:
    with snapshot() as session:
        made: Footprint = queries.footprint_seen_by(session, actor, footprint_id)
        of = queries.product(session, made.product_id)
        maker = organisation(session, of.organisation_id)
    document = queries.document_of(made)
    return {
        "footprint": made,
        "product": of,
        "maker": maker,
        "document": document,
        "result": document["result"],
        "lines": list(
            zip(document["inventory"]["lines"], document["result"]["lines"], strict=False)
        ),
    }


@pages.post("/verify/<uuid:footprint_id>")
def decide(footprint_id: UUID) -> ResponseReturnValue:
    """Verify or refuse, with reasons by line."""
    actor = signed_in()
    reasons = [
        Reason(None if row == "whole" else int(row), text)
        for name, value in request.form.items()
        if name.startswith("reason-") and (text := value.strip()[:500]).isprintable() and text
        for row in [name.removeprefix("reason-")]
        if row == "whole" or (row.isascii() and row.isdigit() and len(row) < 7)
    ]
    try:
        verdict = Verdict.VERIFIED if request.form.get("verdict") == "verified" else Verdict.REFUSED
        with transaction() as session:
            service.decide_footprint(
                session,
                actor,
                footprint_id,
                verdict,
                [] if verdict is Verdict.VERIFIED else reasons,
                now(),
            )
    except DomainError as error:
        return render_faults("footprint/review.html", error, **_of_footprint(actor, footprint_id))
    return redirect_after_post("/verify")


@pages.get("/footprints/<uuid:footprint_id>")
def footprint(footprint_id: UUID) -> ResponseReturnValue:
    """Show a version to its maker, with the verifier's reasons."""
    actor = signed_in()
    return render_template("footprint/review.html", **_of_footprint(actor, footprint_id))
