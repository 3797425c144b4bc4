"""After a release of factors: look through every label that holds, and change none by it.

Two tasks. The first only finds, and what it found stays; the second ends the labels that must be
renewed, and is begun by an operator who has read the first.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from puhui.factors import queries as factors
from puhui.footprint.errors import NotFinished
from puhui.footprint.model import Citation, Finding, Footprint, Label, Product
from puhui.footprint.queries import renewals
from puhui.footprint.queries.renewals import ENDINGS, OWNER, RECOMPUTE
from puhui.footprint.renewal import Judged, Outcome, judge, newer
from puhui.footprint.service.ending import end_label, policy_at
from puhui.footprint.validity import Ground
from puhui.kernel.actor import Actor, Permission
from puhui.outbox import task
from puhui.outbox.service import publish
from puhui.outbox.task import Step

STEP = 250
"""Labels looked at in one step: well below a second."""


def recompute_all(session: Session, task_id: UUID, now: datetime) -> None:
    """Begin to look through every label that holds. Twice is once.

    For the operators' command, which has no actor; `begin_recompute` asks for permission.
    """
    total = renewals.count_holding(session, now)
    payload = {"run": str(task_id), "at": now.isoformat()}
    if (known := _begun(session, task_id)) is not None:
        payload, total = known, 0
    task.begin(session, task_id, RECOMPUTE, owner=OWNER, total=total, payload=payload, now=now)


def begin_recompute(session: Session, actor: Actor, task_id: UUID, now: datetime) -> None:
    """Begin to look through every label that holds. Twice is once.

    Raises:
        Forbidden: the actor does not oversee labels.
    """
    actor.require(Permission.LABEL_OVERSEE)
    recompute_all(session, task_id, now)


def recompute_step(
    session: Session, payload: Mapping[str, Any], cursor: Mapping[str, Any], now: datetime
) -> Step:
    """Look at the next labels, keep what is found, and in the end tell each maker once."""
    after = UUID(cursor["after"]) if "after" in cursor else None
    task_id, at = UUID(payload["run"]), datetime.fromisoformat(payload["at"])
    labels = renewals.holding(session, at, after, STEP)
    done = cursor.get("done", 0) + len(labels)
    if labels:
        found = judged(session, labels, now)
        session.execute(insert(Finding), [_values(task_id, *each, now=now) for each in found])
        return Step(done, {"after": str(labels[-1].label_id), "done": done})
    _tell_makers(session, task_id, now)
    return Step(done, cursor, dict(renewals.outcomes(session, task_id)))


def begin_endings(
    session: Session, actor: Actor, task_id: UUID, run_id: UUID, now: datetime
) -> None:
    """Begin to end the labels that a finished run found to be renewed. Twice is once.

    Raises:
        Forbidden, NotFound: the actor does not oversee labels, or there is no such run.
        NotFinished: it has not seen every label yet.
    """
    run = renewals.run_seen_by(session, actor, run_id)
    if run.state != "finished":
        raise NotFinished(run=str(run_id))
    total = renewals.outcomes(session, run_id)["renew"]
    payload = {"run": str(run_id)}
    task.begin(session, task_id, ENDINGS, owner=OWNER, total=total, payload=payload, now=now)


def end_step(
    session: Session, payload: Mapping[str, Any], cursor: Mapping[str, Any], now: datetime
) -> Step:
    """End the next labels that a run found to be renewed; one that has ended stays as it is."""
    run_id, ended = UUID(payload["run"]), cursor.get("ended", 0)
    after = UUID(cursor["after"]) if "after" in cursor else None
    rows = renewals.findings(session, run_id, outcome="renew", after=after, most=50)
    for row in rows:
        label = session.get_one(Label, row.label_id, with_for_update=True)
        assert row.ground is not None, row
        ended += end_label(session, label, Ground(row.ground), row.detail, now)
    done = cursor.get("done", 0) + len(rows)
    if not rows:
        return Step(done, cursor, {"ended": ended})
    return Step(done, {"after": str(rows[-1].label_id), "done": done, "ended": ended})


def stop_run(session: Session, actor: Actor, task_id: UUID, now: datetime) -> None:
    """Stop a run after the step that is being done.

    Raises:
        Forbidden, NotFound, TaskEnded: it is not the actor's to stop, or has ended.
    """
    actor.require(Permission.LABEL_OVERSEE)
    task.stop(session, task_id, owner=OWNER, now=now)


def resume_run(session: Session, actor: Actor, task_id: UUID, now: datetime) -> None:
    """Let a stopped run go on.

    Raises:
        Forbidden, NotFound, TaskEnded: it is not the actor's to resume, or has ended.
    """
    actor.require(Permission.LABEL_OVERSEE)
    task.resume(session, task_id, owner=OWNER, now=now)


def _begun(session: Session, task_id: UUID) -> dict[str, Any] | None:
    """Return what a run was begun with, so that beginning it again says the same."""
    known = {run.task_id: run.payload for run in renewals.every_run(session)}
    return known.get(task_id)


def judged(
    session: Session, labels: Sequence[Label], now: datetime
) -> list[tuple[Label, Decimal, Judged]]:
    """Return each label with its footprint and what the newest factors make of it."""
    ids = {label.footprint_id for label in labels}
    cited: dict[UUID, set[str]] = {footprint_id: set() for footprint_id in ids}
    for citation, footprint_id in session.execute(
        select(Citation.citation, Citation.footprint_id).where(Citation.footprint_id.in_(ids))
    ):
        cited[footprint_id].add(citation)
    every = frozenset().union(*cited.values())
    catalogue = factors.catalogue(session, {name.partition("@")[0] for name in every})
    replaced = newer(every, catalogue)
    withdrawn = frozenset(name for name in every if catalogue.called(name) is None)
    policy = policy_at(session, now)
    touched = {id_ for id_, names in cited.items() if names & replaced.keys() or names & withdrawn}
    # Only what a newer factor touches is read whole; the others hold as they are.
    kilograms = _column(session, Footprint.footprint_kg, ids)
    documents = _column(session, Footprint.document, touched)
    found = []
    for label in labels:
        was_kg = kilograms[label.footprint_id]
        result = Judged(Outcome.HOLDS, was_kg)
        if label.footprint_id in documents:
            document = json.loads(documents[label.footprint_id])
            result = judge(document, was_kg, replaced, withdrawn, policy)
        found.append((label, was_kg, result))
    return found


def _column(session: Session, column: Any, ids: set[UUID]) -> dict[UUID, Any]:
    rows = session.execute(
        select(Footprint.footprint_id, column).where(Footprint.footprint_id.in_(ids))
    )
    return {row[0]: row[1] for row in rows}


def _values(
    task_id: UUID, label: Label, was_kg: Decimal, judged: Judged, *, now: datetime
) -> dict[str, Any]:
    return {
        "task_id": task_id,
        "label_id": label.label_id,
        "outcome": str(judged.outcome),
        "ground": str(judged.ground) if judged.ground else None,
        "was_kg": was_kg,
        "is_kg": judged.is_kg,
        "detail": judged.detail,
        "found_at": now,
    }


def _tell_makers(session: Session, task_id: UUID, now: datetime) -> None:
    makers = session.scalars(
        select(Product.organisation_id)
        .join(Footprint, Footprint.product_id == Product.product_id)
        .join(Label, Label.footprint_id == Footprint.footprint_id)
        .join(Finding, Finding.label_id == Label.label_id)
        .where(Finding.task_id == task_id, Finding.outcome != "holds")
        .distinct()
    )
    for organisation_id in makers:
        publish(
            session,
            "footprint.renewals_due",
            now,
            task_id=str(task_id),
            organisation_id=str(organisation_id),
        )
