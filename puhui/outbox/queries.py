"""Read what waits in the outbox."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from puhui.outbox.model import Message


@dataclass(frozen=True)
class Backlog:
    """What waits: messages due, messages given up on, and the oldest due one's wait in seconds."""

    due: int
    parked: int
    oldest_s: float


def backlog(session: Session, now: datetime) -> Backlog:
    """Return what waits at `now`."""
    is_due = Message.done_at.is_(None) & Message.parked_at.is_(None) & (Message.due_at <= now)
    due, oldest = session.execute(
        select(func.count(), func.min(Message.due_at)).where(is_due)
    ).one()
    parked = session.scalar(select(func.count()).where(Message.parked_at.is_not(None)))
    return Backlog(due, parked or 0, (now - (oldest or now)) / timedelta(seconds=1))
