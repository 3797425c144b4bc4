"""JSON resources of lists of attendees."""

from uuid import UUID

from flask import request
from flask.views import MethodView

from puhui.db.session import snapshot, transaction
from puhui.events import queries, service
from puhui.events.api.blueprint import CSV, blueprint
from puhui.events.attendee_list import MOST_BYTES
from puhui.events.errors import UnknownEvent
from puhui.events.queries import ListCard
from puhui.events.schema.attendee import AttendeeListSchema, CityDecisionsSchema
from puhui.kernel.city import City
from puhui.kernel.clock import now
from puhui.web.blueprint import takes
from puhui.web.guard import current_actor
from puhui.web.idempotency import give_name, name_of_request, named
from puhui.web.limits import limited
from puhui.web.workbook import XLSX


@blueprint.route("/<uuid:event_id>/attendees")
class Attendees(MethodView):
    """Who comes from where: numbers of people, no names."""

    @takes(CSV, XLSX, "application/octet-stream", most_bytes=MOST_BYTES)
    @limited("60/hour", "upload")
    @named
    @blueprint.response(201, AttendeeListSchema)
    def post(self, event_id: UUID) -> ListCard:
        """Send a list as CSV or xlsx; every faulty line is told at once, by row."""
        file = request.get_data(cache=True)
        with transaction() as session:
            actor = current_actor()
            name = name_of_request(actor)
            give_name(session, name, actor, now())
            upload = service.upload_list(session, actor, event_id, name, file, now())
            return queries.list_card(upload)

    @blueprint.response(200, AttendeeListSchema)
    def get(self, event_id: UUID) -> ListCard:
        """Show the newest list and what of it is to be decided, to the organiser."""
        with snapshot() as session:
            queries.own_event(session, current_actor(), event_id)
            upload = queries.newest_list(session, event_id)
            if upload is None:
                raise UnknownEvent(event=str(event_id), what="attendees")
            return queries.list_card(upload)


@blueprint.route("/<uuid:event_id>/attendees/<uuid:list_id>/cities")
class Cities(MethodView):
    """Cities that the list does not name for certain."""

    @blueprint.arguments(CityDecisionsSchema)
    @blueprint.response(200, AttendeeListSchema)
    def put(
        self, decisions: dict[str, City | dict[int, City]], event_id: UUID, list_id: UUID
    ) -> ListCard:
        """Say which cities are meant; what was decided before stays."""
        with transaction() as session:
            upload = service.decide_cities(
                session, current_actor(), event_id, list_id, decisions, now()
            )
            return queries.list_card(upload)
