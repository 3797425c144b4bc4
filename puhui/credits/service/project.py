"""Describe a project anew, attach its documents, and set what goes into reserves."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from puhui.credits.batch import ProjectDraft
from puhui.credits.errors import NameTaken, OfAnotherProject, UnknownProject
from puhui.credits.model import Project, ProjectDocument, ProjectVersion, ReserveShare
from puhui.credits.project import DocumentDraft, ProjectRevision, said_by
from puhui.credits.reserve import ReserveDraft
from puhui.evidence.documents import keep_document
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.errors import Fault, Invalid
from puhui.kernel.text import N_
from puhui.outbox.service import publish
from puhui.register.service import record

MOST_DOCUMENTS = 200


def first_version(draft: ProjectDraft, by: UUID, now: datetime) -> ProjectVersion:
    """Return what a project is said to be when its first batch comes in."""
    return ProjectVersion(
        project_id=draft.project_id,
        version=1,
        **said_by(draft),
        why="",
        recorded_by=by,
        recorded_at=now,
    )


def revise_project(
    session: Session,
    actor: Actor,
    code: str,
    draft: ProjectRevision,
    now: datetime,
    based_on: Callable[[int], None] = lambda version: None,
) -> int:
    """Describe a project from now on as the draft does; return its version.

    Saying again what is said already changes nothing. `based_on` is called with the version that
    is in force, under the lock, and may refuse. Certificates keep the words of their day.

    Raises:
        UnknownProject: no such project.
    """
    actor.require(Permission.CREDIT_IMPORT)
    project = locked_project(session, code)
    told = asdict(draft)
    why = told.pop("why")
    if all(getattr(project, name) == value for name, value in told.items()):
        return project.version
    based_on(project.version)
    for name, value in told.items():
        setattr(project, name, value)
    project.version += 1
    session.flush()
    session.add(
        ProjectVersion(
            project_id=project.project_id,
            version=project.version,
            **told,
            why=why,
            recorded_by=actor.person_id,
            recorded_at=now,
        )
    )
    session.flush()
    publish(session, "credits.project_revised", now, project=code)
    return project.version


def attach_document(
    session: Session,
    actor: Actor,
    code: str,
    document_id: UUID,
    draft: DocumentDraft,
    name: str,
    content: bytes | None,
    now: datetime,
) -> None:
    """Keep a document about a project, or say anew what it is and whether it is public.

    The first time with its content; afterwards the same content or none. The same again changes
    nothing.

    Raises:
        UnknownProject: no such project.
        OfAnotherProject: the document was attached to another.
        Invalid: there is no file, it is not one that is kept, or there are too many.
    """
    actor.require(Permission.CREDIT_IMPORT)
    project = locked_project(session, code)
    last = session.scalars(
        select(ProjectDocument)
        .where(ProjectDocument.document_id == document_id)
        .order_by(ProjectDocument.version.desc())
        .limit(1)
    ).first()
    if last is not None and last.project_id != project.project_id:
        raise OfAnotherProject(document=str(document_id))
    if last is None and content is None:
        raise Invalid([Fault("missing", N_("请选择文件"), None, "file")])
    if last is None:
        known = session.scalars(
            select(ProjectDocument.document_id)
            .where(ProjectDocument.project_id == project.project_id)
            .distinct()
        ).all()
        if len(known) >= MOST_DOCUMENTS:
            message, values = N_("一个项目最多附 %(most)s 份文件"), {"most": MOST_DOCUMENTS}
            raise Invalid([Fault("too_many_documents", message, None, "file", values)])
    if content is not None:
        keep_document(session, actor, document_id, name, content, now)
    said = asdict(draft)
    if last is not None and all(getattr(last, field) == value for field, value in said.items()):
        return
    session.add(
        ProjectDocument(
            document_id=document_id,
            version=last.version + 1 if last else 1,
            project_id=project.project_id,
            **said,
            recorded_by=actor.person_id,
            recorded_at=now,
        )
    )
    session.flush()
    publish(session, "credits.project_revised", now, project=code)


def set_reserve(
    session: Session, actor: Actor, share_id: UUID, draft: ReserveDraft, now: datetime
) -> None:
    """Say how much of each further issuance of a kind or a project goes into its reserve.

    What was issued before stays as it is. The same again changes nothing.

    Raises:
        UnknownProject: no such project.
        NameTaken: the identifier belongs to another rule.
    """
    actor.require(Permission.CREDIT_IMPORT)
    project_id = None
    if draft.project_code is not None:
        project_id = locked_project(session, draft.project_code).project_id
    known = session.get(ReserveShare, share_id)
    if known is not None:
        if (known.kind, known.project_id, known.share_bp, known.source) != (
            draft.kind, project_id, draft.share_bp, draft.source,
        ):  # fmt: skip
            raise NameTaken(share=str(share_id))
        return
    session.add(
        ReserveShare(
            share_id=share_id,
            kind=draft.kind,
            project_id=project_id,
            share_bp=draft.share_bp,
            source=draft.source,
            recorded_by=actor.person_id,
            recorded_at=now,
        )
    )
    session.flush()
    record(
        session,
        "credit_reserve",
        str(share_id),
        {
            "kind": draft.kind and draft.kind.value,
            "project": draft.project_code,
            "share_bp": draft.share_bp,
            "source": draft.source,
        },
        now,
    )


def shares_of(session: Session, project_ids: Collection[UUID]) -> Mapping[UUID | str, int]:
    """Return the shares in force, in hundredths of a per cent, by kind and by project."""
    found: dict[UUID | str, int] = {}
    rows = session.scalars(
        select(ReserveShare)
        .where(ReserveShare.kind.is_not(None) | ReserveShare.project_id.in_(project_ids))
        .order_by(ReserveShare.number)
    )
    for row in rows:
        found[row.project_id or str(row.kind)] = row.share_bp
    return found


def locked_project(session: Session, code: str) -> Project:
    """Return the project, for whoever has it to themselves until the end of the transaction.

    Raises:
        UnknownProject: no such project.
    """
    project = session.scalar(
        select(Project)
        .where(Project.code == code)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if project is None:
        raise UnknownProject(project=code)
    return project
