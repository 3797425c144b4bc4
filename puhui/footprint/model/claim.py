"""What lies beside a claim: the first look at a unit, the device, those who tried in vain."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from puhui.db.base import Base


class Scan(Base):
    """When the page of a unit's own code was first opened, and in which city. Not by whom."""

    __tablename__ = "footprint_scan"
    __table_args__ = (
        CheckConstraint("city ~ '^[0-9]{6}$'", name="city_of_six_digits"),
        Index("ix_footprint_scan_placed", "serial_id", postgresql_where=text("city IS NOT NULL")),
    )

    serial_id: Mapped[UUID] = mapped_column(
        ForeignKey("footprint_serial.serial_id"), primary_key=True
    )
    first_at: Mapped[datetime]
    city: Mapped[str | None]
    """GB/T 2260, as the operator's proxy told; None where it told nothing, or it is forgotten."""


class ClaimDevice(Base):
    """A unit was claimed with this device; of the device we keep a digest, for 30 days."""

    __tablename__ = "footprint_claim_device"
    __table_args__ = (
        CheckConstraint("octet_length(device) = 32", name="device_whole"),
        Index("ix_footprint_claim_device_device", "device", "claimed_at"),
    )

    serial_id: Mapped[UUID] = mapped_column(
        ForeignKey("footprint_serial.serial_id"), primary_key=True
    )
    person_id: Mapped[UUID]
    device: Mapped[bytes]
    claimed_at: Mapped[datetime]


class VainTry(Base):
    """Somebody had the right PIN and came too late, or before the sale; the last time counts."""

    __tablename__ = "footprint_vain_try"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime]
