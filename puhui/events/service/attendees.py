"""Take in attendee lists, and what a person decides about cities we did not know."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from puhui.events import queries
from puhui.events.attendee_list import AttendeeList, decide, read
from puhui.events.city import gazetteer
from puhui.events.draft import groups_as_json, questions_as_json
from puhui.events.errors import NameTaken, NoSuchRow
from puhui.events.model import Event, ListUpload
from puhui.events.service.event import locked
from puhui.kernel.actor import Actor
from puhui.kernel.city import City
from puhui.outbox.service import publish


def upload_list(
    session: Session, actor: Actor, event_id: UUID, list_id: UUID, file: bytes, now: datetime
) -> ListUpload:
    """Read an attendee list and keep what the sum needs of it; the file is forgotten.

    The same list again is the list that is there.

    Raises:
        UnknownEvent: no such event, or not the actor's.
        NameTaken: the identifier belongs to another event's list.
        Invalid: every faulty line; nothing is kept.
    """
    event = locked(session, actor, event_id)
    known = session.get(ListUpload, list_id)
    if known is not None:
        if known.event_id != event_id:
            raise NameTaken(list=str(list_id))
        return known
    return keep_list(
        session, actor, event, list_id, read(file, gazetteer(), queries.venue(event)), now
    )


def keep_list(
    session: Session,
    actor: Actor,
    event: Event,
    list_id: UUID,
    listed: AttendeeList,
    now: datetime,
) -> ListUpload:
    """Keep a list that has been read. The caller holds the event's row."""
    upload = ListUpload(
        list_id=list_id,
        event_id=event.event_id,
        uploaded_by=actor.person_id,
        uploaded_at=now,
        rows=listed.rows,
        merged=listed.merged,
        columns=list(listed.columns),
    )
    _keep(upload, listed)
    session.add(upload)
    publish(
        session,
        "events.list_uploaded",
        now,
        event_id=str(event.event_id),
        list_id=str(list_id),
    )
    session.flush()
    return upload


def decide_cities(
    session: Session,
    actor: Actor,
    event_id: UUID,
    list_id: UUID,
    decisions: Mapping[str, City | Mapping[int, City]],
    now: datetime,
) -> ListUpload:
    """Say which city was meant, by what was written, or row by row. Once decided it stays.

    Raises:
        UnknownEvent: no such event, or not the actor's.
        NoSuchRow: no such list.
    """
    locked(session, actor, event_id)
    upload = session.get(ListUpload, list_id, with_for_update=True)
    if upload is None or upload.event_id != event_id:
        raise NoSuchRow(list=str(list_id))
    _keep(upload, decide(queries.attendees(upload), decisions))
    session.flush()
    return upload


def _keep(upload: ListUpload, listed: AttendeeList) -> None:
    upload.groups = groups_as_json(listed.groups)
    upload.questions = questions_as_json(listed.questions)
