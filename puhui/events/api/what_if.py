"""JSON resource of scenarios."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from puhui.db.session import snapshot
from puhui.events import service
from puhui.events.api.blueprint import planning
from puhui.events.schema.what_if import EventDifferencesSchema, EventWhatIfSchema, differences_wire
from puhui.events.whatif import Scenario
from puhui.web.guard import current_actor


@planning.route("/<uuid:event_id>/what-if")
class EventWhatIf(MethodView):
    """What other events this one could be."""

    @planning.arguments(EventWhatIfSchema)
    @planning.response(200, EventDifferencesSchema)
    def post(self, given: dict[str, list[Scenario]], event_id: UUID) -> dict[str, Any]:
        """Compute what scenarios would make of the estimate; nothing is kept."""
        with snapshot() as session:
            found = service.what_if(session, current_actor(), event_id, given["scenarios"])
        return differences_wire(found)
