"""JSON resources of events."""

from typing import Any
from uuid import UUID

from flask import request
from flask.views import MethodView

import puhui.web.conditional as conditional
from puhui.credits.bundle import Wishes
from puhui.db.session import snapshot, transaction
from puhui.events import queries, service
from puhui.events.attendee_list import MOST_BYTES
from puhui.events.city import City
from puhui.events.draft import EventDraft, InventoryDraft
from puhui.events.errors import UnknownEvent
from puhui.events.queries import EventCard, ListCard, OfferCard, Summary
from puhui.events.schema.attendee import AttendeeListSchema, CityDecisionsSchema
from puhui.events.schema.estimate import (
    EstimatePageSchema,
    EventEstimateDraftSchema,
    EventEstimateSchema,
)
from puhui.events.schema.event import EventDraftSchema, EventPageSchema, EventSchema
from puhui.events.schema.inventory import EventInventoryDraftSchema, EventInventorySchema
from puhui.events.schema.offer import EventOfferDraftSchema, EventOfferSchema
from puhui.kernel.actor import Permission
from puhui.kernel.clock import now
from puhui.web.blueprint import json_blueprint, takes
from puhui.web.conditional import version_is, versioned
from puhui.web.guard import actor_or_none, current_actor, open_to_all
from puhui.web.idempotency import give_name, name_of_request, named
from puhui.web.limits import limited
from puhui.web.paging import Page, PageQuery, page

blueprint = json_blueprint("events", "/api/events", "活动与会议")

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.route("")
class Events(MethodView):
    """Events that one may see."""

    @open_to_all
    @blueprint.arguments(PageQuery, location="query")
    @blueprint.response(200, EventPageSchema)
    def get(self, asked: dict[str, Any]) -> Page[EventCard]:
        """List public events and one's own, latest first."""
        actor = actor_or_none()
        own = actor.organisations(Permission.EVENT_WRITE) if actor else frozenset()
        with snapshot() as session:
            found = [
                queries.card(session, event, now())
                for event in queries.events_for(
                    session, own, after=asked["cursor"], most=asked["limit"] + 1
                )
            ]
        return page(found, asked["limit"], lambda card: (card.starts_on, card.event_id))


def _tag(card: EventCard) -> str:
    """Return the version of what is shown: of the description, and of where the event stands."""
    stands = card.standing
    number = stands.estimate.number if stands.estimate else 0
    return f"{card.version}-{stands.state}-{number}-{stands.retired_kg}"


@blueprint.route("/<uuid:event_id>")
class OneEvent(MethodView):
    """An event, named by its organiser."""

    @versioned
    @blueprint.arguments(EventDraftSchema)
    @blueprint.response(201, EventSchema)
    def put(self, draft: EventDraft, event_id: UUID) -> EventCard:
        """Describe an event. A change needs `If-Match`; the same again changes nothing."""
        with transaction() as session:

            def based_on(_version: int) -> None:
                present = queries.card(session, queries.event(session, event_id), now())
                conditional.require_version(_tag(present))

            event = service.save_event(session, current_actor(), event_id, draft, now(), based_on)
            card = queries.card(session, event, now())
        version_is(_tag(card))
        return card

    @open_to_all
    @versioned
    @blueprint.response(200, EventSchema)
    def get(self, event_id: UUID) -> EventCard:
        """Show a public event, or one's own, and where it stands."""
        with snapshot() as session:
            event = queries.event_for(session, actor_or_none(), event_id)
            card = queries.card(session, event, now())
        version_is(_tag(card))
        return card


@blueprint.route("/<uuid:event_id>/inventory")
class EventInventory(MethodView):
    """What an event uses beside the travel of its list."""

    @versioned
    @blueprint.arguments(EventInventoryDraftSchema)
    @blueprint.response(201, EventInventorySchema)
    def put(self, draft: InventoryDraft, event_id: UUID) -> dict[str, Any]:
        """Enter the amounts. A change needs `If-Match`; the same again changes nothing."""
        with transaction() as session:
            inventory = service.save_inventory(
                session, current_actor(), event_id, draft, now(), conditional.require_version
            )
            found = queries.inventory_card(inventory)
        version_is(found["version"])
        return found

    @versioned
    @blueprint.response(200, EventInventorySchema)
    def get(self, event_id: UUID) -> dict[str, Any]:
        """Show what was entered, to the organiser."""
        with snapshot() as session:
            queries.own_event(session, current_actor(), event_id)
            inventory = queries.inventory(session, event_id)
            if inventory is None:
                raise UnknownEvent(event=str(event_id), what="inventory")
            found = queries.inventory_card(inventory)
        version_is(found["version"])
        return found


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
