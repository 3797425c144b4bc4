"""Rules of points."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from puhui.db.base import Base
from puhui.rewards.points import Measure, Rule


class RuleRow(Base):
    """A published version of what an action earns. Append-only (trigger)."""

    __tablename__ = "rewards_rule"
    __table_args__ = (
        CheckConstraint("measures IN ('tree', 'unit')", name="measures_known"),
        CheckConstraint("points_per_unit > 0", name="points_positive"),
        CheckConstraint("most_per_day > 0 AND most_per_year > 0", name="limits_positive"),
        CheckConstraint("valid_from <= valid_until", name="valid_period"),
        UniqueConstraint("key", "valid_from"),
    )

    key: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(primary_key=True)
    measures: Mapped[str]
    points_per_unit: Mapped[int]
    most_per_day: Mapped[int | None]
    most_per_year: Mapped[int | None]
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    name_zh: Mapped[str]
    name_en: Mapped[str]
    reason_zh: Mapped[str]
    reason_en: Mapped[str]
    published_at: Mapped[datetime]

    @property
    def value(self) -> Rule:
        """Return the rule as a value."""
        return Rule(
            self.key,
            self.version,
            Measure(self.measures),
            self.points_per_unit,
            self.most_per_day,
            self.most_per_year,
            self.valid_from,
            self.valid_until,
            self.name_zh,
            self.name_en,
            self.reason_zh,
            self.reason_en,
        )
