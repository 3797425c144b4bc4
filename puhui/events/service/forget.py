"""Forget where people came from, once nobody can need it any more."""

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from puhui.events.model import Answer, EstimateVersion, Event, ListUpload
from puhui.kernel.clock import day_of

KEEP = timedelta(days=2 * 365 + 1)
"""After the event's last day: the year in which it may become neutral, and one for whoever
verifies it. The estimate itself stays, with the SHA-256 of what is deleted here."""
WAIT = timedelta(days=1)
"""How long a file with names and telephones waits to be read, before it is deleted unread."""


def forget_trips(session: Session, now: datetime) -> None:
    """Delete trips and answers of events that ended longer than `KEEP` ago; again, nothing."""
    over = select(Event.event_id).where(Event.ends_on < day_of(now) - KEEP)
    session.execute(
        update(EstimateVersion)
        .where(EstimateVersion.event_id.in_(over), EstimateVersion.annex.is_not(None))
        .values(annex=None)
    )
    session.execute(
        update(ListUpload)
        .where(
            ListUpload.event_id.in_(over),
            or_(ListUpload.groups != [], ListUpload.questions != []),
        )
        .values(groups=[], questions=[])
    )
    session.execute(delete(Answer).where(Answer.event_id.in_(over)))
