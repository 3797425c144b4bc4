"""Factors, and the acts that published or withdrew them. Both are only ever added to."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from puhui.db.base import Base
from puhui.factors.factor import Boundary, Factor, Gases


class FactorRow(Base):
    """One version of one factor."""

    __tablename__ = "factors_factor"
    __table_args__ = (
        CheckConstraint("kg_per_unit >= 0", name="value_not_negative"),
        CheckConstraint("gases IN ('CO2e', 'CO2', 'CH4', 'N2O')", name="gases_known"),
        CheckConstraint("year BETWEEN 1900 AND 2100", name="year_plausible"),
        Index("ix_factors_factor_subject", "subject"),
    )

    key: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str]
    name_zh: Mapped[str]
    name_en: Mapped[str]
    kg_per_unit: Mapped[Decimal]
    unit: Mapped[str]
    gases: Mapped[str]
    boundary: Mapped[str]
    biogenic: Mapped[bool]
    region: Mapped[str]
    year: Mapped[int]
    source: Mapped[str]
    added_at: Mapped[datetime]

    @classmethod
    def of(cls, factor: Factor, now: datetime) -> "FactorRow":
        """Return the row that keeps `factor`."""
        return cls(
            key=factor.key,
            version=factor.version,
            subject=factor.subject,
            name_zh=factor.name_zh,
            name_en=factor.name_en,
            kg_per_unit=factor.kg_per_unit,
            unit=factor.unit,
            gases=str(factor.gases),
            boundary=str(factor.boundary),
            biogenic=factor.biogenic,
            region=factor.region,
            year=factor.year,
            source=factor.source,
            added_at=now,
        )

    @property
    def value(self) -> Factor:
        """The factor, free of the database."""
        return Factor(
            key=self.key,
            version=self.version,
            subject=self.subject,
            name_zh=self.name_zh,
            name_en=self.name_en,
            kg_per_unit=self.kg_per_unit,
            unit=self.unit,
            gases=Gases(self.gases),
            boundary=Boundary(self.boundary),
            biogenic=self.biogenic,
            region=self.region,
            year=self.year,
            source=self.source,
        )


class Act(Base):
    """A factor was published, or withdrawn, once each."""

    __tablename__ = "factors_act"
    __table_args__ = (
        ForeignKeyConstraint(
            ["key", "version"],
            ["factors_factor.key", "factors_factor.version"],
            name="fk_factors_act_key_version",
        ),
        CheckConstraint("kind IN ('published', 'withdrawn')", name="kind_known"),
        CheckConstraint("kind = 'published' OR reason IS NOT NULL", name="withdrawal_has_reason"),
    )

    key: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    library: Mapped[str | None]
    """SHA-256 of the library that a publication was part of: the register's subject."""
    reason: Mapped[str | None]
    person_id: Mapped[UUID | None]
    """Who did it; nobody for the library that the product ships."""
    at: Mapped[datetime]
