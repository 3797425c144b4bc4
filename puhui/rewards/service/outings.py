"""Open outings, book places on them, and note who came."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from puhui.evidence.geodesy import Place
from puhui.identity import consents
from puhui.identity.queries import is_member
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.errors import Fault, Invalid
from puhui.kernel.text import N_
from puhui.rewards import outing as rules
from puhui.rewards.errors import (
    AlreadyBooked,
    FullyBooked,
    NameTaken,
    NoSuchBase,
    NoSuchBooking,
    NoSuchOuting,
    NotThere,
    NotTheTime,
    OutingOver,
    PlaceUnknown,
)
from puhui.rewards.model.base import PlantingBase
from puhui.rewards.model.outing import BaseCapacity, Booking, Outing
from puhui.rewards.outing import BookingDraft, OutingDraft
from puhui.rewards.queries import outings as queries
from puhui.rewards.queries.bases import base
from puhui.rewards.queries.outings import BookingCard, OutingCard
from puhui.rewards.queries.places import spots

NAMES_KEPT = timedelta(days=30)
"""How long after an outing its groups' lists of names are kept: to see to who came."""


def note_capacity(session: Session, actor: Actor, base_id: UUID, people: int, now: datetime) -> int:
    """Note how many people a base takes at once; the same again changes nothing.

    Raises:
        Forbidden: the actor may not write bases.
        NoSuchBase: there is none.
    """
    actor.require(Permission.BASE_WRITE)
    base(session, base_id)
    if queries.capacity_of(session, base_id) != people:
        session.add(
            BaseCapacity(base_id=base_id, noted_at=now, people=people, noted_by=actor.person_id)
        )
        session.flush()
    return people


def open_outing(
    session: Session, actor: Actor, outing_id: UUID, draft: OutingDraft, now: datetime
) -> OutingCard:
    """Announce an outing; the same again changes nothing.

    Raises:
        NoSuchBase: there is none that the actor organises.
        Invalid: with everything that cannot be right.
        NameTaken: the name was used for another outing.
    """
    actor.require(Permission.PLANTING_LOG)
    place = session.get(PlantingBase, draft.base_id, with_for_update=True)
    if place is None or not queries.organises(session, actor, draft.base_id):
        raise NoSuchBase(base=str(draft.base_id))
    row = session.get(Outing, outing_id)
    if row is None:
        meanwhile = queries.places_meanwhile(session, draft.base_id, draft.starts_at, draft.ends_at)
        capacity = queries.capacity_of(session, draft.base_id)
        season = place.season_from, place.season_until
        faults = rules.judge(draft, season, capacity, meanwhile, now)
        if faults:
            raise Invalid(faults)
        session.execute(
            insert(Outing)
            .values(
                outing_id=outing_id,
                base_id=draft.base_id,
                starts_at=draft.starts_at,
                ends_at=draft.ends_at,
                places=draft.places,
                taken=0,
                opened_by=actor.person_id,
                opened_at=now,
            )
            .on_conflict_do_nothing()
        )
        row = session.get_one(Outing, outing_id)
    if row.draft != draft:
        raise NameTaken(outing=str(outing_id))
    return queries.outing_card(session, row)


def cancel_outing(session: Session, actor: Actor, outing_id: UUID, now: datetime) -> OutingCard:
    """Call an outing off before it begins; again changes nothing.

    Raises:
        NoSuchOuting: there is none that the actor organises.
        OutingOver: it has begun.
    """
    actor.require(Permission.PLANTING_LOG)
    row = _locked(session, outing_id)
    if not queries.organises(session, actor, row.base_id):
        raise NoSuchOuting(outing=str(outing_id))
    if row.cancelled_at is None:
        if now >= row.starts_at:
            raise OutingOver(outing=str(outing_id))
        row.cancelled_at = now
        session.flush()
    return queries.outing_card(session, row)


