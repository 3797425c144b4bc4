"""Causes, and points given to them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from puhui.db.base import Base
from puhui.rewards.cause import CauseDraft


class Cause(Base):
    """What points can be given to. What it says stays; it ends once (trigger)."""

    __tablename__ = "rewards_cause"

    cause_id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(
        ForeignKey("identity_organisation.organisation_id")
    )
    name_zh: Mapped[str]
    name_en: Mapped[str]
    says_zh: Mapped[str]
    says_en: Mapped[str]
    published_by: Mapped[UUID | None] = mapped_column(ForeignKey("identity_person.person_id"))
    """None for what an example ships."""
    published_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    @property
    def draft(self) -> CauseDraft:
        """Return it as it was published."""
        return CauseDraft(
            self.organisation_id, self.name_zh, self.name_en, self.says_zh, self.says_en
        )


class Donation(Base):
    """Points given to a cause, for good. Append-only (trigger). Named like its transfer."""

    __tablename__ = "rewards_donation"
    __table_args__ = (
        CheckConstraint("points > 0", name="points_positive"),
        CheckConstraint("code ~ '^[0-9A-HJKMNP-TV-Z]{12}$'", name="code_form"),
        UniqueConstraint("code"),
        Index("ix_rewards_donation_person", "person_id", "donated_at", "donation_id"),
        Index("ix_rewards_donation_cause", "cause_id"),
    )

    donation_id: Mapped[UUID] = mapped_column(primary_key=True)
    cause_id: Mapped[UUID] = mapped_column(ForeignKey("rewards_cause.cause_id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    points: Mapped[int]
    code: Mapped[str]
    """By which anybody finds the certificate."""
    donated_at: Mapped[datetime]
