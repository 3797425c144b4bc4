"""JSON resources of credits offered to an event."""

from uuid import UUID

from flask.views import MethodView

from puhui.credits.bundle import Wishes
from puhui.db.session import snapshot, transaction
from puhui.events import queries, service
from puhui.events.api.blueprint import blueprint
from puhui.events.errors import UnknownEvent
from puhui.events.queries import OfferCard
from puhui.events.schema.offer import EventOfferDraftSchema, EventOfferSchema
from puhui.kernel.clock import now
from puhui.web.guard import current_actor
from puhui.web.idempotency import give_name


@blueprint.route("/<uuid:event_id>/offers/<uuid:offer_id>")
class Offers(MethodView):
    """Credits kept for an event, named by whoever asks for them."""

    @blueprint.arguments(EventOfferDraftSchema)
    @blueprint.response(201, EventOfferSchema)
    def put(self, wishes: Wishes, event_id: UUID, offer_id: UUID) -> OfferCard:
        """Keep the cheapest credits that cover the newest estimate; the same again, the same."""
        with transaction() as session:
            give_name(session, offer_id, current_actor(), now())
            hold = service.request_bundle(
                session, current_actor(), event_id, offer_id, wishes, now()
            )
            return queries.offer_card(session, hold)

    @blueprint.response(200, EventOfferSchema)
    def get(self, event_id: UUID, offer_id: UUID) -> OfferCard:
        """Show an offer and what has become of it, to the organiser."""
        with snapshot() as session:
            queries.own_event(session, current_actor(), event_id)
            hold = queries.offer(session, event_id, offer_id)
            if hold is None:
                raise UnknownEvent(event=str(event_id), offer=str(offer_id))
            return queries.offer_card(session, hold)


@blueprint.route("/<uuid:event_id>/offers/<uuid:offer_id>/acceptance")
class Acceptance(MethodView):
    """The organiser's word that a bank transfer is on its way."""

    @blueprint.response(200, EventOfferSchema)
    def put(self, event_id: UUID, offer_id: UUID) -> OfferCard:
        """Accept the price; the credits are kept until the transfer has had time to arrive."""
        with transaction() as session:
            hold = service.accept_offer(session, current_actor(), event_id, offer_id, now())
            return queries.offer_card(session, hold)
