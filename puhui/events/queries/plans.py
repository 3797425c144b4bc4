"""Read what is assumed and planned, and what became of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from puhui.events.assumption import Assumption
from puhui.events.document import estimate_of
from puhui.events.estimate import Stage
from puhui.events.model import AssumptionVersion, EstimateVersion, ReductionPlanVersion
from puhui.events.queries import versions
from puhui.events.reduction import Outcome, outcomes


@dataclass(frozen=True)
class PlanCard:
    """A version of a reduction plan as it is shown."""

    plan_id: UUID
    number: int
    document: Mapping[str, Any]
    sha256: str
    made_at: datetime


def assumptions(session: Session) -> dict[str, Assumption]:
    """Return the newest version of every assumption, by key."""
    rows = session.scalars(
        select(AssumptionVersion).order_by(AssumptionVersion.key, AssumptionVersion.version)
    )
    return {row.key: assumption(row) for row in rows}


def assumption(row: AssumptionVersion) -> Assumption:
    """Return a row as a value."""
    return Assumption(
        row.key, row.version, row.activity, row.multiplier, row.name_zh, row.name_en, row.basis
    )


def reduction_plans(session: Session, event_id: UUID) -> list[PlanCard]:
    """Return every version of an event's reduction plan, newest first."""
    rows = session.scalars(
        select(ReductionPlanVersion)
        .where(ReductionPlanVersion.event_id == event_id)
        .order_by(ReductionPlanVersion.number.desc())
    )
    return [plan_card(row) for row in rows]


def plan_card(row: ReductionPlanVersion) -> PlanCard:
    """Return a version as it is shown."""
    return PlanCard(row.plan_id, row.number, json.loads(row.document), row.sha256, row.made_at)


def reduction_plan_text(session: Session, event_id: UUID, number: int) -> str | None:
    """Return the bytes of one version, as they were hashed; None if there is none."""
    return session.scalar(
        select(ReductionPlanVersion.document).where(
            ReductionPlanVersion.event_id == event_id, ReductionPlanVersion.number == number
        )
    )


def turned_out(session: Session, event_id: UUID) -> tuple[Outcome, ...]:
    """Return each source as the last estimate beforehand had it and as the newest actual has."""
    planned, actual = (_newest_of(session, event_id, stage) for stage in Stage)
    if planned is None or actual is None:
        return ()
    return outcomes(*(estimate_of(versions.document(version)) for version in (planned, actual)))


def _newest_of(session: Session, event_id: UUID, stage: Stage) -> EstimateVersion | None:
    return session.scalar(
        select(EstimateVersion)
        .where(EstimateVersion.event_id == event_id, EstimateVersion.stage == stage)
        .order_by(EstimateVersion.number.desc())
        .limit(1)
    )
