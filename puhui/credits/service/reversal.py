"""Disclose what a project has lost. What was retired stays retired, and says so."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from puhui.credits.errors import NameTaken, UnknownProject
from puhui.credits.model import Project, ReversalRow
from puhui.credits.queries import draft_of_reversal
from puhui.credits.reversal import ReversalDraft
from puhui.kernel.actor import Actor, Permission
from puhui.outbox.service import publish
from puhui.register.service import record


def disclose_reversal(
    session: Session,
    actor: Actor,
    project_code: str,
    reversal_id: UUID,
    draft: ReversalDraft,
    now: datetime,
) -> None:
    """Put a reversal on the public register, and so on every certificate that it touches.

    Raises:
        UnknownProject: no such project.
        NameTaken: the identifier belongs to another reversal.
    """
    actor.require(Permission.CREDIT_IMPORT)
    project = session.scalar(select(Project).where(Project.code == project_code).with_for_update())
    if project is None:
        raise UnknownProject(project=project_code)
    known = session.get(ReversalRow, reversal_id)
    if known is not None:
        if (known.project_id, draft_of_reversal(known)) != (project.project_id, draft):
            raise NameTaken(reversal=str(reversal_id))
        return
    session.add(
        ReversalRow(
            reversal_id=reversal_id,
            project_id=project.project_id,
            cause=draft.cause,
            happened_on=draft.happened_on,
            lost_kg=draft.lost_kg,
            says_zh=draft.says_zh,
            says_en=draft.says_en,
            source=draft.source,
            recorded_by=actor.person_id,
            recorded_at=now,
        )
    )
    session.flush()
    record(
        session,
        "project_reversal",
        str(reversal_id),
        {
            "project": project_code,
            "cause": draft.cause.value,
            "happened_on": draft.happened_on.isoformat(),
            "lost_kg": str(draft.lost_kg),
            "says": {"zh": draft.says_zh, "en": draft.says_en},
            "source": draft.source,
        },
        now,
    )
    publish(session, "credits.project_reversed", now, reversal_id=str(reversal_id))
