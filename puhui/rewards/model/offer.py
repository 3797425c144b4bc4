"""Offers, their terms by version, and how many are left."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from puhui.db.base import Base
from puhui.rewards.offer import Delivery, Terms, TermsState
from puhui.rewards.shop_errors import OfferDecided


class Offer(Base):
    """What a partner has put up. `taken` follows the live redemptions (trigger)."""

    __tablename__ = "rewards_offer"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('bamboo', 'daily', 'nature', 'travel', 'other')", name="kind_known"
        ),
        CheckConstraint("stock BETWEEN 0 AND 1000000", name="stock_in_range"),
        CheckConstraint("taken BETWEEN 0 AND stock", name="never_oversold"),
        Index("ix_rewards_offer_organisation", "organisation_id", "opened_at"),
        Index(
            "ix_rewards_offer_published",
            "opened_at",
            "offer_id",
            postgresql_where=text("published_id IS NOT NULL AND withdrawn_at IS NULL"),
        ),
    )

    offer_id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(
        ForeignKey("identity_organisation.organisation_id")
    )
    kind: Mapped[str]
    stock: Mapped[int]
    """How many there are in all, those already redeemed included."""
    taken: Mapped[int]
    published_id: Mapped[UUID | None]
    """The version that can be redeemed now."""
    opened_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class OfferVersion(Base):
    """What an offer said. The terms stay; an operator publishes or refuses them (trigger)."""

    __tablename__ = "rewards_offer_version"
    __table_args__ = (
        CheckConstraint("points BETWEEN 1 AND 1000000", name="points_in_range"),
        CheckConstraint("delivery IN ('pickup', 'sent', 'service')", name="delivery_known"),
        CheckConstraint("county_code ~ '^[0-9]{6}$'", name="county_form"),
        CheckConstraint("delivery = 'sent' OR county_code IS NOT NULL", name="fetched_somewhere"),
        CheckConstraint("code_days BETWEEN 1 AND 365", name="code_days_in_range"),
        CheckConstraint("delivery <> 'sent' OR returns_unused", name="unsent_comes_back"),
        CheckConstraint("most_each > 0", name="most_each_positive"),
        CheckConstraint("state IN ('proposed', 'published', 'refused')", name="state_known"),
        CheckConstraint(
            "(state = 'proposed') = (decided_at IS NULL)"
            " AND (decided_at IS NULL) = (decided_by IS NULL)",
            name="decided_when_final",
        ),
        CheckConstraint("(state = 'refused') = (reason IS NOT NULL)", name="refusal_has_reason"),
        UniqueConstraint("offer_id", "number"),
        Index(
            "ix_rewards_offer_version_waiting",
            "proposed_at",
            "version_id",
            postgresql_where=text("state = 'proposed'"),
        ),
    )

    version_id: Mapped[UUID] = mapped_column(primary_key=True)
    offer_id: Mapped[UUID] = mapped_column(ForeignKey("rewards_offer.offer_id"))
    number: Mapped[int]
    name_zh: Mapped[str]
    name_en: Mapped[str]
    says_zh: Mapped[str]
    says_en: Mapped[str]
    points: Mapped[int]
    delivery: Mapped[str]
    county_code: Mapped[str | None]
    offered_until: Mapped[date]
    code_days: Mapped[int]
    returns_unused: Mapped[bool]
    most_each: Mapped[int | None]
    state: Mapped[str]
    proposed_by: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    proposed_at: Mapped[datetime]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("identity_person.person_id"))
    decided_at: Mapped[datetime | None]
    reason: Mapped[str | None]

    @property
    def terms(self) -> Terms:
        """Return the terms as a value."""
        return Terms(
            self.name_zh,
            self.name_en,
            self.says_zh,
            self.says_en,
            self.points,
            Delivery(self.delivery),
            self.county_code,
            self.offered_until,
            self.code_days,
            self.returns_unused,
            self.most_each,
        )

    def decide(self, by: UUID, reason: str | None, now: datetime) -> None:
        """Publish the terms, or refuse them for a reason, for good; the same again does nothing.

        Raises:
            OfferDecided: they were decided otherwise.
        """
        wanted = TermsState.PUBLISHED if reason is None else TermsState.REFUSED
        if self.state != TermsState.PROPOSED:
            if self.state != wanted:
                raise OfferDecided(version=str(self.version_id), state=self.state)
            return
        self.state = wanted
        self.decided_by, self.decided_at, self.reason = by, now, reason
