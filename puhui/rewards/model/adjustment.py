"""Points put right by hand."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from puhui.db.base import Base
from puhui.rewards.adjustment import AdjustmentDraft, AdjustmentState
from puhui.rewards.errors import AdjustmentDecided


class Adjustment(Base):
    """What one operator proposes and another decides. Nothing of the proposal changes."""

    __tablename__ = "rewards_adjustment"
    __table_args__ = (
        CheckConstraint("points <> 0", name="points_not_zero"),
        CheckConstraint("ground <> '' AND document <> ''", name="grounded"),
        CheckConstraint("state IN ('proposed', 'approved', 'refused')", name="state_known"),
        CheckConstraint(
            "(state = 'proposed') = (decided_at IS NULL)"
            " AND (decided_at IS NULL) = (decided_by IS NULL)",
            name="decided_when_final",
        ),
        CheckConstraint("decided_by <> proposed_by", name="two_operators"),
        CheckConstraint("moved BETWEEN -abs(points) AND abs(points)", name="moved_in_range"),
        Index("ix_rewards_adjustment_person", "person_id", "decided_at"),
    )

    adjustment_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    points: Mapped[int]
    """To give; negative to take."""
    ground: Mapped[str]
    document: Mapped[str]
    proposed_by: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    proposed_at: Mapped[datetime]
    state: Mapped[str]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("identity_person.person_id"))
    decided_at: Mapped[datetime | None]
    moved: Mapped[int]
    """What was given or taken in the end: no wallet falls below zero."""

    @property
    def draft(self) -> AdjustmentDraft:
        """Return what was proposed."""
        return AdjustmentDraft(self.person_id, self.points, self.ground, self.document)

    def still_open(self) -> None:
        """Let pass an adjustment that waits for a decision.

        Raises:
            AdjustmentDecided: it was agreed to or turned down.
        """
        if self.state != AdjustmentState.PROPOSED:
            raise AdjustmentDecided(adjustment=str(self.adjustment_id), state=self.state)

    def decide(self, approved: bool, moved: int, by: UUID, now: datetime) -> None:
        """Agree to it, with what moved, or turn it down: for good.

        Raises:
            AdjustmentDecided: it was decided before.
        """
        self.still_open()
        self.state = AdjustmentState.APPROVED if approved else AdjustmentState.REFUSED
        self.decided_by, self.decided_at, self.moved = by, now, moved
