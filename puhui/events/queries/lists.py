"""Read lists of attendees."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from puhui.events.attendee_list import AttendeeList
from puhui.events.city import gazetteer
from puhui.events.draft import list_from_json
from puhui.events.estimate import Group
from puhui.events.model import ListUpload
from puhui.kernel.city import City


@dataclass(frozen=True)
class QuestionCard:
    """A place to be decided about."""

    written: str
    rows: tuple[int, ...]
    people: int
    candidates: tuple[City, ...]


@dataclass(frozen=True)
class ListCard:
    """An attendee list as it is shown."""

    list_id: UUID
    rows: int
    merged: int
    people: int
    cities: int
    columns: tuple[str, ...]
    questions: tuple[QuestionCard, ...]
    uploaded_at: datetime
    groups: tuple[Group, ...]


def list_card(upload: ListUpload) -> ListCard:
    """Return an attendee list as it is shown."""
    listed = attendees(upload)
    return ListCard(
        list_id=upload.list_id,
        rows=listed.rows,
        merged=listed.merged,
        people=listed.people,
        cities=len({group.city.code for group in listed.groups}),
        columns=listed.columns,
        questions=tuple(
            QuestionCard(
                question.written,
                question.rows,
                sum(part.people for part in question.parts),
                tuple(
                    city
                    for code in question.candidates
                    if (city := gazetteer().by_code(code)) is not None
                ),
            )
            for question in listed.questions
        ),
        uploaded_at=upload.uploaded_at,
        groups=listed.groups,
    )


def newest_list(session: Session, event_id: UUID) -> ListUpload | None:
    """Return the newest attendee list, or None."""
    return session.scalar(
        select(ListUpload)
        .where(ListUpload.event_id == event_id)
        .order_by(ListUpload.uploaded_at.desc(), ListUpload.list_id)
        .limit(1)
    )


def attendees(upload: ListUpload) -> AttendeeList:
    """Return a kept list as a value."""
    return list_from_json(
        upload.rows,
        upload.merged,
        upload.groups,
        upload.questions,
        upload.columns,
        gazetteer(),
    )
