"""Limits that hold even when Redis does not: they are rows in PostgreSQL."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from puhui.identity.errors import TooManyTries
from puhui.identity.limit import LIMITS, Try, pause, wait_s
from puhui.identity.model import Attempt

EVERYBODY = b""


def check(session: Session, kind: Try, subject: bytes, now: datetime) -> None:
    """Let pass whoever has not reached a limit of this kind.

    Raises:
        TooManyTries: with the seconds to wait.
    """
    seconds = wait_s(LIMITS[kind], _times(session, kind, subject, now), now)
    if seconds > 0:
        raise TooManyTries(retry_after_s=seconds)


def check_pause(session: Session, kind: Try, subject: bytes, now: datetime) -> None:
    """Let pass whoever has waited long enough since the last failure.

    Raises:
        TooManyTries: with the seconds to wait.
    """
    times = _times(session, kind, subject, now)
    if times and (left := times[-1] + pause(len(times)) - now) > timedelta(0):
        raise TooManyTries(retry_after_s=-(-left // timedelta(seconds=1)))


def record(session: Session, kind: Try, subject: bytes, now: datetime) -> None:
    """Count one."""
    session.add(Attempt(kind=kind, subject=subject, at=now))
    session.flush()


def lock(session: Session, kind: Try, subject: bytes) -> None:
    """Wait for whoever is counting the same thing, so that two do not take the last place.

    Callers that lock several take them in the order in which `Try` names them.
    """
    name = f"{kind} {subject.hex()}"
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


def clear(session: Session, kind: Try, subject: bytes) -> None:
    """Forget what was counted, because it has turned out well."""
    session.execute(delete(Attempt).where(Attempt.kind == kind, Attempt.subject == subject))


def take_back(session: Session, attempt_id: int) -> None:
    """Do not count this one after all."""
    session.execute(delete(Attempt).where(Attempt.attempt_id == attempt_id))


def forget(session: Session, before: datetime) -> None:
    """Delete what no limit looks at any more."""
    session.execute(delete(Attempt).where(Attempt.at < before))


def _times(session: Session, kind: Try, subject: bytes, now: datetime) -> list[datetime]:
    longest = max(limit.within for limit in LIMITS[kind])
    most = max(limit.most for limit in LIMITS[kind])
    newest_first = session.scalars(
        select(Attempt.at)
        .where(Attempt.kind == kind, Attempt.subject == subject, Attempt.at > now - longest)
        .order_by(Attempt.at.desc())
        .limit(most)
    ).all()
    return list(newest_first)[::-1]
