"""Outings, bookings and who came."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from puhui.identity.queries import display_names, is_member
from puhui.kernel.actor import Actor, Permission
from puhui.rewards.errors import NoSuchBooking, NoSuchOuting
from puhui.rewards.model.outing import BaseCapacity, Booking, Outing
from puhui.rewards.queries.bases import BaseCard, base


@dataclass(frozen=True)
class OutingCard:
    """What everyone may know of an outing."""

    outing_id: UUID
    base: BaseCard
    starts_at: datetime
    ends_at: datetime
    places: int
    taken: int
    cancelled_at: datetime | None

    @property
    def left(self) -> int:
        """Return how many places are free."""
        return self.places - self.taken


@dataclass(frozen=True)
class BookingCard:
    """Places booked, and who of them came."""

    booking_id: UUID
    outing: OutingCard
    person_id: UUID
    organisation_id: UUID | None
    places: int
    names: tuple[str, ...]
    booked_at: datetime
    cancelled_at: datetime | None
    came: tuple[int, ...]
    came_at: datetime | None
    came_by: str | None
    metres_away: int | None


def capacity_of(session: Session, base_id: UUID) -> int | None:
    """Return how many people a base takes at once, as last noted; None if nobody has."""
    return session.scalar(
        select(BaseCapacity.people)
        .where(BaseCapacity.base_id == base_id)
        .order_by(BaseCapacity.noted_at.desc())
        .limit(1)
    )


def organises(session: Session, actor: Actor, base_id: UUID) -> bool:
    """Whether the actor organises outings there: operators, and the base's own people."""
    if actor.may(Permission.BASE_WRITE):
        return True
    organisation_id = base(session, base_id).organisation_id
    return organisation_id is not None and is_member(session, actor, organisation_id)


def places_meanwhile(
    session: Session, base_id: UUID, starts_at: datetime, ends_at: datetime
) -> int:
    """Return the places of a base's outings that overlap a span of time."""
    found = session.scalar(
        select(func.coalesce(func.sum(Outing.places), 0)).where(
            Outing.base_id == base_id,
            Outing.cancelled_at.is_(None),
            Outing.starts_at < ends_at,
            Outing.ends_at > starts_at,
        )
    )
    return int(found or 0)


def outing_card(session: Session, row: Outing) -> OutingCard:
    """Return what everyone may know of the outing."""
    return OutingCard(
        row.outing_id,
        base(session, row.base_id),
        row.starts_at,
        row.ends_at,
        row.places,
        row.taken,
        row.cancelled_at,
    )


def outing(session: Session, outing_id: UUID) -> OutingCard:
    """Return an outing.

    Raises:
        NoSuchOuting: there is none.
    """
    row = session.get(Outing, outing_id)
    if row is None:
        raise NoSuchOuting(outing=str(outing_id))
    return outing_card(session, row)


def outings(
    session: Session,
    now: datetime,
    *,
    after: tuple[datetime, UUID] | None = None,
    most: int = 50,
) -> Sequence[OutingCard]:
    """Return the outings that are not over, the next first."""
    query = select(Outing).where(Outing.ends_at > now, Outing.cancelled_at.is_(None))
    if after is not None:
        query = query.where(tuple_(Outing.starts_at, Outing.outing_id) > after)
    rows = session.scalars(query.order_by(Outing.starts_at, Outing.outing_id).limit(most)).all()
    return [outing_card(session, row) for row in rows]


def booking_card(session: Session, row: Booking) -> BookingCard:
    """Return a booking with its outing."""
    return BookingCard(
        row.booking_id,
        outing(session, row.outing_id),
        row.person_id,
        row.organisation_id,
        row.places,
        tuple(row.names),
        row.booked_at,
        row.cancelled_at,
        tuple(row.came),
        row.came_at,
        row.came_by,
        row.metres_away,
    )


def booking(session: Session, actor: Actor, booking_id: UUID) -> BookingCard:
    """Return a booking to whoever made it, the outing's organiser or an auditor.

    Raises:
        NoSuchBooking: there is none, or it is not theirs to see; the two look the same.
    """
    row = session.get(Booking, booking_id)
    if row is None or not may_see(session, actor, row):
        raise NoSuchBooking(booking=str(booking_id))
    return booking_card(session, row)


def may_see(session: Session, actor: Actor, row: Booking) -> bool:
    """Whether the actor may see a booking."""
    return (
        row.person_id == actor.person_id
        or actor.may(Permission.AUDIT_READ)
        or organises(session, actor, session.get_one(Outing, row.outing_id).base_id)
    )


def bookings_of(
    session: Session,
    actor: Actor,
    *,
    before: tuple[datetime, UUID] | None = None,
    most: int = 50,
) -> Sequence[BookingCard]:
    """Return what the actor has booked, newest first."""
    query = select(Booking).where(Booking.person_id == actor.person_id)
    if before is not None:
        query = query.where(tuple_(Booking.booked_at, Booking.booking_id) < before)
    rows = session.scalars(
        query.order_by(Booking.booked_at.desc(), Booking.booking_id.desc()).limit(most)
    ).all()
    return [booking_card(session, row) for row in rows]


def attendance(session: Session, actor: Actor, outing_id: UUID) -> Sequence[BookingCard]:
    """Return the live bookings of an outing to its organiser, in the order they were made.

    Raises:
        NoSuchOuting: there is none that the actor organises.
    """
    row = session.get(Outing, outing_id)
    if row is None or not organises(session, actor, row.base_id):
        raise NoSuchOuting(outing=str(outing_id))
    rows = session.scalars(
        select(Booking)
        .where(Booking.outing_id == outing_id, Booking.cancelled_at.is_(None))
        .order_by(Booking.booked_at, Booking.booking_id)
    ).all()
    names = display_names(session, [one.person_id for one in rows])
    cards = [booking_card(session, one) for one in rows]
    return [card if card.names else _named(card, names.get(card.person_id, "")) for card in cards]


def _named(card: BookingCard, name: str) -> BookingCard:
    return BookingCard(**{**vars(card), "names": (name,)})
