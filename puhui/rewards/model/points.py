"""Awards of points."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from puhui.db.base import Base


class Award(Base):
    """Why points were given: one row a transfer, named alike. Append-only (trigger)."""

    __tablename__ = "rewards_award"
    __table_args__ = (
        UniqueConstraint("cause_kind", "cause_id"),
        ForeignKeyConstraint(
            ["rule_key", "rule_version"],
            ["rewards_rule.key", "rewards_rule.version"],
            name="fk_rewards_award_rule",
        ),
        CheckConstraint("cause_kind IN ('planting', 'purchase')", name="cause_known"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("points BETWEEN 0 AND full_points", name="points_in_range"),
        CheckConstraint("(capped_by IS NULL) = (points = full_points)", name="cap_named"),
        CheckConstraint("capped_by IN ('day', 'year')", name="cap_known"),
        Index("ix_rewards_award_person", "person_id", "rule_key", "deed_on"),
    )

    award_id: Mapped[UUID] = mapped_column(primary_key=True)
    """Also the transfer's name in the ledger, when there were points to move."""
    person_id: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    cause_kind: Mapped[str]
    cause_id: Mapped[UUID]
    rule_key: Mapped[str]
    rule_version: Mapped[str]
    deed_on: Mapped[date]
    """The day in China of what was rewarded; it decides the rule and the limits."""
    quantity: Mapped[int]
    points: Mapped[int]
    full_points: Mapped[int]
    earlier_that_day: Mapped[int]
    earlier_that_year: Mapped[int]
    capped_by: Mapped[str | None]
    about: Mapped[dict[str, Any]]
    """Further identifiers of the cause, such as the product bought."""
    awarded_at: Mapped[datetime]
