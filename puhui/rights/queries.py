"""Read what people have asked of their own data."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from puhui.identity import queries as identity
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.errors import NotFound
from puhui.outbox import queries as outbox
from puhui.outbox.queries import TaskSeen
from puhui.rights.errors import NoSuchExport
from puhui.rights.model import Erasure, Export


@dataclass(frozen=True)
class ErasureCard:
    """An erasure that was asked for and not called back."""

    erasure_id: UUID
    person_id: UUID
    asked_by: UUID
    asked_at: datetime
    due_at: datetime
    begun_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True)
class ExportCard:
    """An export, how far it is, and until when its file can be downloaded."""

    export_id: UUID
    person_id: UUID
    asked_at: datetime
    ready_at: datetime | None
    expires_at: datetime | None
    removed_at: datetime | None
    taken_at: datetime | None
    size: int | None
    sha256: str | None
    task: TaskSeen

    def is_here(self, now: datetime) -> bool:
        """Whether the file can be downloaded now."""
        return self.removed_at is None and self.expires_at is not None and now < self.expires_at


def whose(session: Session, actor: Actor, person_id: UUID, now: datetime) -> UUID:
    """Return the person whose data the actor may decide about: themselves, or their young child.

    Raises:
        NotFound: the person is neither.
    """
    actor.require(Permission.SELF_MANAGE)
    if person_id == actor.person_id:
        return person_id
    found = identity.profile(session, person_id)
    if (
        found is None
        or found.guardian_id != actor.person_id
        or not identity.is_minor(session, person_id, now)
    ):
        raise NotFound(person=str(person_id))
    return person_id


def erasure_of(session: Session, person_id: UUID) -> ErasureCard | None:
    """Return what was asked for and not called back, or None."""
    row = session.scalar(
        select(Erasure).where(Erasure.person_id == person_id, Erasure.called_back_at.is_(None))
    )
    return None if row is None else card_of(row)


def card_of(row: Erasure) -> ErasureCard:
    """Return an erasure as a value."""
    return ErasureCard(
        row.erasure_id,
        row.person_id,
        row.asked_by,
        row.asked_at,
        row.due_at,
        row.begun_at,
        row.finished_at,
    )


def exports_of(session: Session, actor: Actor, person_id: UUID) -> Sequence[ExportCard]:
    """Return what the actor has asked for about a person, the newest first."""
    rows = session.scalars(
        select(Export)
        .where(Export.person_id == person_id, Export.asked_by == actor.person_id)
        .order_by(Export.asked_at.desc(), Export.export_id)
        .limit(20)
    )
    return [_export(session, row) for row in rows]


def export(session: Session, actor: Actor, export_id: UUID) -> ExportCard:
    """Return one export to whoever asked for it.

    Raises:
        NoSuchExport: there is none, or somebody else asked for it.
    """
    row = session.get(Export, export_id)
    if row is None or row.asked_by != actor.person_id:
        raise NoSuchExport(export=str(export_id))
    return _export(session, row)


def for_others(session: Session, year: int) -> dict[str, int]:
    """Return how often guardians asked on a child's behalf in a year of China's calendar."""
    in_china = func.timezone("Asia/Shanghai", Erasure.asked_at)
    erasures = select(func.count()).where(
        Erasure.person_id != Erasure.asked_by, func.date_part("year", in_china) == year
    )
    in_china = func.timezone("Asia/Shanghai", Export.asked_at)
    exports = select(func.count()).where(
        Export.person_id != Export.asked_by, func.date_part("year", in_china) == year
    )
    return {
        "erasures_for_children": session.scalar(erasures) or 0,
        "exports_for_children": session.scalar(exports) or 0,
    }


def owner_of(person_id: UUID) -> str:
    """Return the owner of the tasks that a person's wishes begin."""
    return f"person:{person_id}"


def _export(session: Session, row: Export) -> ExportCard:
    return ExportCard(
        row.export_id,
        row.person_id,
        row.asked_at,
        row.ready_at,
        row.expires_at,
        row.removed_at,
        row.taken_at,
        row.size,
        None if row.sha256 is None else row.sha256.hex(),
        outbox.task(session, row.export_id, owner_of(row.asked_by)),
    )
