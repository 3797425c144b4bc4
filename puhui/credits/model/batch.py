"""Batches, and blocks of their serials."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.dialects.postgresql import INT8RANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from puhui.credits.kind import RULES, Kind
from puhui.db.base import Base

_KINDS = ", ".join(f"'{kind}'" for kind in Kind)
GRANULARITY_OF_KIND = (
    "granularity_kg = CASE kind "
    + " ".join(f"WHEN '{rule.kind}' THEN {rule.granularity_kg}" for rule in RULES.values())
    + " END"
)


class Batch(Base):
    """Credits of one kind, project and period, with their serials and price."""

    __tablename__ = "credits_batch"
    __table_args__ = (
        CheckConstraint(f"kind IN ({_KINDS})", name="kind_known"),
        CheckConstraint(GRANULARITY_OF_KIND, name="granularity_of_kind"),
        CheckConstraint(
            "NOT isempty(serials) AND NOT lower_inf(serials) AND NOT upper_inf(serials)",
            name="serials_bounded",
        ),
        CheckConstraint(
            "quantity_kg = (upper(serials) - lower(serials)) * granularity_kg",
            name="quantity_counts_serials",
        ),
        CheckConstraint("price_fen_per_t > 0", name="price_positive"),
        CheckConstraint("period_ends >= period_starts", name="period_forward"),
        CheckConstraint(
            "encumbrance IN ('none', 'pledged', 'disputed', 'used')", name="encumbrance_known"
        ),
        # A foreign serial comes in once, and no two batches share one.
        ExcludeConstraint(
            ("registry_name", "="),
            ("serial_block", "="),
            ("serials", "&&"),
            name="ex_credits_batch_serials",
        ),
        # One parcel is not issued under two kinds for one period.
        ExcludeConstraint(
            ("project_id", "="),
            ("kind", "<>"),
            (text("daterange(period_starts, period_ends, '[]')"), "&&"),
            name="ex_credits_batch_one_kind_per_period",
        ),
        # A serial is looked up by its block, whatever registry it comes from.
        Index("ix_credits_batch_serial_block", "serial_block"),
    )

    batch_id: Mapped[UUID] = mapped_column(primary_key=True)
    project_id: Mapped[UUID] = mapped_column(ForeignKey("credits_project.project_id"), index=True)
    kind: Mapped[str]
    granularity_kg: Mapped[int]
    registry_name: Mapped[str]
    serial_block: Mapped[str]
    """What all serials of the block have in common, to tell blocks apart."""
    serial_text: Mapped[str]
    """The range as it was imported; parts of it are written in the same form."""
    serials: Mapped[Range[int]] = mapped_column(INT8RANGE)
    quantity_kg: Mapped[int]
    period_starts: Mapped[date]
    period_ends: Mapped[date]
    price_fen_per_t: Mapped[int]
    seller: Mapped[str]
    encumbrance: Mapped[str] = mapped_column(server_default=text("'none'"))
    encumbrance_note: Mapped[str] = mapped_column(server_default=text("''"))
    source: Mapped[str]
    """Where price and quantity are on record."""
    imported_by: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    imported_at: Mapped[datetime]
    details: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    """What a batch of its kind has besides: numbers, area, tree; `detail.DETAILS`."""


class Block(Base):
    """Serials of a batch that share a fate. Taken by the function `credits_take`."""

    __tablename__ = "credits_block"
    __table_args__ = (
        CheckConstraint(
            "state IN ('available', 'held', 'retired', 'cancelled')", name="state_known"
        ),
        CheckConstraint(
            "NOT isempty(serials) AND NOT lower_inf(serials) AND NOT upper_inf(serials)",
            name="serials_bounded",
        ),
        CheckConstraint(
            "(hold_id IS NOT NULL) = (state IN ('held', 'retired') AND kept IS NULL)",
            name="hold_exactly_if_taken",
        ),
        CheckConstraint("kept IN ('reserve', 'encumbrance')", name="kept_known"),
        CheckConstraint("kept IS NULL OR state = 'held'", name="kept_only_if_held"),
        CheckConstraint(
            "(encumbrance_id IS NOT NULL) = (kept IS NOT DISTINCT FROM 'encumbrance')",
            name="encumbrance_exactly_if_encumbered",
        ),
        CheckConstraint(
            "(cancellation_id IS NOT NULL) = (state = 'cancelled')",
            name="cancellation_exactly_if_cancelled",
        ),
        CheckConstraint(
            "(retirement_id IS NOT NULL) = (state = 'retired')",
            name="retirement_exactly_if_retired",
        ),
        ExcludeConstraint(("batch_id", "="), ("serials", "&&"), name="ex_credits_block_serials"),
        # The predicate holds as long as a block is open: shrinking it does not change it.
        Index("ix_credits_block_open", "batch_id", postgresql_where=text("state = 'available'")),
        Index("ix_credits_block_hold_id", "hold_id", postgresql_where=text("hold_id IS NOT NULL")),
        Index(
            "ix_credits_block_retirement_id",
            "retirement_id",
            postgresql_where=text("retirement_id IS NOT NULL"),
        ),
        Index("ix_credits_block_kept", "batch_id", postgresql_where=text("kept IS NOT NULL")),
        Index(
            "ix_credits_block_cancellation_id",
            "cancellation_id",
            postgresql_where=text("cancellation_id IS NOT NULL"),
        ),
    )

    block_id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    batch_id: Mapped[UUID] = mapped_column(ForeignKey("credits_batch.batch_id"))
    serials: Mapped[Range[int]] = mapped_column(INT8RANGE)
    state: Mapped[str]
    hold_id: Mapped[UUID | None] = mapped_column(ForeignKey("credits_hold.hold_id"))
    retirement_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("credits_retirement.retirement_id")
    )
    kept: Mapped[str | None]
    """Why a held block has no buyer: `reserve` or `encumbrance`."""
    encumbrance_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("credits_encumbrance.encumbrance_id")
    )
    cancellation_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("credits_cancellation.cancellation_id")
    )
