"""What an event emits, version by version."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from puhui.db.base import Base
from puhui.events.estimate import Stage

_STAGES = ", ".join(f"'{stage}'" for stage in Stage)


class EstimateVersion(Base):
    """An estimate as it was made. Never changed; the annex may be deleted, nothing else."""

    __tablename__ = "events_estimate"
    __table_args__ = (
        UniqueConstraint("event_id", "number"),
        CheckConstraint(f"stage IN ({_STAGES})", name="stage_known"),
        CheckConstraint("number > 0", name="number_counts"),
        CheckConstraint("total_kg >= 0", name="total_not_negative"),
        CheckConstraint("total_kg = co2_kg + co2e_kg", name="parts_add_up"),
        CheckConstraint("need_kg = ceil(total_kg)", name="need_is_rounded_up"),
    )

    estimate_id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("events_event.event_id"))
    number: Mapped[int]
    stage: Mapped[str]
    list_id: Mapped[UUID | None] = mapped_column(ForeignKey("events_list.list_id"))
    total_kg: Mapped[Decimal]
    co2_kg: Mapped[Decimal]
    co2e_kg: Mapped[Decimal]
    need_kg: Mapped[int]
    document: Mapped[str]
    """Canonical JSON, exactly the bytes that are hashed."""
    sha256: Mapped[str]
    annex: Mapped[str | None]
    made_by: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    made_at: Mapped[datetime]
