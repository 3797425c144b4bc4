"""A link by which attendees tell their own trip: its codes, how long it lasts, what it asks."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from puhui.events.activity import Source
from puhui.events.estimate import Bound, Group
from puhui.events.neutrality import deadline
from puhui.events.travel import Mode
from puhui.kernel.city import City
from puhui.kernel.clock import CHINA
from puhui.kernel.code import short_code
from puhui.kernel.errors import Fault
from puhui.kernel.text import N_

LINK_LETTERS = 10
"""Of the code on a poster: 50 bits, so that nobody finds an event's link by trying."""
ANSWER_LETTERS = 16
"""Of the code by which one finds one's own answer again: 80 bits."""
USUAL = timedelta(days=14)
"""How long after the event people are usually asked."""
_SHARED = frozenset({Mode.CAR, Mode.TAXI})


@dataclass(frozen=True)
class AnswerDraft:
    """A trip as the attendee tells it."""

    city: City
    mode: Mode
    nights: int | None = None
    sharing: int = 1


def link_code(enquiry_id: UUID) -> str:
    """Return the code in the link; it follows from the identifier, which only organisers know."""
    return short_code(f"enquiry {enquiry_id}", LINK_LETTERS)


def answer_code(name: UUID) -> str:
    """Return the code by which whoever named an answer finds it again.

    The name is the form's or the caller's own and is not kept, so nobody can make the code from
    what is kept.
    """
    return short_code(f"answer {name}", ANSWER_LETTERS)


def answer_id(name: UUID) -> UUID:
    """Return the identifier under which the answer of this name is kept."""
    return uuid5(name, "answer")


def in_fours(code: str) -> str:
    """Return a code as it is easily read: in groups of four."""
    return "-".join(code[place : place + 4] for place in range(0, len(code), 4))


def last_moment(day: date) -> datetime:
    """Return the end of the day in China, when a link of this last day expires."""
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), CHINA)


def usual_last_day(ends_on: date, today: date) -> date:
    """Return the day that is proposed as a link's last one."""
    return min(max(ends_on, today) + USUAL, max(deadline(ends_on), today))


def faults_of_last_day(day: date, ends_on: date, today: date) -> list[Fault]:
    """Return what is wrong with a link's last day."""
    if day < today:
        return [Fault("in_the_past", N_("截止日期已过"), field="expires_on")]
    latest = max(deadline(ends_on), today)
    if day > latest:
        return [
            Fault(
                "too_late",
                N_("最晚到活动结束后一年，即 %(day)s"),
                field="expires_on",
                values={"day": latest.isoformat()},
            )
        ]
    return []


def asks_nights(boundary: tuple[Bound, ...]) -> bool:
    """Whether the sum needs nights: only if lodging is counted."""
    return any(bound.included for bound in boundary if bound.source is Source.LODGING)


def faults_of_answer(draft: AnswerDraft, boundary: tuple[Bound, ...]) -> list[Fault]:
    """Return what is wrong with an answer."""
    if draft.nights is None and asks_nights(boundary):
        return [Fault("required", N_("必须填写"), field="nights")]
    return []


def needed(draft: AnswerDraft, boundary: tuple[Bound, ...]) -> Group:
    """Return of an answer only what the sum needs, as a group of one."""
    return Group(
        draft.city,
        draft.mode,
        1,
        draft.nights if asks_nights(boundary) else None,
        draft.sharing if draft.mode in _SHARED else 1,
    )
