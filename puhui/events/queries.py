"""Read events and where they stand."""

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select, tuple_
from sqlalchemy.orm import Session

import puhui.credits.queries as credits
from puhui.credits.bundle import Why, yuan
from puhui.credits.hold import Hold, HoldState
from puhui.credits.kind import Kind
from puhui.events.attendee_list import AttendeeList
from puhui.events.city import City, gazetteer
from puhui.events.draft import list_from_json
from puhui.events.errors import UnknownEvent
from puhui.events.estimate import Bound, Group, Stage
from puhui.events.forest import route_deadline
from puhui.events.model import (
    EstimateVersion,
    Event,
    ForestRouteVersion,
    Inventory,
    ListUpload,
    Neutrality,
    Offer,
    RetiredForEvent,
)
from puhui.events.neutrality import State, deadline, state_of
from puhui.identity.queries import organisation
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.clock import day_of


@dataclass(frozen=True)
class Summary:
    """An estimate's figures without its lines. Kilograms."""

    estimate_id: UUID
    number: int
    stage: Stage
    total_kg: Decimal
    co2_kg: Decimal
    co2e_kg: Decimal
    need_kg: int
    made_at: datetime
    sha256: str


@dataclass(frozen=True)
class Standing:
    """Where an event stands: its newest estimate and what has been retired for it."""

    state: State
    estimate: Summary | None
    retired_kg: int
    hold: Hold | None
    """The newest live hold, if any."""
    neutral_since: datetime | None
    forest_until: date | None = None
    """Until when a new forest may still make up for it; it never counts as retired."""

    @property
    def lacking_kg(self) -> int:
        """Return how many kilograms are neither retired nor held for the newest estimate."""
        if self.estimate is None:
            return 0
        held = self.hold.total_kg if self.hold is not None else 0
        return max(0, self.estimate.need_kg - self.retired_kg - held)

    @property
    def surplus_kg(self) -> int:
        """Return what was retired beyond the need; it serves no other event."""
        return max(0, self.retired_kg - (self.estimate.need_kg if self.estimate else 0))


@dataclass(frozen=True)
class EventCard:
    """An event as it is shown."""

    event_id: UUID
    organisation_id: UUID
    organiser: str
    organiser_en: str
    title_zh: str
    title_en: str
    venue: City
    venue_county: str
    starts_on: date
    ends_on: date
    attendees: int
    boundary: tuple[Bound, ...]
    is_public: bool
    version: int
    standing: Standing

    @property
    def neutral_by(self) -> date:
        """Return the last day on which it can still become neutral."""
        return deadline(self.ends_on)

    @property
    def days(self) -> int:
        """Return how many days it lasts."""
        return (self.ends_on - self.starts_on).days + 1


@dataclass(frozen=True)
class QuestionCard:
    """A place to be decided about."""

    written: str
    rows: tuple[int, ...]
    people: int
    candidates: tuple[City, ...]


@dataclass(frozen=True)
class ListCard:
    """An attendee list as it is shown."""

    list_id: UUID
    rows: int
    merged: int
    people: int
    cities: int
    columns: tuple[str, ...]
    questions: tuple[QuestionCard, ...]
    uploaded_at: datetime
    groups: tuple[Group, ...]


@dataclass(frozen=True)
class OfferLine:
    """A line of an offer, with what it supports."""

    batch_id: UUID
    kind: Kind
    project: str
    project_en: str
    place: str
    place_en: str
    quantity_kg: int
    price_fen_per_t: int
    cost_fen: int
    why: tuple[Why, ...]


@dataclass(frozen=True)
class OfferCard:
    """An offer as it is shown. Prices are in fen."""

    offer_id: UUID
    state: HoldState
    need_kg: int
    total_kg: int
    surplus_kg: int
    total_fen: int
    greedy_fen: int
    reference: str
    expires_at: datetime
    lines: tuple[OfferLine, ...]
    certificate: str | None

    @property
    def price(self) -> str:
        """Return the price in yuan."""
        return yuan(self.total_fen)


def card(session: Session, found: Event, now: datetime) -> EventCard:
    """Return an event as it is shown."""
    organiser = organisation(session, found.organisation_id)
    assert organiser is not None, found.organisation_id
    return EventCard(
        event_id=found.event_id,
        organisation_id=found.organisation_id,
        organiser=organiser.name,
        organiser_en=organiser.name_en or "",
        title_zh=found.title_zh,
        title_en=found.title_en,
        venue=venue(found),
        venue_county=found.venue_county,
        starts_on=found.starts_on,
        ends_on=found.ends_on,
        attendees=found.attendees,
        boundary=found.bounds,
        is_public=found.is_public,
        version=found.version,
        standing=standing(session, found, now),
    )


