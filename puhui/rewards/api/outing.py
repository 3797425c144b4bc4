"""JSON resources of outings and bookings."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from puhui.db.session import snapshot, transaction
from puhui.evidence.geodesy import Place
from puhui.kernel.clock import now
from puhui.rewards.outing import BookingDraft, OutingDraft
from puhui.rewards.queries import outings as queries
from puhui.rewards.queries.outings import BookingCard, OutingCard
from puhui.rewards.schema.outing import (
    AttendanceSchema,
    BookingDraftSchema,
    BookingPageSchema,
    BookingSchema,
    CapacitySchema,
    CheckInSchema,
    OutingDraftSchema,
    OutingPageSchema,
    OutingSchema,
)
from puhui.rewards.service import outings as service
from puhui.web.blueprint import json_blueprint
from puhui.web.guard import current_actor, open_to_all
from puhui.web.paging import Page, PageQuery, page

capacity_resources = json_blueprint("base capacities", "/api/bases", "基地容量")
outing_resources = json_blueprint("outings", "/api/outings", "植树场次")
booking_resources = json_blueprint("bookings", "/api/bookings", "植树报名")


@capacity_resources.route("/<uuid:base_id>/capacity")
class OneCapacity(MethodView):
    """How many people a base takes at once."""

    @capacity_resources.arguments(CapacitySchema)
    @capacity_resources.response(201, CapacitySchema)
    def put(self, said: dict[str, Any], base_id: UUID) -> dict[str, int]:
        """Note how many people a base takes at once; the same again changes nothing."""
        with transaction() as session:
            people = service.note_capacity(session, current_actor(), base_id, said["people"], now())
        return {"people": people}


@outing_resources.route("")
class Outings(MethodView):
    """When people plant together."""

    @open_to_all
    @outing_resources.arguments(PageQuery, location="query")
    @outing_resources.response(200, OutingPageSchema)
    def get(self, asked: dict[str, Any]) -> Page[OutingCard]:
        """List the outings that are not over, the next first."""
        with snapshot() as session:
            found = queries.outings(session, now(), after=asked["cursor"], most=asked["limit"] + 1)
        return page(found, asked["limit"], lambda card: (card.starts_at, card.outing_id))


@outing_resources.route("/<uuid:outing_id>")
class OneOuting(MethodView):
    """An outing, named by whoever announces it."""

    @outing_resources.arguments(OutingDraftSchema)
    @outing_resources.response(201, OutingSchema)
    def put(self, draft: OutingDraft, outing_id: UUID) -> OutingCard:
        """Announce an outing: operators, and whoever looks after the base."""
        with transaction() as session:
            return service.open_outing(session, current_actor(), outing_id, draft, now())

    @open_to_all
    @outing_resources.response(200, OutingSchema)
    def get(self, outing_id: UUID) -> OutingCard:
        """Show an outing and how many places are left."""
        with snapshot() as session:
            return queries.outing(session, outing_id)


@outing_resources.route("/<uuid:outing_id>/cancellation")
class OutingCancellation(MethodView):
    """An outing is called off once."""

    @outing_resources.response(200, OutingSchema)
    def post(self, outing_id: UUID) -> OutingCard:
        """Call an outing off before it begins; again changes nothing."""
        with transaction() as session:
            return service.cancel_outing(session, current_actor(), outing_id, now())


@booking_resources.route("")
class Bookings(MethodView):
    """What one has booked."""

    @booking_resources.arguments(PageQuery, location="query")
    @booking_resources.response(200, BookingPageSchema)
    def get(self, asked: dict[str, Any]) -> Page[BookingCard]:
        """List what one has booked, newest first."""
        with snapshot() as session:
            found = queries.bookings_of(
                session, current_actor(), before=asked["cursor"], most=asked["limit"] + 1
            )
        return page(found, asked["limit"], lambda card: (card.booked_at, card.booking_id))


@booking_resources.route("/<uuid:booking_id>")
class OneBooking(MethodView):
    """A booking, named by whoever makes it."""

    @booking_resources.arguments(BookingDraftSchema)
    @booking_resources.response(201, BookingSchema)
    def put(self, draft: BookingDraft, booking_id: UUID) -> BookingCard:
        """Book a place, or a group's with its list; the same again changes nothing."""
        with transaction() as session:
            return service.book(session, current_actor(), booking_id, draft, now())

    @booking_resources.response(200, BookingSchema)
    def get(self, booking_id: UUID) -> BookingCard:
        """Show a booking to whoever made it, the organiser or an auditor."""
        with snapshot() as session:
            return queries.booking(session, current_actor(), booking_id)


@booking_resources.route("/<uuid:booking_id>/cancellation")
class BookingCancellation(MethodView):
    """A booking is cancelled once."""

    @booking_resources.response(200, BookingSchema)
    def post(self, booking_id: UUID) -> BookingCard:
        """Give one's places back before the outing begins; again changes nothing."""
        with transaction() as session:
            return service.cancel_booking(session, current_actor(), booking_id, now())


@booking_resources.route("/<uuid:booking_id>/check-in")
class CheckIn(MethodView):
    """A person checks in once."""

    @booking_resources.arguments(CheckInSchema)
    @booking_resources.response(200, BookingSchema)
    def post(self, said: tuple[Place, int], booking_id: UUID) -> BookingCard:
        """Check in by place and time; again changes nothing."""
        here, accuracy_m = said
        with transaction() as session:
            return service.check_in(session, current_actor(), booking_id, here, accuracy_m, now())


@booking_resources.route("/<uuid:booking_id>/attendance")
class Attendance(MethodView):
    """Who of a booking came, as its outing's organiser saw it."""

    @booking_resources.arguments(AttendanceSchema)
    @booking_resources.response(200, BookingSchema)
    def put(self, said: dict[str, Any], booking_id: UUID) -> BookingCard:
        """Say who of a booking came; a later word replaces it."""
        with transaction() as session:
            return service.list_attendance(
                session, current_actor(), booking_id, said["came"], now()
            )
