"""Factors, and the acts that published or withdrew them. Both are only ever added to."""

from datetime import datetime
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from puhui.db.base import Base
from puhui.factors.errors import Quarantined
from puhui.factors.factor import (
    PEDIGREE_PARTS,
    Boundary,
    Factor,
    Gases,
    Geography,
    ImportState,
    Pedigree,
)


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
    proxy: Mapped[str | None]
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
            proxy=factor.proxy,
            added_at=now,
        )

    def value(self, quality: "Quality | None") -> Factor:
        """Return the factor, free of the database, with what was judged of its data."""
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
            geography=Geography(quality.geography) if quality and quality.geography else None,
            pedigree=quality.pedigree if quality else None,
            gsd=quality.gsd if quality else None,
            proxy=self.proxy,
        )


class Quality(Base):
    """What was judged of the data behind one version of a factor: once, and never otherwise.

    It stands apart because a factor may be published before anybody has judged it.
    """

    __tablename__ = "factors_quality"
    __table_args__ = (
        ForeignKeyConstraint(
            ["key", "version"],
            ["factors_factor.key", "factors_factor.version"],
            name="fk_factors_quality_key_version",
        ),
        CheckConstraint(
            "num_nulls(reliability, completeness, temporal, geographical, technological) IN (0, 5)",
            name="pedigree_whole",
        ),
        CheckConstraint(
            "least(reliability, completeness, temporal, geographical, technological) >= 1 AND"
            " greatest(reliability, completeness, temporal, geographical, technological) <= 5",
            name="scores_plausible",
        ),
        CheckConstraint("gsd >= 1", name="gsd_plausible"),
        CheckConstraint(
            "geography IN ('world', 'country', 'grid_region', 'province', 'city', 'site')",
            name="geography_known",
        ),
    )

    key: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(primary_key=True)
    geography: Mapped[str | None]
    reliability: Mapped[int | None]
    completeness: Mapped[int | None]
    temporal: Mapped[int | None]
    geographical: Mapped[int | None]
    technological: Mapped[int | None]
    gsd: Mapped[Decimal | None]
    library: Mapped[str]
    """SHA-256 of the library that brought the judgement: the register's subject."""
    at: Mapped[datetime]

    @classmethod
    def of(cls, factor: Factor, library: str, now: datetime) -> "Quality":
        """Return the row that keeps what `library` judged of `factor`."""
        scores = dict(zip(PEDIGREE_PARTS, factor.pedigree or (), strict=False))
        return cls(
            key=factor.key,
            version=factor.version,
            geography=str(factor.geography) if factor.geography else None,
            gsd=factor.gsd,
            library=library,
            at=now,
            **scores,
        )

    @property
    def pedigree(self) -> Pedigree | None:
        """The five scores, or None when nobody gave them."""
        scores = (
            self.reliability,
            self.completeness,
            self.temporal,
            self.geographical,
            self.technological,
        )
        # The database keeps all five or none.
        return None if None in scores else cast("Pedigree", scores)


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


class Import(Base):
    """A file that an operator brought: a draft to be published, or what is wrong with it."""

    __tablename__ = "factors_import"
    __table_args__ = (
        CheckConstraint(
            "published_at IS NULL OR faults = '[]'::jsonb", name="faulty_never_published"
        ),
        CheckConstraint("(published_at IS NULL) = (published_by IS NULL)", name="publisher_named"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256_hex"),
        Index("ix_factors_import_imported_at", "imported_at", "import_id"),
    )

    import_id: Mapped[UUID] = mapped_column(primary_key=True)
    file: Mapped[str]
    sha256: Mapped[str]
    """Of the file, byte by byte."""
    content: Mapped[str]
    """The rows that passed, as our own CSV; nothing of a file with faults."""
    rows: Mapped[int]
    faults: Mapped[list[Any]]
    """[{"code", "message", "row", "field", "values"}, …]; none in a draft."""
    imported_by: Mapped[UUID | None]
    """Nobody when it was brought at the terminal."""
    imported_at: Mapped[datetime]
    published_by: Mapped[UUID | None]
    published_at: Mapped[datetime | None]

    @property
    def state(self) -> ImportState:
        """Whether it waits, was published, or may never be."""
        if self.faults:
            return ImportState.QUARANTINED
        return ImportState.PUBLISHED if self.published_at else ImportState.DRAFT

    def publish(self, person_id: UUID, now: datetime) -> bool:
        """Mark it as published; return whether that is news.

        Raises:
            Quarantined: it has faults.
        """
        if self.faults:
            raise Quarantined(import_id=str(self.import_id))
        news = self.published_at is None
        if news:
            self.published_by, self.published_at = person_id, now
        return news
