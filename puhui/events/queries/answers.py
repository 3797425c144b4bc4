"""Read links, and what attendees have told of their trips."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from hashlib import sha256
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from puhui.events.answers import Trips, combine
from puhui.events.attendee_list import AttendeeList
from puhui.events.city import gazetteer
from puhui.events.enquiry import ANSWER_LETTERS, LINK_LETTERS, asks_nights
from puhui.events.errors import UnknownAnswer, UnknownEnquiry
from puhui.events.estimate import Group
from puhui.events.model import Answer, Enquiry, Event
from puhui.events.queries.events import event, venue
from puhui.events.travel import Mode
from puhui.identity.queries import organisation
from puhui.kernel.city import City
from puhui.kernel.clock import day_of
from puhui.kernel.code import read_code


@dataclass(frozen=True)
class EnquiryCard:
    """A link, as its organiser sees it."""

    enquiry_id: UUID
    code: str
    opened_at: datetime
    expires_at: datetime
    expires_on: date
    """Its last day, in China."""
    closed_at: datetime | None
    voided_at: datetime | None
    is_open: bool
    answered: int
    """Answers that came by this link."""


@dataclass(frozen=True)
class Answered:
    """How many of the registered attendees have answered, by every link that counts."""

    answered: int
    attendees: int

    @property
    def rate_percent(self) -> Decimal:
        """Return the share in per cent, to one decimal."""
        share = Decimal(self.answered * 100) / Decimal(self.attendees)
        return share.quantize(Decimal("0.1"), ROUND_HALF_EVEN)


@dataclass(frozen=True)
class AskCard:
    """What whoever opens a link sees: of which event, and what is asked."""

    code: str
    event_id: UUID
    is_public: bool
    title_zh: str
    title_en: str
    organiser: str
    organiser_en: str
    venue: City
    venue_county: str
    starts_on: date
    ends_on: date
    expires_on: date
    asks_nights: bool
    is_open: bool


@dataclass(frozen=True)
class AnswerCard:
    """An answer, for whoever gave it."""

    city: City
    mode: Mode
    nights: int | None
    sharing: int
    version: int
    answered_at: datetime
    changed_at: datetime
    ask: AskCard
    """`is_open` says whether it can still be changed; deleting it is possible always."""


def open_enquiry(session: Session, event_id: UUID, now: datetime) -> Enquiry | None:
    """Return the event's link that takes answers at `now`, or None."""
    return session.scalar(
        select(Enquiry).where(
            Enquiry.event_id == event_id,
            Enquiry.closed_at.is_(None),
            Enquiry.expires_at > now,
        )
    )


def enquiries(session: Session, event_id: UUID, now: datetime) -> list[EnquiryCard]:
    """Return every link of an event, the newest first."""
    answered = (
        select(Answer.enquiry_id, func.count().label("answered"))
        .where(Answer.event_id == event_id)
        .group_by(Answer.enquiry_id)
        .subquery()
    )
    rows = session.execute(
        select(Enquiry, func.coalesce(answered.c.answered, 0))
        .outerjoin(answered, answered.c.enquiry_id == Enquiry.enquiry_id)
        .where(Enquiry.event_id == event_id)
        .order_by(Enquiry.opened_at.desc(), Enquiry.enquiry_id)
    )
    return [enquiry_card(found, count, now) for found, count in rows]


def enquiry(session: Session, event_id: UUID, enquiry_id: UUID, now: datetime) -> EnquiryCard:
    """Return one of an event's links.

    Raises:
        UnknownEnquiry: the event has none of this identifier.
    """
    for card in enquiries(session, event_id, now):
        if card.enquiry_id == enquiry_id:
            return card
    raise UnknownEnquiry(enquiry=str(enquiry_id))


def enquiry_card(found: Enquiry, answered: int, now: datetime) -> EnquiryCard:
    """Return a link as its organiser sees it."""
    return EnquiryCard(
        found.enquiry_id,
        found.code,
        found.opened_at,
        found.expires_at,
        _last_day(found),
        found.closed_at,
        found.voided_at,
        _is_open(found, now),
        answered,
    )


