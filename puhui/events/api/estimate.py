"""JSON resources of estimates."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from puhui.db.session import snapshot, transaction
from puhui.events import queries, service
from puhui.events.api.blueprint import blueprint
from puhui.events.queries import Summary
from puhui.events.schema.estimate import (
    EstimatePageSchema,
    EventEstimateDraftSchema,
    EventEstimateSchema,
)
from puhui.kernel.clock import now
from puhui.web.guard import actor_or_none, current_actor, open_to_all
from puhui.web.paging import Page


@blueprint.route("/<uuid:event_id>/estimates")
class Estimates(MethodView):
    """Every version of an event's estimate."""

    @open_to_all
    @blueprint.response(200, EstimatePageSchema)
    def get(self, event_id: UUID) -> Page[Summary]:
        """List the newest versions, newest first."""
        with snapshot() as session:
            queries.event_for(session, actor_or_none(), event_id)
            found = [queries.summary(v) for v in queries.estimates(session, event_id)[:100]]
        return Page(found, None)


@blueprint.route("/<uuid:event_id>/estimates/<uuid:estimate_id>")
class OneEstimate(MethodView):
    """An estimate, named by whoever asks for it."""

    @blueprint.arguments(EventEstimateDraftSchema)
    @blueprint.response(201, EventEstimateSchema)
    def put(self, asked: dict[str, Any], event_id: UUID, estimate_id: UUID) -> dict[str, Any]:
        """Compute an estimate as a new version; the same again is the same version."""
        with transaction() as session:
            version = service.estimate_event(
                session, current_actor(), event_id, estimate_id, asked["stage"], now()
            )
            return queries.estimate_card(version)

    @open_to_all
    @blueprint.response(200, EventEstimateSchema)
    def get(self, event_id: UUID, estimate_id: UUID) -> dict[str, Any]:
        """Show an estimate with its document."""
        with snapshot() as session:
            queries.event_for(session, actor_or_none(), event_id)
            version = queries.estimate_by_id(session, event_id, estimate_id)
            return queries.estimate_card(version)
