"""JSON resources of new forests."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask.views import MethodView

from puhui.db.session import snapshot, transaction
from puhui.events import queries, service
from puhui.events.api.blueprint import planning
from puhui.events.errors import UnknownEvent
from puhui.events.forest import ForestDraft
from puhui.events.queries.forests import ForestCard
from puhui.events.schema.forest import ForestDraftSchema, ForestSchema
from puhui.kernel.clock import now
from puhui.web.guard import actor_or_none, current_actor, open_to_all


@planning.route("/<uuid:event_id>/forest")
class Forest(MethodView):
    """A new forest in place of credits; it is none."""

    @open_to_all
    @planning.response(200, ForestSchema)
    def get(self, event_id: UUID) -> dict[str, Any]:
        """Show an event's new forest and until when its route is open."""
        with snapshot() as session:
            event = queries.event_for(session, actor_or_none(), event_id)
            found = queries.forest_card(session, event, now())
        if found is None:
            raise UnknownEvent(event=str(event_id), what="forest")
        return _forest(found)


@planning.route("/<uuid:event_id>/forest/<uuid:route_id>")
class OneForest(MethodView):
    """A version of it, named by whoever records it."""

    @planning.arguments(ForestDraftSchema)
    @planning.response(201, ForestSchema)
    def put(self, draft: ForestDraft, event_id: UUID, route_id: UUID) -> dict[str, Any]:
        """Record the forest as it stands; the same again changes nothing."""
        with transaction() as session:
            service.record_forest(session, current_actor(), event_id, route_id, draft, now())
            event = queries.own_event(session, current_actor(), event_id)
            found = queries.forest_card(session, event, now())
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
