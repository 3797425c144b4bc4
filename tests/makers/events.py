"""Events for tests: a two-day meeting in Sanming and what is known about it."""

from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

from puhui.credits.bundle import Wishes
from puhui.db.session import transaction
from puhui.events import queries, service
from puhui.events.activity import ACTIVITIES, Level, Source
from puhui.events.city import gazetteer
from puhui.events.draft import EventDraft, InventoryDraft
from puhui.events.enquiry import AnswerDraft, answer_code, usual_last_day
from puhui.events.estimate import Bound, Entry, Stage
from puhui.events.travel import Mode
from puhui.kernel import clock
from tests.makers.identity import SignedIn, organisation

FORESTRY = "三明市林业局"
NOT_COUNTED = "本次会议不涉及"

THREE_PEOPLE = "城市,交通方式,晚数\n福州市,高铁,1\n厦门,自驾,1\n三明,,0\n"
"""One by high-speed rail, one by car, one at home."""


def boundary(*included: Source) -> tuple[Bound, ...]:
    """Include these sources, and leave out the others with a reason."""
    return tuple(
        Bound(source, True) if source in included else Bound(source, False, NOT_COUNTED, "None")
        for source in Source
    )


def draft(**said) -> EventDraft:
    """Describe a meeting of three people in Sanming that ended the week before Arbor Day 2026."""
    told = {
        "organisation_id": organisation(FORESTRY),
        "title_zh": "林下经济现场会",
        "title_en": "Forest economy meeting",
        "venue": gazetteer().by_code("350400"),
        "venue_county": "将乐县",
        "starts_on": date(2026, 3, 4),
        "ends_on": date(2026, 3, 5),
        "attendees": 3,
        "boundary": boundary(Source.TRAVEL, Source.LODGING, Source.VENUE_ENERGY),
        "is_public": True,
        **said,
    }
    return EventDraft(**told)


def entry(activity: str, amount: str, unit: str | None = None, **said) -> Entry:
    """Enter a measured amount of an activity."""
    told = {"level": Level.MEASURED, **said}
    return Entry(ACTIVITIES[activity], Decimal(amount), unit or ACTIVITIES[activity].unit, **told)


POWER_AND_ROOMS = InventoryDraft((entry("electricity", "1000"), entry("room_night", "2")))


def described(who: SignedIn, *, event_id: UUID | None = None, **said) -> UUID:
    """Describe an event and return its identifier."""
    event_id = event_id or uuid4()
    with transaction() as session:
        service.save_event(session, who.actor, event_id, draft(**said), clock.now())
    return event_id


def prepared(
    who: SignedIn,
    *,
    inventory: InventoryDraft = POWER_AND_ROOMS,
    attendees: str = THREE_PEOPLE,
    people: int = 3,
    **said,
) -> UUID:
    """Describe an event of so many people, enter its amounts and its list; return its name."""
    event_id = described(who, attendees=people, **said)
    with transaction() as session:
        service.save_inventory(session, who.actor, event_id, inventory, clock.now())
        if attendees:
            file = attendees.encode()
            service.upload_list(session, who.actor, event_id, uuid4(), file, clock.now())
    return event_id


def estimated(who: SignedIn, event_id: UUID, stage: Stage = Stage.ACTUAL):
    """Estimate an event and return the version."""
    with transaction() as session:
        return service.estimate_event(session, who.actor, event_id, uuid4(), stage, clock.now())


def offered(who: SignedIn, event_id: UUID, wishes: Wishes | None = None):
    """Ask for credits and accept the price; return the hold."""
    offer_id = uuid4()
    with transaction() as session:
        service.request_bundle(
            session, who.actor, event_id, offer_id, wishes or Wishes(), clock.now()
        )
        return service.accept_offer(session, who.actor, event_id, offer_id, clock.now())


def asked(who: SignedIn, event_id: UUID, *, until: date | None = None):
    """Open a link for the event's attendees and return it."""
    with transaction() as session:
        ends_on = queries.event(session, event_id).ends_on
        last = until or usual_last_day(ends_on, clock.day_of(clock.now()))
        return service.open_enquiry(session, who.actor, event_id, uuid4(), last, clock.now())


def trip(city: str, mode: Mode, nights: int | None = 1, sharing: int = 1) -> AnswerDraft:
    """Return a trip from a city, which is named so that nobody can mistake it."""
    (found,) = gazetteer().find(city)
    return AnswerDraft(found, mode, nights, sharing)


def answered(code: str, draft: AnswerDraft, name: UUID | None = None) -> str:
    """Answer by a link and return the code of the answer."""
    name = name or uuid4()
    with transaction() as session:
        service.give_answer(session, code, name, draft, clock.now())
    return answer_code(name)