def enquiry_of_code(session: Session, code: str, *, lock: bool = False) -> Enquiry:
    """Return the link of this code, however it was written.

    Raises:
        UnknownEnquiry: there is none.
    """
    meant = read_code(code, LINK_LETTERS)
    query = select(Enquiry).where(Enquiry.code == meant)
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise UnknownEnquiry(code=code)
    return found


def ask_card(session: Session, found: Enquiry, now: datetime) -> AskCard:
    """Return what whoever opens a link sees."""
    about = event(session, found.event_id)
    organiser = organisation(session, about.organisation_id)
    assert organiser is not None, about.organisation_id
    return AskCard(
        found.code,
        about.event_id,
        about.is_public,
        about.title_zh,
        about.title_en,
        organiser.name,
        organiser.name_en or "",
        venue(about),
        about.venue_county,
        about.starts_on,
        about.ends_on,
        _last_day(found),
        asks_nights(about.bounds),
        _is_open(found, now),
    )


def answer_of_code(session: Session, code: str, *, lock: bool = False) -> Answer:
    """Return the answer whose code this is, however it was written.

    Raises:
        UnknownAnswer: there is none.
    """
    meant = read_code(code, ANSWER_LETTERS)
    query = select(Answer).where(Answer.code_sha256 == digest_of(meant))
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise UnknownAnswer()
    return found


def answer_card(session: Session, found: Answer, now: datetime) -> AnswerCard:
    """Return an answer as whoever gave it sees it."""
    link = open_enquiry(session, found.event_id, now)
    came_by = session.get_one(Enquiry, found.enquiry_id)
    return AnswerCard(
        _city(found.city),
        Mode(found.mode),
        found.nights,
        found.sharing,
        found.version,
        found.answered_at,
        found.changed_at,
        ask_card(session, link or came_by, now),
    )


def answered(session: Session, about: Event) -> Answered:
    """Return how many attendees have answered."""
    return Answered(count_answers(session, about.event_id), about.attendees)


def count_answers(session: Session, event_id: UUID) -> int:
    """Return how many answers count."""
    found = session.scalar(
        select(func.count())
        .select_from(Answer)
        .join(Enquiry, Enquiry.enquiry_id == Answer.enquiry_id)
        .where(Answer.event_id == event_id, Enquiry.voided_at.is_(None))
    )
    return found or 0


def answer_groups(session: Session, event_id: UUID) -> list[Group]:
    """Return the trips that attendees told themselves, alike ones together."""
    rows = session.execute(
        select(Answer.city, Answer.mode, Answer.nights, Answer.sharing, func.count())
        .join(Enquiry, Enquiry.enquiry_id == Answer.enquiry_id)
        .where(Answer.event_id == event_id, Enquiry.voided_at.is_(None))
        .group_by(Answer.city, Answer.mode, Answer.nights, Answer.sharing)
    )
    return [
        Group(_city(city), Mode(mode), people, nights, sharing)
        for city, mode, nights, sharing, people in rows
    ]


def trips(session: Session, about: Event, listed: AttendeeList | None) -> Trips | None:
    """Return everybody's trip that is known from the list and the answers; None without any."""
    told = answer_groups(session, about.event_id)
    if listed is None and not told:
        return None
    return combine(listed.groups if listed else (), told, about.attendees)


def digest_of(code: str) -> bytes:
    """Return what is kept of an answer's code."""
    return sha256(code.encode()).digest()


def _is_open(found: Enquiry, now: datetime) -> bool:
    return found.closed_at is None and now < found.expires_at


def _last_day(found: Enquiry) -> date:
    return day_of(found.expires_at - found.expires_at.resolution)


def _city(code: str) -> City:
    city = gazetteer().by_code(code)
    assert city is not None, code
    return city
