"""Read what waits in the outbox, and how far long work is."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from puhui.kernel.errors import Fault, NotFound
from puhui.outbox.model import Message, Task


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


@dataclass(frozen=True)
class TaskSeen:
    """How far a task is.

    `state` is running, stopped, finished, failed, or stuck: running, but its step was given up
    on after the last try. `done` and `total` count the task's things. `result` is what a
    finished task has to say, or the refusal of a failed one (`code`, `title`, `faults`).
    """

    task_id: UUID
    kind: str
    payload: dict[str, Any]
    state: str
    done: int
    total: int
    result: dict[str, Any] | None
    begun_at: datetime
    changed_at: datetime

    @property
    def faults(self) -> list[Fault]:
        """What a failed task found wrong, by row and field."""
        told = (self.result or {}).get("faults", []) if self.state == "failed" else []
        return [Fault(**fault) for fault in told]


def task(session: Session, task_id: UUID, owner: str) -> TaskSeen:
    """Return how far this owner's task is.

    Raises:
        NotFound: no such task, or someone else's.
    """
    found = session.get(Task, task_id)
    if found is None or found.owner != owner:
        raise NotFound(task=str(task_id))
    return _seen(session, found)


def tasks(session: Session, owner: str, kind: str, most: int = 20) -> list[TaskSeen]:
    """Return an owner's latest tasks of one kind, the newest first."""
    found = session.scalars(
        select(Task)
        .where(Task.owner == owner, Task.kind == kind)
        .order_by(Task.begun_at.desc(), Task.task_id)
        .limit(most)
    )
    return [_seen(session, each) for each in found]


def _seen(session: Session, found: Task) -> TaskSeen:
    state = found.state
    if state == "running" and _given_up(session, found):
        state = "stuck"
    return TaskSeen(
        found.task_id,
        found.kind,
        found.payload,
        state,
        found.done,
        found.total,
        found.result,
        found.begun_at,
        found.changed_at,
    )


def _given_up(session: Session, found: Task) -> bool:
    """Whether the only messages left of the task's present step are parked ones."""
    waiting = session.scalars(
        select(Message.parked_at).where(
            Message.done_at.is_(None),
            Message.topic == found.kind,
            Message.payload["task_id"].astext == str(found.task_id),
            Message.payload["step"].as_integer() == found.step,
        )
    ).all()
    return bool(waiting) and all(waiting)
