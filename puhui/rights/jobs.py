"""What the worker does for people's rights."""

from datetime import datetime

from sqlalchemy.orm import Session

from puhui.outbox.task import steps
from puhui.rights.service import erasures, exports


def begin_erasures(session: Session, now: datetime) -> None:
    """Begin the erasures whose day has come."""
    erasures.begin_due(session, now)


def remove_exports(session: Session, now: datetime) -> None:
    """Delete exports whose days are over."""
    exports.remove_expired(session, now)


make_export = steps(exports.make)
erase = steps(erasures.erase_step)
