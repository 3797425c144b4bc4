"""Take everything about oneself along: asked for once, made step by step, kept for days."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from puhui.db.personal import told, traced
from puhui.evidence.personal import count_photographs, photographs_of
from puhui.kernel.actor import Actor, Permission
from puhui.outbox import task
from puhui.outbox.task import Step
from puhui.rights import queries
from puhui.rights.archive import Archive
from puhui.rights.errors import (
    ExportGone,
    ExportNotReady,
    NameTaken,
    NoSuchExport,
    TooManyExports,
)
from puhui.rights.installation import terms
from puhui.rights.model import Export
from puhui.rights.packages import PACKAGES
from puhui.rights.queries import ExportCard
from puhui.rights.readme import readme

KIND = "rights.export"
MOST_A_DAY = 3
PHOTOGRAPHS = 25
"""Photographs in one step: about a second's work."""
UNFINISHED = timedelta(days=7)
"""How long the parts of an export that never got ready are kept."""


def ask_export(
    session: Session, actor: Actor, export_id: UUID, person_id: UUID, now: datetime
) -> ExportCard:
    """Begin to put together everything about the actor or their child. Twice is once.

    Raises:
        NotFound: the person is neither.
        NameTaken: the name was used for another export.
        TooManyExports: the actor has asked for `MOST_A_DAY` within a day.
    """
    queries.whose(session, actor, person_id, now)
    known = session.get(Export, export_id)
    if known is not None:
        if (known.person_id, known.asked_by) != (person_id, actor.person_id):
            raise NameTaken(export=str(export_id))
        return queries.export(session, actor, export_id)
    since = now - timedelta(days=1)
    recent = select(func.count()).where(Export.asked_by == actor.person_id, Export.asked_at > since)
    if (session.scalar(recent) or 0) >= MOST_A_DAY:
        raise TooManyExports(retry_after_s=24 * 3600)
    session.add(
        Export(export_id=export_id, person_id=person_id, asked_by=actor.person_id, asked_at=now)
    )
    session.flush()
    task.begin(
        session,
        export_id,
        KIND,
        owner=queries.owner_of(actor.person_id),
        total=len(PACKAGES) + count_photographs(session, person_id) + 2,
        payload={"export_id": str(export_id), "person_id": str(person_id)},
        now=now,
    )
    return queries.export(session, actor, export_id)


def make(
    session: Session, payload: Mapping[str, Any], cursor: Mapping[str, Any], now: datetime
) -> Step:
    """Do one step of an export: a package's rows, some photographs, or the file itself.

    Raises:
        NoSuchExport: it is gone: the person was erased meanwhile.
    """
    export_id, person_id = UUID(payload["export_id"]), UUID(payload["person_id"])
    row = session.get(Export, export_id, with_for_update=True)
    if row is None:
        raise NoSuchExport(export=str(export_id))
    archive = Archive(terms().folder, export_id)
    packages, photographs = cursor.get("packages", 0), cursor.get("photographs", 0)
    if packages < len(PACKAGES):
        _put_package(session, archive, packages, person_id)
        return Step(packages + 1, {"packages": packages + 1})
    if row.ready_at is not None:
        archive.clear()
        return Step(packages + photographs + 2, result={"size": row.size})
    last = cursor.get("last")
    found = photographs_of(session, person_id, UUID(last) if last else None, PHOTOGRAPHS)
    for photo_id, content in found:
        archive.put_photograph(photo_id, content)
    if found:
        photographs += len(found)
        return Step(
            packages + photographs,
            {"packages": packages, "photographs": photographs, "last": str(found[-1][0])},
        )
    row.size, row.sha256 = archive.finish(person_id, now, readme(now))
    row.ready_at, row.expires_at = now, now + terms().download
    return Step(packages + photographs + 1, {"packages": packages, "photographs": photographs})


def _put_package(session: Session, archive: Archive, number: int, person_id: UUID) -> None:
    package = PACKAGES[number]
    subjects = {about.subject: told(session, about, person_id) for about in package.about}
    subjects["acted"] = [
        line for trace in package.traces for line in traced(session, trace, person_id)
    ]
    archive.put_rows(f"{number:02}-{package.package}", subjects)


def take(session: Session, actor: Actor, export_id: UUID, now: datetime) -> Archive:
    """Return the finished file to whoever asked for it, and note that it was taken.

    Raises:
        NoSuchExport: there is none, or somebody else asked for it.
        ExportNotReady: it is still being made.
        ExportGone: its days are over.
    """
    actor.require(Permission.SELF_MANAGE)
    card = queries.export(session, actor, export_id)
    # A guardian's right ends with the child's fourteenth year, also for what is here already.
    queries.whose(session, actor, card.person_id, now)
    if card.ready_at is None:
        raise ExportNotReady(export=str(export_id))
    archive = Archive(terms().folder, export_id)
    if not card.is_here(now) or not archive.file.exists():
        raise ExportGone(export=str(export_id))
    session.get_one(Export, export_id).taken_at = now
    return archive


def remove_expired(session: Session, now: datetime) -> int:
    """Delete files whose days are over, and parts of what never got ready; return how many."""
    over = session.scalars(
        select(Export.export_id).where(
            Export.removed_at.is_(None),
            (Export.expires_at <= now)
            | (Export.ready_at.is_(None) & (Export.asked_at < now - UNFINISHED)),
        )
    ).all()
    for export_id in over:
        Archive(terms().folder, export_id).remove()
    session.execute(update(Export).where(Export.export_id.in_(over)).values(removed_at=now))
    return len(over)


def remove_of(session: Session, person_id: UUID) -> None:
    """Delete every file made about a person, whoever asked for it; their rows go next."""
    # Locked, so that a step that is writing parts just now ends first, and the next finds no row.
    own = select(Export.export_id).where(Export.person_id == person_id).with_for_update()
    for export_id in session.scalars(own):
        Archive(terms().folder, export_id).remove()