def list_card(upload: ListUpload) -> ListCard:
    """Return an attendee list as it is shown."""
    listed = attendees(upload)
    return ListCard(
        list_id=upload.list_id,
        rows=listed.rows,
        merged=listed.merged,
        people=listed.people,
        cities=len({group.city.code for group in listed.groups}),
        columns=listed.columns,
        questions=tuple(
            QuestionCard(
                question.written,
                question.rows,
                sum(part.people for part in question.parts),
                tuple(
                    city
                    for code in question.candidates
                    if (city := gazetteer().by_code(code)) is not None
                ),
            )
            for question in listed.questions
        ),
        uploaded_at=upload.uploaded_at,
        groups=listed.groups,
    )


def offer_card(session: Session, hold: Hold) -> OfferCard:
    """Return an offer as it is shown, each line with its project."""
    lines = []
    for line in hold.lines:
        batch = credits.batch(session, line.batch_id)
        assert batch is not None, line.batch_id
        lines.append(
            OfferLine(
                line.batch_id,
                line.kind,
                batch.project_name,
                batch.project_name_en,
                batch.place,
                batch.place_en,
                line.quantity_kg,
                line.price_fen_per_t,
                line.cost_fen,
                line.why,
            )
        )
    retirement = credits.retirement_of_hold(session, hold.hold_id)
    return OfferCard(
        offer_id=hold.hold_id,
        state=hold.state,
        need_kg=hold.need_kg,
        total_kg=hold.total_kg,
        surplus_kg=hold.surplus_kg,
        total_fen=hold.total_fen,
        greedy_fen=hold.greedy_fen,
        reference=hold.reference,
        expires_at=hold.expires_at,
        lines=tuple(lines),
        certificate=retirement.certificate_code if retirement else None,
    )


def offer_cards(session: Session, event_id: UUID) -> list[OfferCard]:
    """Return every offer of an event, newest first."""
    return [offer_card(session, hold) for hold in credits.holds_for(session, event_id)]


def event(session: Session, event_id: UUID) -> Event:
    """Return the event, whoever asks.

    Raises:
        UnknownEvent: there is none.
    """
    found = session.get(Event, event_id)
    if found is None:
        raise UnknownEvent(event=str(event_id))
    return found


def event_for(session: Session, actor: Actor | None, event_id: UUID) -> Event:
    """Return the event if it is public or the actor's own.

    Raises:
        UnknownEvent: there is none that the actor may see.
    """
    found = event(session, event_id)
    if not found.is_public and not is_theirs(actor, found):
        raise UnknownEvent(event=str(event_id))
    return found


def own_event(session: Session, actor: Actor, event_id: UUID) -> Event:
    """Return the event if the actor organises it.

    Raises:
        UnknownEvent: there is none, or it is not theirs.
    """
    found = event(session, event_id)
    if not is_theirs(actor, found):
        raise UnknownEvent(event=str(event_id))
    return found


def is_theirs(actor: Actor | None, found: Event) -> bool:
    """Whether the actor organises the event."""
    return actor is not None and actor.may(Permission.EVENT_WRITE, found.organisation_id)


def venue(found: Event) -> City:
    """Return the city in which the event takes place."""
    city = gazetteer().by_code(found.venue_city)
    assert city is not None, found.venue_city
    return city


def public_events(
    session: Session, *, after: tuple[date, UUID] | None = None, most: int = 50
) -> Sequence[Event]:
    """Return public events, latest first, beginning after `after`."""
    query = select(Event).where(Event.is_public)
    if after is not None:
        query = query.where(tuple_(Event.starts_on, Event.event_id) < tuple_(*after))
    query = query.order_by(Event.starts_on.desc(), Event.event_id.desc()).limit(most)
    return session.scalars(query).all()


def events_of(
    session: Session,
    organisations: Collection[UUID],
    *,
    after: tuple[date, UUID] | None = None,
    most: int = 50,
) -> Sequence[Event]:
    """Return the events that these organisations organise, latest first."""
    query = select(Event).where(Event.organisation_id.in_(organisations))
    if after is not None:
        query = query.where(tuple_(Event.starts_on, Event.event_id) < tuple_(*after))
    query = query.order_by(Event.starts_on.desc(), Event.event_id.desc()).limit(most)
    return session.scalars(query).all()


def events_for(
    session: Session,
    organisations: Collection[UUID],
    *,
    after: tuple[date, UUID] | None = None,
    most: int = 50,
) -> Sequence[Event]:
    """Return public events and these organisations' own, latest first."""
    query = select(Event).where(or_(Event.is_public, Event.organisation_id.in_(organisations)))
    if after is not None:
        query = query.where(tuple_(Event.starts_on, Event.event_id) < tuple_(*after))
    query = query.order_by(Event.starts_on.desc(), Event.event_id.desc()).limit(most)
    return session.scalars(query).all()


def inventory(session: Session, event_id: UUID) -> Inventory | None:
    """Return what the organiser entered beside the list, or None."""
    return session.get(Inventory, event_id)


def inventory_card(found: Inventory) -> dict[str, Any]:
    """Return what was entered, as values."""
    return {
        "entries": [
            {"assumed": "", **entry, "amount": Decimal(entry["amount"])} for entry in found.entries
        ],
        "people_per_room": found.people_per_room,
        "rooms_assumed": found.rooms_assumed,
        "version": found.version,
    }


