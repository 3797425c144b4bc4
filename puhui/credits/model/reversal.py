"""What projects have lost."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from puhui.db.base import Base


class ReversalRow(Base):
    """A fire or felling in a project, disclosed in public. Append-only."""

    __tablename__ = "credits_reversal"
    __table_args__ = (
        CheckConstraint("cause IN ('fire', 'felling', 'pest', 'other')", name="cause_known"),
        CheckConstraint("lost_kg > 0", name="loss_positive"),
        Index("ix_credits_reversal_project_id", "project_id", "happened_on"),
    )

    reversal_id: Mapped[UUID] = mapped_column(primary_key=True)
    project_id: Mapped[UUID] = mapped_column(ForeignKey("credits_project.project_id"))
    cause: Mapped[str]
    happened_on: Mapped[date]
    lost_kg: Mapped[int]
    says_zh: Mapped[str]
    says_en: Mapped[str]
    source: Mapped[str]
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    recorded_at: Mapped[datetime]
