"""JSON resources of what is planned about an event and stated of it."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask.views import MethodView

from puhui.db.session import snapshot, transaction
from puhui.events import planning_queries, queries, service
from puhui.events.assumption import AssumptionDraft
from puhui.events.errors import UnknownEvent
from puhui.events.forest import ForestDraft
from puhui.events.planning_queries import ForestCard, PlanCard, StatementCard
from puhui.events.planning_schema import (
    AssumptionDraftSchema,
    AssumptionSchema,
    AssumptionsSchema,
    ConfirmationDraftSchema,
    EventDifferencesSchema,
    EventStatementSchema,
    EventWhatIfSchema,
    ForestDraftSchema,
    ForestSchema,
    OutcomesSchema,
    ReductionPlanDraftSchema,
    ReductionPlanPageSchema,
    ReductionPlanSchema,
    differences_wire,
)
from puhui.events.reduction import Measure
from puhui.events.whatif import Scenario
from puhui.kernel.clock import now
from puhui.web.blueprint import json_blueprint
from puhui.web.guard import actor_or_none, current_actor, open_to_all
from puhui.web.idempotency import give_name
from puhui.web.paging import Page

blueprint = json_blueprint("event_planning", "/api/events", "活动减排、声明与新造林")


@blueprint.route("/<uuid:event_id>/what-if")
class EventWhatIf(MethodView):
    """What other events this one could be."""

    @blueprint.arguments(EventWhatIfSchema)
    @blueprint.response(200, EventDifferencesSchema)
    def post(self, given: dict[str, list[Scenario]], event_id: UUID) -> dict[str, Any]:
        """Compute what scenarios would make of the estimate; nothing is kept."""
        with snapshot() as session:
            found = service.what_if(session, current_actor(), event_id, given["scenarios"])
        return differences_wire(found)


@blueprint.route("/<uuid:event_id>/reduction-plans")
class ReductionPlans(MethodView):
    """Every version of an event's reduction plan."""

    @open_to_all
    @blueprint.response(200, ReductionPlanPageSchema)
    def get(self, event_id: UUID) -> Page[PlanCard]:
        """List the versions, newest first."""
        with snapshot() as session:
            queries.event_for(session, actor_or_none(), event_id)
            return Page(planning_queries.reduction_plans(session, event_id)[:100], None)


@blueprint.route("/<uuid:event_id>/reduction-plans/<uuid:plan_id>")
class OneReductionPlan(MethodView):
    """A version, named by whoever makes it."""

    @blueprint.arguments(ReductionPlanDraftSchema)
    @blueprint.response(201, ReductionPlanSchema)
    def put(self, given: dict[str, list[Measure]], event_id: UUID, plan_id: UUID) -> PlanCard:
        """Keep a plan as a new version, its savings computed; the same again is that version."""
        with transaction() as session:
            give_name(session, plan_id, current_actor(), now())
            return service.save_reduction_plan(
                session, current_actor(), event_id, plan_id, given["measures"], now()
            )


@blueprint.route("/<uuid:event_id>/outcome")
class Outcomes(MethodView):
    """The plan beside what came of it."""

    @open_to_all
    @blueprint.response(200, OutcomesSchema)
    def get(self, event_id: UUID) -> dict[str, Any]:
        """Compare the last estimate beforehand with the newest actual one, by source."""
        with snapshot() as session:
            queries.event_for(session, actor_or_none(), event_id)
            return {"sources": planning_queries.turned_out(session, event_id)}


@blueprint.route("/<uuid:event_id>/forest")
class Forest(MethodView):
    """A new forest in place of credits; it is none."""

    @open_to_all
    @blueprint.response(200, ForestSchema)
    def get(self, event_id: UUID) -> dict[str, Any]:
        """Show an event's new forest and until when its route is open."""
        with snapshot() as session:
            event = queries.event_for(session, actor_or_none(), event_id)
            found = planning_queries.forest_card(session, event, now())
        if found is None:
            raise UnknownEvent(event=str(event_id), what="forest")
        return _forest(found)


@blueprint.route("/<uuid:event_id>/forest/<uuid:route_id>")
class OneForest(MethodView):
    """A version of it, named by whoever records it."""

    @blueprint.arguments(ForestDraftSchema)
    @blueprint.response(201, ForestSchema)
    def put(self, draft: ForestDraft, event_id: UUID, route_id: UUID) -> dict[str, Any]:
        """Record the forest as it stands; the same again changes nothing."""
        with transaction() as session:
            service.record_forest(session, current_actor(), event_id, route_id, draft, now())
            event = queries.own_event(session, current_actor(), event_id)
            found = planning_queries.forest_card(session, event, now())
        assert found is not None, event_id
        return _forest(found)


def _forest(card: ForestCard) -> dict[str, Any]:
    return {
        **asdict(card.forest),
        "route_id": card.route_id,
        "number": card.number,
        "open_until": card.open_until,
        "state": card.state,
        "reminders": card.reminders,
    }


@blueprint.route("/<uuid:event_id>/statement")
class EventStatement(MethodView):
    """What can be stated of an event."""

    @open_to_all
    @blueprint.response(200, EventStatementSchema)
    def get(self, event_id: UUID) -> StatementCard:
        """Show the statement that the national guide asks for, titled by what is true now."""
        with snapshot() as session:
            event = queries.event_for(session, actor_or_none(), event_id)
            return planning_queries.statement_card(session, event)


@blueprint.route("/<uuid:event_id>/confirmations/<uuid:confirmation_id>")
class Confirmations(MethodView):
    """The word of the organiser, or of an independent body."""

    @blueprint.arguments(ConfirmationDraftSchema)
    @blueprint.response(201, EventStatementSchema)
    def put(self, given: dict[str, Any], event_id: UUID, confirmation_id: UUID) -> StatementCard:
        """Confirm the statement of a neutral event; the same again changes nothing."""
        with transaction() as session:
            give_name(session, confirmation_id, current_actor(), now())
            service.confirm(session, current_actor(), event_id, confirmation_id, **given, now=now())
            return planning_queries.statement_card(session, queries.event(session, event_id))


@blueprint.route("/assumptions")
class Assumptions(MethodView):
    """What experts assume where nothing is published."""

    @open_to_all
    @blueprint.response(200, AssumptionsSchema)
    def get(self) -> dict[str, Any]:
        """List the newest version of each."""
        with snapshot() as session:
            return {"items": list(planning_queries.assumptions(session).values())}


@blueprint.route("/assumptions/<uuid:assumption_id>")
class OneAssumption(MethodView):
    """A version, named by the operator who enters it."""

    @blueprint.arguments(AssumptionDraftSchema)
    @blueprint.response(201, AssumptionSchema)
    def put(self, draft: AssumptionDraft, assumption_id: UUID) -> Any:
        """Enter an assumption as the next version of its key; the same again changes nothing."""
        with transaction() as session:
            found = service.enter_assumption(session, current_actor(), assumption_id, draft, now())
            return planning_queries.assumption(found)
