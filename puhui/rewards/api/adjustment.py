"""JSON resources of points moved by hand, and of what everybody may count."""

from uuid import UUID

from flask.views import MethodView

from puhui.db.session import snapshot, transaction
from puhui.kernel.clock import now
from puhui.rewards.adjustment import AdjustmentDraft
from puhui.rewards.queries import adjustments
from puhui.rewards.queries.adjustments import AdjustmentCard
from puhui.rewards.queries.totals import Totals, totals
from puhui.rewards.schema.adjustment import (
    AdjustmentDecisionSchema,
    AdjustmentDraftSchema,
    AdjustmentPageSchema,
    AdjustmentSchema,
    TotalsSchema,
)
from puhui.rewards.service import adjustments as service
from puhui.web.blueprint import json_blueprint
from puhui.web.guard import current_actor, open_to_all
from puhui.web.paging import Page

adjustment_resources = json_blueprint("adjustments", "/api/adjustments", "人工更正")
total_resources = json_blueprint("point-totals", "/api/point-totals", "积分公开统计")


@adjustment_resources.route("")
class Adjustments(MethodView):
    """What waits for a second operator."""

    @adjustment_resources.response(200, AdjustmentPageSchema)
    def get(self) -> Page[AdjustmentCard]:
        """List what one operator has proposed and another must decide, the oldest first."""
        with snapshot() as session:
            return Page(adjustments.proposed(session, current_actor()), None)


@adjustment_resources.route("/<uuid:adjustment_id>")
class OneAdjustment(MethodView):
    """An adjustment, named by the operator who proposes it."""

    @adjustment_resources.arguments(AdjustmentDraftSchema)
    @adjustment_resources.response(201, AdjustmentSchema)
    def put(self, draft: AdjustmentDraft, adjustment_id: UUID) -> AdjustmentCard:
        """Propose to give or take points; the same again changes nothing."""
        with transaction() as session:
            return service.propose_adjustment(session, current_actor(), adjustment_id, draft, now())

    @adjustment_resources.response(200, AdjustmentSchema)
    def get(self, adjustment_id: UUID) -> AdjustmentCard:
        """Show an adjustment to the person, an operator or an auditor."""
        with snapshot() as session:
            return adjustments.adjustment(session, current_actor(), adjustment_id)


@adjustment_resources.route("/<uuid:adjustment_id>/decision")
class Decision(MethodView):
    """The second operator's word; an adjustment has one."""

    @adjustment_resources.arguments(AdjustmentDecisionSchema)
    @adjustment_resources.response(200, AdjustmentSchema)
    def post(self, said: dict[str, bool], adjustment_id: UUID) -> AdjustmentCard:
        """Agree, which moves the points, or turn it down; the same again changes nothing."""
        with transaction() as session:
            return service.decide_adjustment(
                session, current_actor(), adjustment_id, said["approved"], now()
            )


@total_resources.route("")
class PointTotals(MethodView):
    """The public count of points."""

    @open_to_all
    @total_resources.response(200, TotalsSchema)
    def get(self) -> Totals:
        """Count what was given, waits, was spent, expired, was taken back or moved by hand."""
        with snapshot() as session:
            return totals(session)
