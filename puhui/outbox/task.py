"""Long work, step by step.

A task is a row; each of its steps is one message and one transaction, which moves the cursor
together with what the step has done. So a killed process resumes where the last commit left it,
nothing is done twice, and other messages get their turn between two steps. Whoever began a task
can see how far it is, stop it and resume it.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from puhui.kernel.errors import DomainError, Invalid, NotFound
from puhui.outbox.errors import TaskDiffers, TaskEnded
from puhui.outbox.model import Task
from puhui.outbox.service import Job, publish


@dataclass(frozen=True)
class Step:
    """What one step has come to.

    `done` counts from the task's beginning, in the things of its total; `cursor` is what the
    next step needs to go on. With a `result` the task is finished.
    """

    done: int
    cursor: Mapping[str, Any] = field(default_factory=dict)
    result: Mapping[str, Any] | None = None


Work = Callable[[Session, Mapping[str, Any], Mapping[str, Any], datetime], Step]
"""One step of a task: gets the open transaction, the task's payload, its cursor (empty at first)
and the time. It does about a second's work, and never commits."""


def begin(
    session: Session,
    task_id: UUID,
    kind: str,
    *,
    owner: str,
    total: int,
    payload: Mapping[str, Any],
    now: datetime,
) -> None:
    """Begin a task of `total` things for `owner`; the same again changes nothing.

    `kind` is the topic of its steps, `package.work`; `owner` is whoever may look at it, such as
    `person:<id>` or `organisation:<id>`. The caller has asked for permission.

    Raises:
        TaskDiffers: a task of this id exists and is other work.
    """
    task = session.get(Task, task_id)
    if task is None:
        session.add(
            Task(
                task_id=task_id,
                kind=kind,
                owner=owner,
                payload=dict(payload),
                state="running",
                step=0,
                cursor={},
                done=0,
                total=total,
                begun_at=now,
                changed_at=now,
            )
        )
        publish(session, kind, now, task_id=str(task_id), step=0)
    elif (task.kind, task.owner, task.payload) != (kind, owner, dict(payload)):
        raise TaskDiffers(task=str(task_id))


def stop(session: Session, task_id: UUID, *, owner: str, now: datetime) -> None:
    """Stop a task after the step that is being done; what is done stays done.

    Raises:
        NotFound: no such task of this owner.
        TaskEnded: it has finished or failed.
    """
    _move(session, task_id, owner, "stopped", now)


def resume(session: Session, task_id: UUID, *, owner: str, now: datetime) -> None:
    """Let a stopped task, or one whose step was given up on, go on from where it is.

    Raises:
        NotFound: no such task of this owner.
        TaskEnded: it has finished or failed.
    """
    task = _move(session, task_id, owner, "running", now)
    # An older message of this step may still wait: whichever comes first moves the step on, and
    # the other then finds that its turn is over.
    publish(session, task.kind, now, task_id=str(task_id), step=task.step)


def _move(session: Session, task_id: UUID, owner: str, state: str, now: datetime) -> Task:
    task = _locked(session, task_id)
    if task is None or task.owner != owner:
        raise NotFound(task=str(task_id))
    if task.result is not None:
        raise TaskEnded(task=str(task_id))
    task.state, task.changed_at = state, now
    return task


def _locked(session: Session, task_id: UUID) -> Task | None:
    return session.scalar(select(Task).where(Task.task_id == task_id).with_for_update())


def steps(work: Work) -> Job:
    """Return the job that does the steps of a task, for its line in the subscriptions.

    A refusal in a step undoes that step and ends the task as failed, with the refusal for its
    owner to read; any other fault is tried again as for every message.
    """

    def do_step(session: Session, payload: dict[str, Any], now: datetime) -> None:
        task = _locked(session, UUID(payload["task_id"]))
        if task is None or task.state != "running" or task.step != payload["step"]:
            return
        task.changed_at = now
        try:
            with session.begin_nested():
                step = work(session, task.payload, task.cursor, now)
        except DomainError as refusal:
            task.state, task.result = "failed", _told(refusal)
            return
        task.step += 1
        task.done, task.cursor = step.done, dict(step.cursor)
        if step.result is None:
            publish(session, task.kind, now, task_id=str(task.task_id), step=task.step)
        else:
            task.state, task.result = "finished", dict(step.result)

    # The effect's mark carries the job's name; every task's job has its own.
    do_step.__module__, do_step.__qualname__ = work.__module__, work.__qualname__
    return do_step


def go_on(session: Session, task_id: UUID, work: Work, now: datetime) -> bool:
    """Do the task's present step here, as the worker would; return whether it runs on.

    For a command that does not wait for a worker. Whoever comes second finds the step done.
    """
    task = session.get(Task, task_id)
    if task is None or task.state != "running":
        return False
    steps(work)(session, {"task_id": str(task_id), "step": task.step}, now)
    session.flush()
    session.refresh(task)
    return task.state == "running"


def _told(refusal: DomainError) -> dict[str, Any]:
    """Return a refusal as its owner will read it: code, Chinese title, faults by row."""
    faults = refusal.faults if isinstance(refusal, Invalid) else []
    return {
        "code": refusal.code,
        "title": refusal.title,
        "faults": [
            asdict(fault) | {"values": {name: str(value) for name, value in fault.values.items()}}
            for fault in faults
        ],
    }
