"""The later life of trees: surveys, and the book of estimates that follow from them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Uuid

from puhui.db.base import Base
from puhui.rewards.errors import SurveyDecided
from puhui.rewards.survival import DeathCause, Stage, SurveyDraft


class Survey(Base):
    """What somebody saw of a planting, and what became of that report."""

    __tablename__ = "rewards_survey"
    __table_args__ = (
        CheckConstraint(
            "stage IN ('day_1', 'year_1', 'year_3', 'year_5', 'incident')", name="stage_known"
        ),
        CheckConstraint("alive BETWEEN 0 AND alive_before", name="alive_in_range"),
        CheckConstraint("(dbh_cm IS NULL) = (height_m IS NULL)", name="size_whole"),
        CheckConstraint("dbh_cm >= 0 AND height_m > 0", name="size_positive"),
        CheckConstraint("area_m2 > 0", name="area_positive"),
        CheckConstraint("cardinality(photo_ids) BETWEEN 1 AND 5", name="photos_in_range"),
        CheckConstraint("length(words) <= 300 AND length(reason) <= 300", name="words_bounded"),
        CheckConstraint("state IN ('reported', 'confirmed', 'refused')", name="state_known"),
        CheckConstraint("(state = 'reported') = (decided_at IS NULL)", name="decided_when_final"),
        CheckConstraint("(decided_at IS NULL) = (decided_by IS NULL)", name="decided_by_someone"),
        CheckConstraint("(state = 'refused') = (reason IS NOT NULL)", name="refusal_has_reason"),
        Index(
            "uq_rewards_survey_stage",
            "planting_id",
            "stage",
            unique=True,
            postgresql_where=text("state <> 'refused' AND stage <> 'incident'"),
        ),
        Index("ix_rewards_survey_planting", "planting_id", "surveyed_on", "reported_at"),
        Index(
            "ix_rewards_survey_waiting",
            "reported_at",
            "survey_id",
            postgresql_where=text("state = 'reported'"),
        ),
    )

    survey_id: Mapped[UUID] = mapped_column(primary_key=True)
    planting_id: Mapped[UUID] = mapped_column(ForeignKey("rewards_planting.planting_id"))
    stage: Mapped[str]
    reported_by: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    surveyed_on: Mapped[date]
    alive_before: Mapped[int]
    """Trees that lived at the survey before, or were planted."""
    alive: Mapped[int]
    deaths: Mapped[dict[str, Any]]
    """Trees that have died since, by cause."""
    dbh_cm: Mapped[Decimal | None]
    height_m: Mapped[Decimal | None]
    area_m2: Mapped[int | None]
    photo_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))
    words: Mapped[str]
    state: Mapped[str]
    reported_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("identity_person.person_id"))
    reason: Mapped[str | None]

    @property
    def draft(self) -> SurveyDraft:
        """Return it as it was reported."""
        return SurveyDraft(
            self.planting_id,
            Stage(self.stage),
            self.surveyed_on,
            self.alive,
            tuple((DeathCause(cause), trees) for cause, trees in self.deaths.items()),
            tuple(self.photo_ids),
            self.dbh_cm,
            self.height_m,
            self.area_m2,
            self.words,
        )

    def decide(self, by: UUID, reason: str | None, now: datetime) -> None:
        """Confirm it, or refuse it for a reason, for good.

        Raises:
            SurveyDecided: it was decided before.
        """
        if self.state != "reported":
            raise SurveyDecided(survey=str(self.survey_id), state=self.state)
        self.state = "confirmed" if reason is None else "refused"
        self.decided_at, self.decided_by, self.reason = now, by, reason


class RemovalEstimate(Base):
    """What a planting may have removed, by one survey. Append-only (trigger); information only."""

    __tablename__ = "rewards_estimate"
    __table_args__ = (
        CheckConstraint("(least_g IS NULL) = (unknown IS NOT NULL)", name="known_or_why_not"),
        CheckConstraint("(least_g IS NULL) = (most_g IS NULL)", name="range_whole"),
        CheckConstraint("least_g BETWEEN 0 AND most_g", name="range_in_order"),
        CheckConstraint("alive >= 0 AND days >= 0", name="counts"),
        CheckConstraint("size_from IN ('measured', 'table', 'area')", name="size_from_known"),
        UniqueConstraint("survey_id"),
        Index("ix_rewards_estimate_planting", "planting_id", "days"),
    )

    estimate_id: Mapped[UUID] = mapped_column(primary_key=True)
    planting_id: Mapped[UUID] = mapped_column(ForeignKey("rewards_planting.planting_id"))
    survey_id: Mapped[UUID] = mapped_column(ForeignKey("rewards_survey.survey_id"))
    method: Mapped[str]
    days: Mapped[int]
    alive: Mapped[int]
    size_from: Mapped[str | None]
    least_g: Mapped[int | None]
    most_g: Mapped[int | None]
    unknown: Mapped[str | None]
    made_of: Mapped[dict[str, Any]]
    """Size or area, and each equation with its figure and its sources."""
    estimated_at: Mapped[datetime]
