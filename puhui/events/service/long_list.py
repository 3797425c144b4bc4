"""Long attendee lists: taken in at once, read by a task, kept whole or not at all.

The file holds names and telephones until it is read. It waits sealed, is deleted with the last
step, and at the latest a day after it came.
"""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from puhui.events import queries
from puhui.events.attendee_file import table_of
from puhui.events.attendee_list import Reading
from puhui.events.city import gazetteer
from puhui.events.errors import ListGone, NameTaken, UnknownEvent
from puhui.events.model import Event, WaitingList
from puhui.events.service.attendees import keep_list
from puhui.events.service.event import locked
from puhui.events.service.forget import WAIT
from puhui.identity.queries import actor_of_person
from puhui.identity.vault import vault
from puhui.kernel.actor import Actor, Permission
from puhui.outbox import queries as tasks
from puhui.outbox import task
from puhui.outbox.queries import TaskSeen
from puhui.outbox.task import Step

KIND = "events.list"
LONG = 2_000
"""Lines from which on a list is read by a task; shorter ones take a moment."""
STEP = 10_000
"""Lines that are read in one step: a fraction of a second."""


def begin_list(
    session: Session, actor: Actor, event_id: UUID, list_id: UUID, file: bytes, now: datetime
) -> TaskSeen:
    """Take a long list in and let a task read it. The same again changes nothing.

    Raises:
        UnknownEvent: no such event, or not the actor's.
        NameTaken: the identifier belongs to another list.
        Invalid: the file cannot be read, or names no column of cities.
    """
    event = locked(session, actor, event_id)
    owner, digest = _owner(event), sha256(file).digest()
    known = session.get(WaitingList, list_id)
    if known is None:
        lines = table_of(file).length
        session.add(
            WaitingList(
                list_id=list_id,
                event_id=event_id,
                file_sha256=digest,
                sealed=vault().seal(b64encode(file).decode(), _place(list_id)),
                lines=lines,
                sent_by=actor.person_id,
                sent_at=now,
            )
        )
        payload = {
            "list_id": str(list_id),
            "event_id": str(event_id),
            "person_id": str(actor.person_id),
        }
        task.begin(session, list_id, KIND, owner=owner, total=lines, payload=payload, now=now)
        session.flush()
    elif (known.event_id, known.file_sha256) != (event_id, digest):
        raise NameTaken(list=str(list_id))
    return tasks.task(session, list_id, owner)


def list_step(
    session: Session, payload: Mapping[str, Any], cursor: Mapping[str, Any], now: datetime
) -> Step:
    """Read the next lines; after the last keep what the sum needs, or refuse the list whole.

    Raises:
        Invalid: every faulty line at once; nothing is kept.
        ListGone: the file has waited too long and was deleted.
        Forbidden, UnknownEvent: whoever sent it may no longer do so.
    """
    list_id = UUID(payload["list_id"])
    waiting = session.get_one(WaitingList, list_id, with_for_update=True)
    reading = _reading(session, waiting, cursor.get("done", 0))
    if reading.done < reading.length:
        reading.go_on(STEP)
        return Step(reading.done, {"done": reading.done})
    _forget_reading()
    actor = actor_of_person(session, UUID(payload["person_id"]))
    event = locked(session, actor, waiting.event_id)
    listed = reading.finished()
    keep_list(session, actor, event, list_id, listed, now)
    waiting.sealed = None
    result = {
        "people": listed.people,
        "rows": listed.rows,
        "merged": listed.merged,
        "questions": len(listed.questions),
    }
    return Step(reading.done, cursor, result)


def list_seen_by(session: Session, actor: Actor, event_id: UUID, list_id: UUID) -> TaskSeen:
    """Return how far a list has been read, for the event's organisers.

    Raises:
        UnknownEvent, NotFound: there is none, or the event is not theirs.
    """
    event = queries.own_event(session, actor, event_id)
    _of_event(session, event_id, list_id)
    return tasks.task(session, list_id, _owner(event))


def stop_list(session: Session, actor: Actor, event_id: UUID, list_id: UUID, now: datetime) -> None:
    """Stop reading; nothing is kept of the list until it goes on.

    Raises:
        Forbidden, UnknownEvent, TaskEnded: it is not the actor's to stop, or has ended.
    """
    actor.require(Permission.EVENT_WRITE)
    # The step takes the task's row first and the event's then: the event is not locked here.
    event = queries.own_event(session, actor, event_id)
    _of_event(session, event_id, list_id)
    task.stop(session, list_id, owner=_owner(event), now=now)


def resume_list(
    session: Session, actor: Actor, event_id: UUID, list_id: UUID, now: datetime
) -> None:
    """Let reading go on.

    Raises:
        Forbidden, UnknownEvent, TaskEnded: it is not the actor's to resume, or has ended.
    """
    actor.require(Permission.EVENT_WRITE)
    # The step takes the task's row first and the event's then: the event is not locked here.
    event = queries.own_event(session, actor, event_id)
    _of_event(session, event_id, list_id)
    task.resume(session, list_id, owner=_owner(event), now=now)


def forget_waiting(session: Session, now: datetime) -> None:
    """Delete the files that have waited too long, or whose reading has failed."""
    for waiting in session.scalars(
        select(WaitingList).where(WaitingList.sealed.is_not(None)).with_for_update(skip_locked=True)
    ):
        owner = _owner(session.get_one(Event, waiting.event_id))
        is_over = tasks.task(session, waiting.list_id, owner).state == "failed"
        if is_over or waiting.sent_at <= now - WAIT:
            waiting.sealed = None


def _of_event(session: Session, event_id: UUID, list_id: UUID) -> None:
    waiting = session.get(WaitingList, list_id)
    if waiting is None or waiting.event_id != event_id:
        raise UnknownEvent(event=str(event_id), list=str(list_id))


def _owner(event: Event) -> str:
    return f"organisation:{event.organisation_id}"


def _place(list_id: UUID) -> str:
    return f"events_waiting_list {list_id}"


_open: tuple[UUID, Reading] | None = None
"""The list that this process reads at the moment: the steps of one list follow closely."""


def _reading(session: Session, waiting: WaitingList, done: int) -> Reading:
    """Return the list, read as far as the last committed step has come."""
    global _open
    if waiting.sealed is None:
        raise ListGone(list=str(waiting.list_id))
    # A step that was undone, or another process's, has left this one elsewhere.
    if _open is None or _open[0] != waiting.list_id or _open[1].done != done:
        file = b64decode(vault().open(waiting.sealed, _place(waiting.list_id)))
        venue = queries.venue(session.get_one(Event, waiting.event_id))
        _open = waiting.list_id, Reading(file, gazetteer(), venue)
        _open[1].go_on(done)
    return _open[1]


def _forget_reading() -> None:
    global _open
    _open = None
