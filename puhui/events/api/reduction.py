"""JSON resources of reduction plans and what became of them."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from puhui.db.session import snapshot, transaction
from puhui.events import queries, service
from puhui.events.api.blueprint import planning
from puhui.events.queries.plans import PlanCard
from puhui.events.reduction import Measure
from puhui.events.schema.reduction import (
    OutcomesSchema,
    ReductionPlanDraftSchema,
    ReductionPlanPageSchema,
    ReductionPlanSchema,
)
from puhui.kernel.clock import now
from puhui.web.guard import actor_or_none, current_actor, open_to_all
from puhui.web.idempotency import give_name
from puhui.web.paging import Page


@planning.route("/<uuid:event_id>/reduction-plans")
class ReductionPlans(MethodView):
    """Every version of an event's reduction plan."""

    @open_to_all
    @planning.response(200, ReductionPlanPageSchema)
    def get(self, event_id: UUID) -> Page[PlanCard]:
        """List the versions, newest first."""
        with snapshot() as session:
            queries.event_for(session, actor_or_none(), event_id)
            return Page(queries.reduction_plans(session, event_id)[:100], None)


@planning.route("/<uuid:event_id>/reduction-plans/<uuid:plan_id>")
class OneReductionPlan(MethodView):
    """A version, named by whoever makes it."""

    @planning.arguments(ReductionPlanDraftSchema)
    @planning.response(201, ReductionPlanSchema)
    def put(self, given: dict[str, list[Measure]], event_id: UUID, plan_id: UUID) -> PlanCard:
        """Keep a plan as a new version, its savings computed; the same again is that version."""
        with transaction() as session:
            give_name(session, plan_id, current_actor(), now())
            return service.save_reduction_plan(
                session, current_actor(), event_id, plan_id, given["measures"], now()
            )


@planning.route("/<uuid:event_id>/outcome")
class Outcomes(MethodView):
    """The plan beside what came of it."""

    @open_to_all
    @planning.response(200, OutcomesSchema)
    def get(self, event_id: UUID) -> dict[str, Any]:
        """Compare the last estimate beforehand with the newest actual one, by source."""
        with snapshot() as session:
            queries.event_for(session, actor_or_none(), event_id)
            return {"sources": queries.turned_out(session, event_id)}
