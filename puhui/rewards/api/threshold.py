"""JSON resources of what records are weighed by: thresholds, places of bases, capture tickets."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from puhui.db.session import snapshot, transaction
from puhui.evidence.ticket import Ticket
from puhui.kernel.clock import now
from puhui.rewards.errors import NoSuchBase
from puhui.rewards.queries import thresholds as queries
from puhui.rewards.queries.places import Spot, spots
from puhui.rewards.schema.threshold import (
    NotedSpotSchema,
    SpotSchema,
    ThresholdDraftSchema,
    ThresholdsPageSchema,
    ThresholdsSchema,
    TicketDraftSchema,
    TicketSchema,
)
from puhui.rewards.service.places import note_place
from puhui.rewards.service.thresholds import publish_thresholds
from puhui.rewards.service.tickets import issue_ticket
from puhui.rewards.threshold import Thresholds
from puhui.web.blueprint import json_blueprint
from puhui.web.guard import current_actor, open_to_all
from puhui.web.limits import limited
from puhui.web.paging import MOST, Page

threshold_resources = json_blueprint("thresholds", "/api/thresholds", "核对阈值")
place_resources = json_blueprint("base places", "/api/bases", "基地位置")
ticket_resources = json_blueprint("tickets", "/api/tickets", "拍摄凭证")


@threshold_resources.route("")
class AllThresholds(MethodView):
    """By what records are weighed."""

    @threshold_resources.response(200, ThresholdsPageSchema)
    def get(self) -> Page[Thresholds]:
        """List every version of the thresholds to operators, verifiers and auditors."""
        with snapshot() as session:
            return Page(queries.versions(session, current_actor())[:MOST], None)


@threshold_resources.route("/<string:version>")
class OneVersion(MethodView):
    """A version of the thresholds, named by the operator who publishes it."""

    @threshold_resources.arguments(ThresholdDraftSchema)
    @threshold_resources.response(201, ThresholdsSchema)
    def put(self, draft: dict[str, Any], version: str) -> Thresholds:
        """Publish thresholds that count from a later day on; the same again changes nothing."""
        thresholds = Thresholds(version, draft["valid_from"], draft["values"])
        with transaction() as session:
            return publish_thresholds(session, current_actor(), thresholds, now())


@place_resources.route("/<uuid:base_id>/place")
class BasePlace(MethodView):
    """Where a base lies."""

    @place_resources.arguments(SpotSchema)
    @place_resources.response(200, NotedSpotSchema)
    def put(self, spot: Spot, base_id: UUID) -> Spot:
        """Note where a base lies; the latest note counts."""
        with transaction() as session:
            return note_place(session, current_actor(), base_id, spot, now())

    @open_to_all
    @place_resources.response(200, NotedSpotSchema)
    def get(self, base_id: UUID) -> Spot:
        """Show where a base lies, if it has been noted."""
        with snapshot() as session:
            found = spots(session, [base_id])
        if base_id not in found:
            raise NoSuchBase(base=str(base_id))
        return found[base_id]


@ticket_resources.route("/<uuid:ticket_id>")
class OneTicket(MethodView):
    """A capture ticket, named by whoever asks for it; the server names its time."""

    @limited("60/hour", "ticket")
    @ticket_resources.arguments(TicketDraftSchema)
    @ticket_resources.response(201, TicketSchema)
    def put(self, draft: dict[str, Any], ticket_id: UUID) -> Ticket:
        """Ask leave to photograph a base; the same again changes nothing."""
        with transaction() as session:
            return issue_ticket(session, current_actor(), ticket_id, now=now(), **draft)
