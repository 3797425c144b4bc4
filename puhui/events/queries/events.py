"""Read events."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import or_, select, tuple_
from sqlalchemy.orm import Session

from puhui.events.city import gazetteer
from puhui.events.errors import UnknownEvent
from puhui.events.estimate import Bound
from puhui.events.model import Event
from puhui.events.neutrality import deadline
from puhui.events.queries.standings import Standing, standing
from puhui.identity.queries import organisation
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.city import City


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
