"""Disclose what a project has lost. What was retired stays retired, and says so."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from puhui.credits.errors import NameTaken
from puhui.credits.model import ReversalRow
from puhui.credits.queries import draft_of_reversal
from puhui.credits.reversal import ReversalDraft
from puhui.credits.service.cancellation import draw_on_reserve
from puhui.credits.service.project import locked_project
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

    It is covered out of the project's reserve as far as that goes; what is left uncovered is
    disclosed with it.

    Raises:
        UnknownProject: no such project.
        NameTaken: the identifier belongs to another reversal.
    """
    actor.require(Permission.CREDIT_IMPORT)
    project = locked_project(session, project_code)
    known = session.get(ReversalRow, reversal_id)
    if known is not None:
        if (known.project_id, draft_of_reversal(known)) != (project.project_id, draft):
            raise NameTaken(reversal=str(reversal_id))
        return
    row = ReversalRow(
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
    session.add(row)
    session.flush()
    covered_kg = draw_on_reserve(session, actor, row, now)
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
        }
        | ({"covered_kg": str(min(covered_kg, draft.lost_kg))} if covered_kg else {}),
        now,
    )
    publish(session, "credits.project_reversed", now, reversal_id=str(reversal_id))
