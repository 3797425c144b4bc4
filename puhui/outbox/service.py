"""Publish what has happened; do what follows from it, once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from puhui.db.session import after_commit, transaction
from puhui.outbox.model import Message

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

Job = Callable[[Session, dict[str, Any], datetime], None]
"""A job gets the open transaction, the message's payload and the time; it never commits."""


@dataclass(frozen=True)
class Outside:
    """A job whose effect lies outside PostgreSQL, such as a text message.

    No transaction is open while it runs: it opens its own around its call. A crash between the
    call and the mark lets it run again, so what it sends carries a stable id.
    """

    run: Callable[[dict[str, Any], datetime], None]


Routes = Mapping[str, Sequence[Job | Outside]]

MOST_ATTEMPTS = 5
BACKOFF = (
    timedelta(seconds=5),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
)

_ring: Callable[[], None] | None = None


def hang_bell(ring: Callable[[], None]) -> None:
    """Let `ring` be called after every commit that published. It must not raise."""
    global _ring
    _ring = ring


def publish(session: Session, topic: str, now: datetime, /, **payload: str | int) -> None:
    """Write a message in the caller's transaction: it exists exactly if the commit succeeds.

    `topic` is `package.what_happened`; the payload carries identifiers, never personal data.
    """
    session.add(Message(topic=topic, payload=payload, published_at=now, due_at=now))
    published(session)


def publish_once(session: Session, topic: str, now: datetime) -> None:
    """Publish that there is something to do, once for a transaction however often it is asked.

    For jobs that find out by themselves what there is. A savepoint counts as a transaction of its
    own: what is taken back with it takes back its message alone.
    """
    within = session.get_nested_transaction() or session.get_transaction()
    said = session.info.setdefault("outbox.once", {})
    if within is None or said.get(topic) is not within:
        publish(session, topic, now)
        said[topic] = within


def published(session: Session) -> None:
    """Note that the caller's transaction has published, so that the bell rings after its commit.

    For database functions that publish by `outbox_publish` in the round trip of their own.
    """
    if _ring is not None:
        after_commit(session, "outbox.ring", _ring)


def count_due(session: Session, now: datetime) -> int:
    """Return how many messages wait to be dealt with at `now`."""
    return (
        session.scalar(
            select(func.count()).where(
                Message.done_at.is_(None), Message.parked_at.is_(None), Message.due_at <= now
            )
        )
        or 0
    )


def drain(routes: Routes, clock: Callable[[], datetime], most: int = 1000) -> int:
    """Deal with up to `most` due messages, oldest first; return how many were taken.

    Each effect and its mark are one transaction. The attempt is counted in a transaction of its
    own beforehand, so that a message which kills its process is parked in the end.
    """
    taken = 0
    while taken < most and (waiting := _take(clock())) is not None:
        taken += 1
        _deal_with(waiting, routes, clock)
    return taken


@dataclass(frozen=True)
class _Waiting:
    """A message that this process has taken, and the jobs that have dealt with it before."""

    message_id: int
    topic: str
    payload: dict[str, Any]
    marked: frozenset[str]
    parked: bool


# One round trip for each message: a busy day has a hundred thousand of them.
_TAKE = text("""
    WITH due AS (
      SELECT message_id FROM outbox_message
       WHERE done_at IS NULL AND parked_at IS NULL AND due_at <= :now
       ORDER BY due_at, message_id LIMIT 1 FOR UPDATE SKIP LOCKED)
    UPDATE outbox_message AS m
       SET parked_at = CASE WHEN attempts >= :most THEN CAST(:now AS timestamptz) END,
           fault = CASE WHEN attempts >= :most THEN coalesce(fault, 'its process died')
                        ELSE fault END,
           due_at = CASE WHEN attempts >= :most THEN due_at
                         ELSE :now + (CAST(:backoff AS interval[]))[attempts + 1] END,
           attempts = least(attempts + 1, :most)
      FROM due WHERE m.message_id = due.message_id
    RETURNING m.message_id, topic, payload, parked_at IS NOT NULL AS parked,
              ARRAY(SELECT job FROM outbox_effect e WHERE e.message_id = m.message_id) AS marked""")


def _take(now: datetime) -> _Waiting | None:
    """Choose the oldest due message, count the attempt, put its next try off."""
    with transaction() as session:
        found = session.execute(
            _TAKE, {"now": now, "most": MOST_ATTEMPTS, "backoff": list(BACKOFF)}
        ).one_or_none()
        if found is None:
            return None
        if found.parked:
            log.error("outbox.parked", message_id=found.message_id, topic=found.topic)
        return _Waiting(
            found.message_id, found.topic, found.payload, frozenset(found.marked), found.parked
        )


def _deal_with(waiting: _Waiting, routes: Routes, clock: Callable[[], datetime]) -> None:
    """Run each job that has not marked the message yet; the last one marks it done as well."""
    if waiting.parked:
        return
    jobs = {_name(job): job for job in routes.get(waiting.topic, ())}
    left = [(name, job) for name, job in jobs.items() if name not in waiting.marked]
    for position, (name, job) in enumerate(left, start=1):
        try:
            if isinstance(job, Outside):
                job.run(waiting.payload, clock())
            with transaction() as session:
                now, last = clock(), position == len(left)
                if _marked(session, waiting, name, now, last) and not isinstance(job, Outside):
                    job(session, waiting.payload, now)
        except Exception as fault:
            log.exception(
                "outbox.job_failed", message_id=waiting.message_id, topic=waiting.topic, job=name
            )
            with transaction() as session:
                session.execute(
                    update(Message)
                    .where(Message.message_id == waiting.message_id)
                    .values(fault=f"{name}: {type(fault).__name__}: {fault}"[:1000])
                )
            return
    if not left:
        with transaction() as session:
            session.execute(_END, {"message_id": waiting.message_id, "now": clock()})


def _name(job: Job | Outside) -> str:
    run = job.run if isinstance(job, Outside) else job
    return f"{run.__module__}.{run.__qualname__}"


_END = text("UPDATE outbox_message SET done_at = :now WHERE message_id = :message_id")

# One round trip as well. Both are undone if the job that follows fails.
_MARK = text("""
    WITH marked AS (
      INSERT INTO outbox_effect (message_id, job, done_at) VALUES (:message_id, :job, :now)
      ON CONFLICT DO NOTHING RETURNING job),
    ended AS (
      UPDATE outbox_message SET done_at = :now WHERE message_id = :message_id AND :last)
    SELECT EXISTS (SELECT FROM marked)""")


def _marked(session: Session, waiting: _Waiting, name: str, now: datetime, last: bool) -> bool:
    """Mark a job's effect, and with the last one the message; return whether it is still to do.

    Two workers may hold the same message once its put-off time has passed. The second waits at
    the mark until the first has committed, and then sees it; if the first has failed, so has its
    mark, and the second goes on.
    """
    mark = {"message_id": waiting.message_id, "job": name, "now": now, "last": last}
    return bool(session.scalar(_MARK, mark))


def retry(session: Session, message_id: int, now: datetime) -> bool:
    """Let a parked message be tried again; return whether there was one."""
    found = session.scalars(
        update(Message)
        .where(Message.message_id == message_id, Message.parked_at.is_not(None))
        .values(parked_at=None, attempts=0, due_at=now, fault=None)
        .returning(Message.message_id)
    )
    return found.first() is not None


def stuck(session: Session) -> Sequence[Message]:
    """Return the parked messages, oldest first."""
    return session.scalars(
        select(Message).where(Message.parked_at.is_not(None)).order_by(Message.message_id)
    ).all()
