"""Reviews of footprints, the files that support them, and what makers said has changed."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from puhui.db.base import Base


class Review(Base):
    """A verifier has been through the checklist. Reviews are only ever added; the last counts."""

    __tablename__ = "footprint_review"
    __table_args__ = (UniqueConstraint("footprint_id", "number"),)

    review_id: Mapped[UUID] = mapped_column(primary_key=True)
    footprint_id: Mapped[UUID] = mapped_column(ForeignKey("footprint_footprint.footprint_id"))
    number: Mapped[int]
    checklist: Mapped[str]
    answers: Mapped[list[Any]]
    """[{"point": "boundary", "answer": "yes", "note": null}, …], every point of the checklist."""
    reviewer_id: Mapped[UUID]
    organisation_id: Mapped[UUID] = mapped_column(
        ForeignKey("identity_organisation.organisation_id")
    )
    reviewed_at: Mapped[datetime]


class Attachment(Base):
    """A document of the evidence store that supports a footprint, or one line of it."""

    __tablename__ = "footprint_attachment"
    __table_args__ = (CheckConstraint('"row" > 0', name="row_counts"),)

    document_id: Mapped[UUID] = mapped_column(
        ForeignKey("evidence_document.document_id"), primary_key=True
    )
    footprint_id: Mapped[UUID] = mapped_column(
        ForeignKey("footprint_footprint.footprint_id"), index=True
    )
    row: Mapped[int | None]
    attached_at: Mapped[datetime]


class ProductChange(Base):
    """A maker has said that recipe, process or site is another from now on. Never taken back."""

    __tablename__ = "footprint_change"
    __table_args__ = (CheckConstraint("kind IN ('recipe', 'process', 'site')", name="kind_known"),)

    change_id: Mapped[UUID] = mapped_column(primary_key=True)
    product_id: Mapped[UUID] = mapped_column(ForeignKey("footprint_product.product_id"), index=True)
    kind: Mapped[str]
    note: Mapped[str]
    declared_by: Mapped[UUID]
    declared_at: Mapped[datetime]


class PolicyRow(Base):
    """How long labels hold and what ends them, from a day on. Never changed, only followed."""

    __tablename__ = "footprint_policy"
    __table_args__ = (
        CheckConstraint(
            "self_declared_years BETWEEN 1 AND 10 AND verified_years BETWEEN 1 AND 10",
            name="years_plausible",
        ),
        CheckConstraint("worse_percent > 0 AND electricity_percent > 0", name="limits_positive"),
    )

    valid_from: Mapped[date] = mapped_column(primary_key=True)
    self_declared_years: Mapped[int]
    verified_years: Mapped[int]
    worse_percent: Mapped[Decimal]
    electricity_percent: Mapped[Decimal]
    set_at: Mapped[datetime]