def newest_list(session: Session, event_id: UUID) -> ListUpload | None:
    """Return the newest attendee list, or None."""
    return session.scalar(
        select(ListUpload)
        .where(ListUpload.event_id == event_id)
        .order_by(ListUpload.uploaded_at.desc(), ListUpload.list_id)
        .limit(1)
    )


def attendees(upload: ListUpload) -> AttendeeList:
    """Return a kept list as a value."""
    return list_from_json(
        upload.rows,
        upload.merged,
        upload.groups,
        upload.questions,
        upload.columns,
        gazetteer(),
    )


def estimates(session: Session, event_id: UUID) -> Sequence[EstimateVersion]:
    """Return every version of the event's estimate, newest first."""
    return session.scalars(
        select(EstimateVersion)
        .where(EstimateVersion.event_id == event_id)
        .order_by(EstimateVersion.number.desc())
    ).all()


def estimate(session: Session, event_id: UUID, number: int | None = None) -> EstimateVersion | None:
    """Return one version, the newest when no number is given; None if there is none."""
    query = select(EstimateVersion).where(EstimateVersion.event_id == event_id)
    if number is not None:
        query = query.where(EstimateVersion.number == number)
    return session.scalar(query.order_by(EstimateVersion.number.desc()).limit(1))


def estimate_by_id(session: Session, event_id: UUID, estimate_id: UUID) -> EstimateVersion:
    """Return one version of an event's estimate.

    Raises:
        UnknownEvent: the event has none of this identifier.
    """
    found = session.get(EstimateVersion, estimate_id)
    if found is None or found.event_id != event_id:
        raise UnknownEvent(event=str(event_id), estimate=str(estimate_id))
    return found


def estimate_card(version: EstimateVersion) -> dict[str, Any]:
    """Return a version's figures together with its document."""
    return {**asdict(summary(version)), "document": document(version)}


def summary(version: EstimateVersion) -> Summary:
    """Return a version's figures."""
    return Summary(
        estimate_id=version.estimate_id,
        number=version.number,
        stage=Stage(version.stage),
        total_kg=version.total_kg,
        co2_kg=version.co2_kg,
        co2e_kg=version.co2e_kg,
        need_kg=version.need_kg,
        made_at=version.made_at,
        sha256=version.sha256,
    )


def document(version: EstimateVersion) -> dict[str, Any]:
    """Return the document of a version."""
    found: dict[str, Any] = json.loads(version.document)
    return found


def retired_kg(session: Session, event_id: UUID) -> int:
    """Return the kilograms that have been retired for an event."""
    total = session.scalar(
        select(func.sum(RetiredForEvent.quantity_kg)).where(RetiredForEvent.event_id == event_id)
    )
    return int(total or 0)  # PostgreSQL sums whole numbers to a decimal


def retirements(session: Session, event_id: UUID) -> Sequence[RetiredForEvent]:
    """Return what has been retired for an event, oldest first."""
    return session.scalars(
        select(RetiredForEvent)
        .where(RetiredForEvent.event_id == event_id)
        .order_by(RetiredForEvent.retired_at, RetiredForEvent.retirement_id)
    ).all()


def offer(session: Session, event_id: UUID, offer_id: UUID) -> Hold | None:
    """Return the hold behind one of the event's offers, or None."""
    found = session.get(Offer, offer_id)
    if found is None or found.event_id != event_id:
        return None
    return credits.hold(session, offer_id)


def standing(session: Session, found: Event, now: datetime) -> Standing:
    """Return where the event stands at `now`."""
    newest = estimate(session, found.event_id)
    declared = None if newest is None else session.get(Neutrality, newest.estimate_id)
    live = [
        hold
        for hold in credits.holds_for(session, found.event_id)
        if hold.state is HoldState.PAID or (hold.state is HoldState.HELD and hold.expires_at > now)
    ]
    hold = live[0] if live else None
    retired = retired_kg(session, found.event_id)
    forest_until = _forest_until(session, found, day_of(now))
    state = state_of(
        newest.need_kg if newest else None,
        retired,
        declared=declared is not None,
        paid=hold is not None and hold.state is HoldState.PAID,
        held=hold is not None,
        forest_open=forest_until is not None,
    )
    return Standing(
        state,
        None if newest is None else summary(newest),
        retired,
        hold,
        None if declared is None else declared.declared_at,
        forest_until,
    )


def _forest_until(session: Session, found: Event, today: date) -> date | None:
    """Return the last day of an event's new forest that nobody has certified yet, or None."""
    newest = session.scalar(
        select(ForestRouteVersion)
        .where(ForestRouteVersion.event_id == found.event_id)
        .order_by(ForestRouteVersion.number.desc())
        .limit(1)
    )
    until = route_deadline(found.ends_on)
    open_still = newest is not None and newest.certified_kg is None and today <= until
    return until if open_still else None
