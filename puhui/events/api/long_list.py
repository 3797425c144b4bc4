"""JSON resource of a long attendee list, which a task reads."""

from uuid import UUID

from flask import request
from flask.views import MethodView

from puhui.db.session import snapshot, transaction
from puhui.events import service
from puhui.events.api.blueprint import CSV, blueprint
from puhui.events.attendee_file import MOST_BYTES
from puhui.kernel.clock import now
from puhui.outbox.queries import TaskSeen
from puhui.web.blueprint import takes
from puhui.web.guard import current_actor
from puhui.web.limits import limited
from puhui.web.task import TaskSchema
from puhui.web.workbook import XLSX


class EventListReadingSchema(TaskSchema):
    """How far a list has been read; of one that failed nothing is kept, and it says why."""


@blueprint.route("/<uuid:event_id>/lists/<uuid:list_id>")
class ListReading(MethodView):
    """A long list on its way, named by whoever sends it."""

    @takes(CSV, XLSX, "application/octet-stream", most_bytes=MOST_BYTES)
    @limited("60/hour", "upload")
    @blueprint.response(202, EventListReadingSchema)
    def put(self, event_id: UUID, list_id: UUID) -> TaskSeen:
        """Send a list as CSV or xlsx and follow how it is read; twice is once."""
        file = request.get_data(cache=True)
        with transaction() as session:
            return service.begin_list(session, current_actor(), event_id, list_id, file, now())

    @blueprint.response(200, EventListReadingSchema)
    def get(self, event_id: UUID, list_id: UUID) -> TaskSeen:
        """Show how far a list has been read, and in the end every fault or what it holds."""
        with snapshot() as session:
            return service.list_seen_by(session, current_actor(), event_id, list_id)
