"""Adjustments, for operators, the person concerned and auditors; what all may count."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from puhui.kernel.actor import Actor, Permission
from puhui.rewards.adjustment import AdjustmentDraft, AdjustmentState
from puhui.rewards.errors import NoSuchAdjustment
from puhui.rewards.model.adjustment import Adjustment


@dataclass(frozen=True)
class AdjustmentCard:
    """An adjustment; who proposed and decided it is for operators and auditors."""

    adjustment_id: UUID
    draft: AdjustmentDraft
    state: AdjustmentState
    moved: int
    proposed_by: UUID
    proposed_at: datetime
    decided_by: UUID | None
    decided_at: datetime | None


def card(row: Adjustment) -> AdjustmentCard:
    """Return an adjustment as a value."""
    return AdjustmentCard(
        row.adjustment_id,
        row.draft,
        AdjustmentState(row.state),
        row.moved,
        row.proposed_by,
        row.proposed_at,
        row.decided_by,
        row.decided_at,
    )


def adjustment(session: Session, actor: Actor, adjustment_id: UUID) -> AdjustmentCard:
    """Return an adjustment to the person, an operator or an auditor.

    Raises:
        NoSuchAdjustment: there is none, or it is not theirs to see.
    """
    row = session.get(Adjustment, adjustment_id)
    if row is None or not (
        row.person_id == actor.person_id
        or actor.may(Permission.POINTS_ADJUST)
        or actor.may(Permission.AUDIT_READ)
    ):
        raise NoSuchAdjustment(adjustment=str(adjustment_id))
    return card(row)


def proposed(session: Session, actor: Actor) -> Sequence[AdjustmentCard]:
    """Return what waits for a second operator, the oldest first.

    Raises:
        Forbidden: the actor is no operator.
    """
    actor.require(Permission.POINTS_ADJUST)
    rows = session.scalars(
        select(Adjustment)
        .where(Adjustment.state == AdjustmentState.PROPOSED)
        .order_by(Adjustment.proposed_at, Adjustment.adjustment_id)
        .limit(100)
    )
    return [card(row) for row in rows]


def moved_by_hand(session: Session, person_id: UUID, day: date) -> tuple[int, int]:
    """Return the points moved by hand for a person that day and that year, whichever way."""
    decided_on = func.date(func.timezone("Asia/Shanghai", Adjustment.decided_at))
    year: ColumnElement[bool] = decided_on.between(date(day.year, 1, 1), date(day.year, 12, 31))
    moved = func.sum(func.abs(Adjustment.points))
    that_day, that_year = session.execute(
        select(
            func.coalesce(moved.filter(decided_on == day), 0),
            func.coalesce(moved.filter(year), 0),
        ).where(Adjustment.person_id == person_id, Adjustment.state == AdjustmentState.APPROVED)
    ).one()
    return int(that_day), int(that_year)
