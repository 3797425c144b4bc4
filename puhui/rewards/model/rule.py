"""Rules of points."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from puhui.db.base import Base
from puhui.rewards.points import Evidence, Measure, Reporter, Rule


class RuleRow(Base):
    """A published version of what an action earns. Append-only (trigger)."""

    __tablename__ = "rewards_rule"
    __table_args__ = (
        CheckConstraint(
            "measures IN ('tree', 'unit', 'hour', 'yuan', 'point')", name="measures_known"
        ),
        CheckConstraint("points_per_unit > 0", name="points_positive"),
        CheckConstraint(
            "most_per_day > 0 AND most_per_year > 0 AND most_in_all > 0", name="limits_positive"
        ),
        CheckConstraint("lasts_years BETWEEN 1 AND 10", name="lasts_ten_years_at_most"),
        CheckConstraint(
            "matures_after_days BETWEEN 0 AND 365 AND warns_days > 0", name="days_in_range"
        ),
        CheckConstraint(
            "cardinality(reporters) > 0 AND reporters <@"
            " ARRAY['self', 'base', 'retailer', 'partner', 'operator']",
            name="reporters_known",
        ),
        CheckConstraint(
            "evidence IN ('photo', 'document', 'serial', 'none')", name="evidence_known"
        ),
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
    most_in_all: Mapped[int | None]
    matures_after_days: Mapped[int] = mapped_column(server_default=text("0"))
    lasts_years: Mapped[int] = mapped_column(server_default=text("5"))
    warns_days: Mapped[int] = mapped_column(server_default=text("90"))
    reporters: Mapped[list[str]] = mapped_column(
        ARRAY(Text), server_default=text("'{self}'::text[]")
    )
    evidence: Mapped[str] = mapped_column(server_default=text("'photo'"))
    reviewed: Mapped[bool] = mapped_column(server_default=text("true"))

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
            most_in_all=self.most_in_all,
            matures_after_days=self.matures_after_days,
            lasts_years=self.lasts_years,
            warns_days=self.warns_days,
            reporters=tuple(Reporter(word) for word in self.reporters),
            evidence=Evidence(self.evidence),
            reviewed=self.reviewed,
        )
