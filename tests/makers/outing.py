"""Outings and bookings for tests."""

from datetime import timedelta
from uuid import UUID, uuid4

from puhui.db.session import transaction
from puhui.kernel import clock
from puhui.rewards.outing import BookingDraft, OutingDraft
from puhui.rewards.service import outings
from tests.makers.identity import SignedIn, organisation
from tests.makers.rewards import base


def opened(
    by: SignedIn, most: int = 4, *, hours: int = 24, capacity: int = 60, at: UUID | None = None
) -> UUID:
    """Let an operator open an outing; return its id."""
    outing_id, now = uuid4(), clock.now()
    starts = now + timedelta(hours=hours)
    draft = OutingDraft(at or base(), starts, starts + timedelta(hours=2), most)
    with transaction() as session:
        outings.note_capacity(session, by.actor, at or base(), capacity, now)
        outings.open_outing(session, by.actor, outing_id, draft, now)
    return outing_id


def booked(by: SignedIn, outing_id: UUID, *names: str, group: str = "", name: UUID | None = None):
    """Let the person book a place, or a group's places for these names."""
    draft = BookingDraft(outing_id, organisation(group) if group else None, names)
    with transaction() as session:
        return outings.book(session, by.actor, name or uuid4(), draft, clock.now())