def _locked(session: Session, outing_id: UUID) -> Outing:
    row = session.get(Outing, outing_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NoSuchOuting(outing=str(outing_id))
    return row


def book(
    session: Session, actor: Actor, booking_id: UUID, draft: BookingDraft, now: datetime
) -> BookingCard:
    """Book a place, or a group's places with its list; the same again changes nothing.

    The outing's row is held while it is counted, and the database refuses what would overbook.

    Raises:
        NoSuchOuting: there is none.
        Invalid: with every line of the list that cannot be right.
        OutingOver: it was cancelled, or has begun.
        AlreadyBooked: the person, or the organisation, has places already.
        FullyBooked: fewer places are left.
        NameTaken: the name was used for another booking.
    """
    actor.require(Permission.PLANTING_LOG)
    outing = _locked(session, draft.outing_id)
    row = session.get(Booking, booking_id)
    if row is None:
        faults = rules.judge_names(draft)
        if draft.organisation_id and not is_member(session, actor, draft.organisation_id):
            faults.append(
                Fault("unknown_organisation", N_("没有这个组织"), field="organisation_id")
            )
        if faults:
            raise Invalid(faults)
        if outing.cancelled_at is not None or now >= outing.starts_at:
            raise OutingOver(outing=str(draft.outing_id))
        if outing.taken + draft.places > outing.places:
            raise FullyBooked(outing=str(draft.outing_id), left=outing.places - outing.taken)
        _insert(session, actor, booking_id, draft, now)
        row = session.get(Booking, booking_id)
        if row is None:
            raise AlreadyBooked(outing=str(draft.outing_id))
        session.refresh(outing)
    if (row.person_id, row.draft) != (actor.person_id, draft):
        raise NameTaken(booking=str(booking_id))
    return queries.booking_card(session, row)


def _insert(
    session: Session, actor: Actor, booking_id: UUID, draft: BookingDraft, now: datetime
) -> None:
    session.execute(
        insert(Booking)
        .values(
            booking_id=booking_id,
            outing_id=draft.outing_id,
            person_id=actor.person_id,
            organisation_id=draft.organisation_id,
            places=draft.places,
            names=list(draft.names),
            booked_at=now,
            came=[],
        )
        .on_conflict_do_nothing()
    )


def cancel_booking(session: Session, actor: Actor, booking_id: UUID, now: datetime) -> BookingCard:
    """Give one's places back before the outing begins; again changes nothing.

    Raises:
        NoSuchBooking: there is none of the actor's.
        OutingOver: it has begun.
    """
    actor.require(Permission.PLANTING_LOG)
    found = session.get(Booking, booking_id)
    if found is None or found.person_id != actor.person_id:
        raise NoSuchBooking(booking=str(booking_id))
    outing = _locked(session, found.outing_id)
    session.refresh(found)
    if found.cancelled_at is None:
        if now >= outing.starts_at:
            raise OutingOver(outing=str(outing.outing_id))
        found.cancelled_at = now
        session.flush()
        session.refresh(outing)
    return queries.booking_card(session, found)


def forget_names(session: Session, now: datetime) -> None:
    """Forget groups' lists of names `NAMES_KEPT` after the end of their outings."""
    over = select(Outing.outing_id).where(Outing.ends_at < now - NAMES_KEPT)
    session.execute(
        update(Booking)
        .where(Booking.outing_id.in_(over), Booking.names != literal([], Booking.names.type))
        .values(names=[])
    )


def check_in(
    session: Session,
    actor: Actor,
    booking_id: UUID,
    here: Place,
    accuracy_m: int,
    now: datetime,
) -> BookingCard:
    """Check in by place and time; the point itself is not kept. Again changes nothing.

    Raises:
        NoSuchBooking: the actor has no place of their own by that name.
        ConsentMissing: the person has not agreed to the use of their place.
        NotTheTime: it is too early or too late.
        PlaceUnknown: where the base lies is not on record.
        NotThere: the phone is elsewhere, under either reading of its datum.
    """
    actor.require(Permission.PLANTING_LOG)
    row = session.get(Booking, booking_id, with_for_update=True)
    alone = row is not None and row.organisation_id is None and row.cancelled_at is None
    if row is None or row.person_id != actor.person_id or not alone:
        raise NoSuchBooking(booking=str(booking_id))
    if row.came_at is not None:
        return queries.booking_card(session, row)
    outing = session.get_one(Outing, row.outing_id)
    consents.require(session, actor.person_id, consents.Purpose.LOCATION)
    if outing.cancelled_at is not None or not rules.may_check_in(outing.draft, now):
        raise NotTheTime(outing=str(outing.outing_id))
    spot = spots(session, [outing.base_id]).get(outing.base_id)
    if spot is None:
        raise PlaceUnknown(base=str(outing.base_id))
    away, at_base = rules.metres_away(here, spot.centre, spot.radius_m, accuracy_m)
    if not at_base:
        raise NotThere(metres=away)
    row.came, row.came_at, row.came_by, row.metres_away = [1], now, "place", away
    session.flush()
    return queries.booking_card(session, row)


def list_attendance(
    session: Session, actor: Actor, booking_id: UUID, came: Collection[int], now: datetime
) -> BookingCard:
    """Say who of a booking came, by their numbers on its list; a later word replaces it.

    Raises:
        NoSuchBooking: there is none on an outing that the actor organises.
        NotTheTime: the outing has not begun, or ended more than a week ago.
        Invalid: a number is not on the list.
    """
    actor.require(Permission.PLANTING_LOG)
    row = session.get(Booking, booking_id, with_for_update=True)
    if row is None:
        raise NoSuchBooking(booking=str(booking_id))
    outing = session.get_one(Outing, row.outing_id)
    if not queries.organises(session, actor, outing.base_id):
        raise NoSuchBooking(booking=str(booking_id))
    if row.cancelled_at is not None or not rules.may_list(outing.draft, now):
        raise NotTheTime(outing=str(outing.outing_id))
    if any(not 1 <= number <= row.places for number in came):
        raise Invalid([Fault("not_on_the_list", N_("名单上没有这个序号"), field="came")])
    row.came = sorted(set(came))
    row.came_at, row.came_by = (now, "organiser") if came else (None, None)
    row.metres_away = None
    session.flush()
    return queries.booking_card(session, row)
