"""What becomes of serials that nobody buys: somebody's right to them, and their cancelling."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.dialects.postgresql import INT8RANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from puhui.credits.cancellation import Reason
from puhui.db.base import Base

_REASONS = ", ".join(f"'{reason}'" for reason in Reason)


class EncumbranceRow(Base):
    """Somebody's right to a batch or to a part of it, or its end. Append-only.

    Of rows for the whole batch the newest is in force, and the batch repeats it. A part is freed
    by a further row that names the first in `lifts`.
    """

    __tablename__ = "credits_encumbrance"
    __table_args__ = (
        CheckConstraint(
            "encumbrance IN ('none', 'pledged', 'disputed', 'used')", name="encumbrance_known"
        ),
        CheckConstraint(
            "serials IS NULL OR (encumbrance = 'none') = (lifts IS NOT NULL)", name="part_lifted"
        ),
        CheckConstraint("lifts IS NULL OR serials IS NOT NULL", name="only_parts_lifted"),
        CheckConstraint("quantity_kg > 0", name="quantity_positive"),
        Index("ix_credits_encumbrance_batch_id", "batch_id", "number"),
    )

    encumbrance_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(Identity(always=True))
    """Which came first, of those of one batch, which is locked to write one."""
    batch_id: Mapped[UUID] = mapped_column(ForeignKey("credits_batch.batch_id"))
    encumbrance: Mapped[str]
    serials: Mapped[Range[int] | None] = mapped_column(INT8RANGE)
    """None for the whole batch."""
    quantity_kg: Mapped[int]
    claimant: Mapped[str]
    """Whose right it is."""
    note: Mapped[str]
    document: Mapped[str]
    """The contract, decision or notice that says so."""
    lifts: Mapped[UUID | None] = mapped_column(
        ForeignKey("credits_encumbrance.encumbrance_id"), unique=True
    )
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("identity_person.person_id"))
    """None for what was on record before this history was kept."""
    recorded_at: Mapped[datetime]


class Cancellation(Base):
    """Serials of a batch that are taken out without being retired here. Append-only."""

    __tablename__ = "credits_cancellation"
    __table_args__ = (
        CheckConstraint(f"reason IN ({_REASONS})", name="reason_known"),
        CheckConstraint("quantity_kg > 0", name="quantity_positive"),
        CheckConstraint(
            "(reason = 'compliance') = (confirmed_t IS NOT NULL)"
            " AND (reason = 'compliance') = (year IS NOT NULL)",
            name="compliance_of_a_year",
        ),
        CheckConstraint("confirmed_t > 0", name="confirmed_positive"),
        CheckConstraint(
            "(reason = 'reversal') = (reversal_id IS NOT NULL)", name="reversal_covered"
        ),
        Index("ix_credits_cancellation_batch_id", "batch_id"),
        Index(
            "ix_credits_cancellation_reversal_id",
            "reversal_id",
            postgresql_where=text("reversal_id IS NOT NULL"),
        ),
        Index(
            "ix_credits_cancellation_compliance",
            "claimant",
            "year",
            postgresql_where=text("reason = 'compliance'"),
        ),
    )

    cancellation_id: Mapped[UUID] = mapped_column(primary_key=True)
    batch_id: Mapped[UUID] = mapped_column(ForeignKey("credits_batch.batch_id"))
    reason: Mapped[str]
    quantity_kg: Mapped[int]
    claimant: Mapped[str]
    """Who used it or took it over; an organisation's name."""
    document: Mapped[str]
    """The notice or decision that it follows from."""
    says_zh: Mapped[str]
    says_en: Mapped[str]
    year: Mapped[int | None]
    confirmed_t: Mapped[Decimal | None]
    """Emissions of the claimant confirmed for that year, in tonnes of CO2e."""
    reversal_id: Mapped[UUID | None] = mapped_column(ForeignKey("credits_reversal.reversal_id"))
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    recorded_at: Mapped[datetime]
