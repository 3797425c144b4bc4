"""What is assumed where nothing is published, and what is planned against emissions."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from puhui.db.base import Base


class AssumptionVersion(Base):
    """What an expert assumes where nothing is published. Never changed."""

    __tablename__ = "events_assumption"
    __table_args__ = (
        UniqueConstraint("key", "version"),
        CheckConstraint("version > 0", name="version_counts"),
        CheckConstraint("multiplier > 0 AND multiplier <= 10", name="multiplier_plausible"),
        CheckConstraint("basis <> ''", name="basis_told"),
    )

    assumption_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str]
    version: Mapped[int]
    activity: Mapped[str]
    multiplier: Mapped[Decimal]
    name_zh: Mapped[str]
    name_en: Mapped[str]
    basis: Mapped[str]
    entered_by: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    entered_at: Mapped[datetime]


class ReductionPlanVersion(Base):
    """What is to be done about an event's emissions, as it was decided. Never changed."""

    __tablename__ = "events_reduction_plan"
    __table_args__ = (
        UniqueConstraint("event_id", "number"),
        CheckConstraint("number > 0", name="number_counts"),
    )

    plan_id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("events_event.event_id"))
    number: Mapped[int]
    document: Mapped[str]
    """Canonical JSON, exactly the bytes that are hashed."""
    sha256: Mapped[str]
    made_by: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    made_at: Mapped[datetime]
