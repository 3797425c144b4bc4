"""What records were weighed by, and what came of it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from puhui.db.base import Base


class ThresholdRow(Base):
    """A published version of all thresholds. Append-only (trigger)."""

    __tablename__ = "rewards_threshold"

    version: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[date] = mapped_column(unique=True)
    values: Mapped[dict[str, Any]]
    published_at: Mapped[datetime]


class BasePlace(Base):
    """Where a base lies, as an operator noted it; the latest note counts. Append-only (trigger)."""

    __tablename__ = "rewards_base_place"
    __table_args__ = (
        CheckConstraint(
            "latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180", name="place_on_earth"
        ),
        CheckConstraint("radius_m BETWEEN 1 AND 100000", name="radius_in_range"),
        CheckConstraint("datum IN ('WGS-84', 'GCJ-02')", name="datum_known"),
    )

    base_id: Mapped[UUID] = mapped_column(ForeignKey("rewards_base.base_id"), primary_key=True)
    noted_at: Mapped[datetime] = mapped_column(primary_key=True)
    latitude: Mapped[Decimal]
    """Degrees of `datum`, of the middle of the base."""
    longitude: Mapped[Decimal]
    datum: Mapped[str]
    radius_m: Mapped[int]
    """Metres from the middle to the farthest corner."""
    noted_by: Mapped[UUID | None] = mapped_column(ForeignKey("identity_person.person_id"))


class DeviceUse(Base):
    """A planting was logged with this device; of the device we keep a digest, for 30 days."""

    __tablename__ = "rewards_device_use"
    __table_args__ = (
        CheckConstraint("octet_length(device) = 32", name="device_whole"),
        Index("ix_rewards_device_use_device", "device", "logged_at"),
        Index("ix_rewards_device_use_person", "person_id", "logged_at"),
    )

    planting_id: Mapped[UUID] = mapped_column(
        ForeignKey("rewards_planting.planting_id"), primary_key=True
    )
    person_id: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    base_id: Mapped[UUID] = mapped_column(ForeignKey("rewards_base.base_id"))
    device: Mapped[bytes]
    logged_at: Mapped[datetime]


class Decision(Base):
    """What the rules decided of a record, by what and from what. Append-only (trigger)."""

    __tablename__ = "rewards_decision"
    __table_args__ = (
        UniqueConstraint("subject_kind", "subject_id"),
        CheckConstraint(
            "subject_kind IN ('planting', 'purchase', 'label', 'shop')", name="subject_known"
        ),
        CheckConstraint(
            "outcome IN ('accept', 'sample', 'review', 'hold', 'refuse')", name="outcome_known"
        ),
    )

    decision_id: Mapped[UUID] = mapped_column(primary_key=True)
    subject_kind: Mapped[str]
    subject_id: Mapped[UUID]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    outcome: Mapped[str]
    rule: Mapped[str]
    thresholds: Mapped[str] = mapped_column(ForeignKey("rewards_threshold.version"))
    score: Mapped[int]
    signals: Mapped[list[Any]]
    inputs: Mapped[dict[str, Any]]
    decided_at: Mapped[datetime]


class Draw(Base):
    """The seed by which a month's records are drawn: its digest is public from the first day, the
    seed itself once the month is over. Neither changes (trigger)."""

    __tablename__ = "rewards_draw"
    __table_args__ = (
        CheckConstraint("octet_length(seed) = 32", name="seed_whole"),
        CheckConstraint("commitment = sha256(seed)", name="commitment_of_seed"),
        CheckConstraint("extract(day FROM month) = 1", name="month_from_its_first"),
    )

    month: Mapped[date] = mapped_column(primary_key=True)
    seed: Mapped[bytes]
    commitment: Mapped[bytes]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
