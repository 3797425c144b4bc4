"""Serials: one unit of a product each, and the PINs that were tried."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from puhui.db.base import Base


class Batch(Base):
    """Serials printed together. Their secrets follow from a seed, which leaves once."""

    __tablename__ = "footprint_batch"
    __table_args__ = (
        CheckConstraint("count BETWEEN 1 AND 1000000", name="count_in_range"),
        CheckConstraint("made BETWEEN 0 AND count", name="made_in_range"),
        CheckConstraint(
            "(left_at IS NULL) = (left_by IS NULL) AND (left_at IS NULL) = (left_as IS NULL)",
            name="left_to_somebody",
        ),
        CheckConstraint(
            "CASE WHEN left_at IS NULL AND voided_at IS NULL THEN sealed_seed IS NOT NULL"
            " ELSE sealed_seed IS NULL END",
            name="seed_until_it_left",
        ),
        CheckConstraint("left_at IS NULL OR made = count", name="left_when_made"),
        CheckConstraint("shipped_at IS NULL OR left_at IS NOT NULL", name="shipped_after_it_left"),
        CheckConstraint(
            "left_for IS NULL OR octet_length(left_for) = 32 AND left_at IS NOT NULL",
            name="left_for_whole",
        ),
    )

    batch_id: Mapped[UUID] = mapped_column(primary_key=True)
    label_id: Mapped[UUID] = mapped_column(ForeignKey("footprint_label.label_id"), index=True)
    count: Mapped[int]
    made: Mapped[int]
    """How many of them the job has made, numbered from 1."""
    sealed_seed: Mapped[bytes | None]
    """What all tokens and PINs follow from, sealed with the installation's secret."""
    printed_at: Mapped[datetime]
    printed_by: Mapped[UUID]
    left_at: Mapped[datetime | None]
    left_by: Mapped[UUID | None]
    left_as: Mapped[str | None]
    """When, to whom and as what kind of file the secrets left."""
    left_for: Mapped[bytes | None]
    """SHA-256 of the certificate that they were encrypted for; None if they left in clear."""
    shipped_at: Mapped[datetime | None]
    """When the first of them left the factory."""
    voided_at: Mapped[datetime | None]
    """When what had not been shipped was given up."""


class Serial(Base):
    """One unit of a product: printed → shipped → sold → claimed, or void.

    One that lies long enough in a shop that reports no sales is claimed from there.
    The database refuses every other way (`footprint_serial_only_forward`).
    """

    __tablename__ = "footprint_serial"
    __table_args__ = (
        UniqueConstraint("batch_id", "number"),
        CheckConstraint(
            "state IN ('printed', 'shipped', 'sold', 'claimed', 'void')", name="state_known"
        ),
        CheckConstraint(
            "(sold_at IS NULL) = (sold_by IS NULL) AND (state = 'sold') <= (sold_at IS NOT NULL)",
            name="sale_dated",
        ),
        CheckConstraint(
            "(claimed_at IS NULL) = (claimant_id IS NULL)"
            " AND CASE state WHEN 'claimed' THEN claimed_at IS NOT NULL"
            " WHEN 'void' THEN true ELSE claimed_at IS NULL END",
            name="claimed_by_somebody",
        ),
        CheckConstraint("(state = 'void') = (voided_at IS NOT NULL)", name="void_dated"),
        Index("ix_footprint_serial_claimant", "claimant_id", "claimed_at"),
        Index(
            "ix_footprint_serial_shop",
            "sold_by",
            "sold_at",
            postgresql_where=text("sold_by IS NOT NULL"),
        ),
    )

    serial_id: Mapped[UUID] = mapped_column(primary_key=True)
    batch_id: Mapped[UUID] = mapped_column(ForeignKey("footprint_batch.batch_id"))
    number: Mapped[int]
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    pin_hash: Mapped[bytes]
    """HMAC of token and PIN together: a PIN is worth nothing with another token."""
    state: Mapped[str] = mapped_column(server_default=text("'printed'"))
    sold_at: Mapped[datetime | None]
    sold_by: Mapped[UUID | None]
    """The shop that recorded the sale; None of what was claimed without one."""
    claimed_at: Mapped[datetime | None]
    claimant_id: Mapped[UUID | None]
    voided_at: Mapped[datetime | None]


class TakeBack(Base):
    """A worn-out unit that came back for recycling, from the person who had claimed it. Once."""

    __tablename__ = "footprint_take_back"

    serial_id: Mapped[UUID] = mapped_column(
        ForeignKey("footprint_serial.serial_id"), primary_key=True
    )
    person_id: Mapped[UUID]
    organisation_id: Mapped[UUID] = mapped_column(
        ForeignKey("identity_organisation.organisation_id")
    )
    """Who collected it."""
    taken_back_at: Mapped[datetime]


class WrongPin(Base):
    """Somebody tried a PIN that was not right. Kept although the claim is refused."""

    __tablename__ = "footprint_wrong_pin"
    __table_args__ = (
        Index("ix_footprint_wrong_pin_token", "token_hash", "at"),
        Index("ix_footprint_wrong_pin_person", "person_id", "at"),
    )

    try_id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    token_hash: Mapped[bytes]
    person_id: Mapped[UUID]
    at: Mapped[datetime]
