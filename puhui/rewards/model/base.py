"""Planting bases."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from puhui.db.base import Base
from puhui.rewards.base import BaseDraft


class PlantingBase(Base):
    """A place where citizens may plant."""

    __tablename__ = "rewards_base"
    __table_args__ = (
        CheckConstraint("county_code ~ '^[0-9]{6}$'", name="county_code_six_digits"),
        CheckConstraint("area_m2 > 0", name="area_positive"),
        CheckConstraint("cardinality(species) > 0", name="species_named"),
        CheckConstraint(
            "season_from BETWEEN 1 AND 12 AND season_until BETWEEN 1 AND 12", name="season_months"
        ),
    )

    base_id: Mapped[UUID] = mapped_column(primary_key=True)
    name_zh: Mapped[str]
    name_en: Mapped[str]
    county_code: Mapped[str]
    address_zh: Mapped[str]
    address_en: Mapped[str]
    area_m2: Mapped[int]
    species: Mapped[list[str]] = mapped_column(ARRAY(Text))
    season_from: Mapped[int]
    season_until: Mapped[int]
    organisation_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("identity_organisation.organisation_id")
    )
    registered_by: Mapped[UUID | None] = mapped_column(ForeignKey("identity_person.person_id"))
    registered_at: Mapped[datetime]

    @property
    def draft(self) -> BaseDraft:
        """Return the base as it was submitted."""
        return BaseDraft(
            self.name_zh,
            self.name_en,
            self.county_code,
            self.address_zh,
            self.address_en,
            self.area_m2,
            tuple(self.species),
            self.season_from,
            self.season_until,
            self.organisation_id,
        )
