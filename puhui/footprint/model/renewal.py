"""What was found of each label after a release of factors."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from puhui.db.base import Base


class Finding(Base):
    """One label, looked at in one run. It changes nothing of the label, and never changes."""

    __tablename__ = "footprint_finding"
    __table_args__ = (
        CheckConstraint("outcome IN ('holds', 'renew', 'unclear')", name="outcome_known"),
        CheckConstraint("(outcome = 'renew') = (ground IS NOT NULL)", name="renewal_has_ground"),
        Index("ix_footprint_finding_label", "label_id", "found_at"),
        Index("ix_footprint_finding_outcome", "task_id", "outcome", "label_id"),
    )

    task_id: Mapped[UUID] = mapped_column(ForeignKey("outbox_task.task_id"), primary_key=True)
    label_id: Mapped[UUID] = mapped_column(ForeignKey("footprint_label.label_id"), primary_key=True)
    outcome: Mapped[str]
    ground: Mapped[str | None]
    was_kg: Mapped[Decimal]
    is_kg: Mapped[Decimal | None]
    detail: Mapped[str]
    found_at: Mapped[datetime]
