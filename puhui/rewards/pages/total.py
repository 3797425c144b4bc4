"""Pages of what everybody may count, and of what two operators put right by hand."""

from typing import Any
from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from puhui.db.session import snapshot, transaction
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.clock import now
from puhui.kernel.errors import DomainError
from puhui.rewards.pages.blueprint import pages
from puhui.rewards.queries import adjustments
from puhui.rewards.queries.rules import rules
from puhui.rewards.queries.totals import totals
from puhui.rewards.schema.adjustment import AdjustmentDecisionSchema, AdjustmentDraftSchema
from puhui.rewards.service import adjustments as service
from puhui.web.pages import (
    form_name,
    read_form,
    redirect_after_post,
    render_faults,
    signed_in,
)


@pages.get("/point-totals")
def point_totals() -> ResponseReturnValue:
    """Show everybody how many points were given, spent, taken back and moved by hand."""
    with snapshot() as session:
        found = totals(session)
        names = {rule.key: rule for rule in rules(session)}
    return render_template("rewards/point_totals.html", totals=found, names=names)


@pages.get("/adjustments")
def adjustment_desk() -> ResponseReturnValue:
    """Show operators what waits for a second one, and a form to propose."""
    actor = signed_in()
    actor.require(Permission.POINTS_ADJUST)
    return render_template("rewards/adjustments.html", **_desk(actor))


def _desk(actor: Actor) -> dict[str, Any]:
    with snapshot() as session:
        return {
            "proposed": adjustments.proposed(session, actor),
            "own": actor.person_id,
            "done": request.args.get("done"),
        }


@pages.post("/adjustments")
def propose_adjustment() -> ResponseReturnValue:
    """Propose to give or take points."""
    actor = signed_in()
    try:
        draft = read_form(AdjustmentDraftSchema)
        with transaction() as session:
            service.propose_adjustment(session, actor, form_name(), draft, now())
    except DomainError as error:
        return render_faults("rewards/adjustments.html", error, **_desk(actor))
    return redirect_after_post(url_for("rewards_pages.adjustment_desk", done="yes"))


@pages.post("/adjustments/<uuid:adjustment_id>/decision")
def decide_adjustment(adjustment_id: UUID) -> ResponseReturnValue:
    """Agree to what another operator proposed, or turn it down."""
    actor = signed_in()
    try:
        said = read_form(AdjustmentDecisionSchema)
        with transaction() as session:
            service.decide_adjustment(session, actor, adjustment_id, said["approved"], now())
    except DomainError as error:
        return render_faults("rewards/adjustments.html", error, **_desk(actor))
    return redirect_after_post(url_for("rewards_pages.adjustment_desk", done="yes"))
