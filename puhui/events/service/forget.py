"""Forget where people came from, once nobody can need it any more."""

from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from puhui.events.model import EstimateVersion, Event, ListUpload
from puhui.kernel.clock import day_of

KEEP = timedelta(days=2 * 365 + 1)
"""After the event's last day: the year in which it may become neutral, and one for whoever
verifies it. The estimate itself stays, with the SHA-256 of what is deleted here."""


def forget_trips(session: Session, now: datetime) -> None:
    """Delete the trips of events that ended longer than `KEEP` ago. Again changes nothing."""
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
