"""Redemptions, and wrong codes entered at a partner's desk."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from puhui.db.base import Base
from puhui.rewards.redemption import RedemptionState, RefundGround
from puhui.rewards.shop_errors import RedemptionOver


class Redemption(Base):
    """Points given for an offer. It only goes forward, and what it was stays (trigger).

    Named like its transfer in the ledger.
    """

    __tablename__ = "rewards_redemption"
    __table_args__ = (
        CheckConstraint("points > 0", name="points_positive"),
        CheckConstraint(
            "state IN ('issued', 'sent', 'handed_over', 'delivered', 'refunded', 'lapsed')",
            name="state_known",
        ),
        CheckConstraint("octet_length(code_hash) = 32", name="code_whole"),
        CheckConstraint(
            "(code_hash IS NULL) = (code_sealed IS NULL)", name="code_found_and_sealed"
        ),
        CheckConstraint("address_sealed IS NULL OR code_hash IS NULL", name="code_or_address"),
        CheckConstraint(
            "(state IN ('sent', 'delivered')) <= (sent_at IS NOT NULL)", name="sent_sometime"
        ),
        CheckConstraint(
            "(state IN ('issued', 'sent')) = (ended_at IS NULL)", name="ended_when_final"
        ),
        CheckConstraint(
            "(state = 'refunded') = (refund_id IS NOT NULL)"
            " AND (refund_id IS NULL) = (refund_ground IS NULL)",
            name="refunded_somehow",
        ),
        CheckConstraint(
            "refund_ground IN ('partner', 'operator', 'unused', 'unsent', 'erased')",
            name="ground_known",
        ),
        CheckConstraint(
            "(refund_ground IN ('partner', 'operator')) = (refund_reason IS NOT NULL)",
            name="refund_has_reason",
        ),
        CheckConstraint("withheld BETWEEN 0 AND points", name="withheld_in_range"),
        CheckConstraint("withheld = 0 OR state = 'refunded'", name="withheld_from_refund"),
        UniqueConstraint("code_hash"),
        UniqueConstraint("refund_id"),
        Index("ix_rewards_redemption_person", "person_id", "redeemed_at", "redemption_id"),
        Index("ix_rewards_redemption_partner", "organisation_id", "redeemed_at", "redemption_id"),
        Index("ix_rewards_redemption_offer", "offer_id", "person_id"),
        Index(
            "ix_rewards_redemption_open",
            "expires_at",
            postgresql_where=text("state = 'issued' AND called_at IS NULL"),
        ),
        Index("ix_rewards_redemption_sent", "sent_at", postgresql_where=text("state = 'sent'")),
        Index(
            "ix_rewards_redemption_address",
            "ended_at",
            postgresql_where=text("address_sealed IS NOT NULL"),
        ),
    )

    redemption_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    offer_id: Mapped[UUID] = mapped_column(ForeignKey("rewards_offer.offer_id"))
    organisation_id: Mapped[UUID] = mapped_column(
        ForeignKey("identity_organisation.organisation_id")
    )
    version_id: Mapped[UUID] = mapped_column(ForeignKey("rewards_offer_version.version_id"))
    """The terms that were shown."""
    points: Mapped[int]
    state: Mapped[str]
    code_hash: Mapped[bytes | None]
    """HMAC-SHA-256 of the code under the installation's secret; None for what is sent."""
    code_sealed: Mapped[bytes | None]
    """The code itself under AES-GCM, to be shown to whoever redeemed."""
    address_sealed: Mapped[bytes | None]
    redeemed_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    called_at: Mapped[datetime | None]
    """When the clock has seen that its time is over."""
    sent_at: Mapped[datetime | None]
    tracking: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None]
    """Who handed it over, confirmed its arrival or refunded it; None for the clock."""
    refund_id: Mapped[UUID | None]
    """The transfer of the refund."""
    refund_ground: Mapped[str | None]
    refund_reason: Mapped[str | None]
    withheld: Mapped[int] = mapped_column(server_default=text("0"))
    """Of a refund, the points that had to go back for awards reversed meanwhile."""

    def send(self, tracking: str, now: datetime) -> None:
        """Note that it is on its way; the same again changes nothing.

        Raises:
            RedemptionOver: it is fetched rather than sent, or is past that.
        """
        if self.state == RedemptionState.SENT and self.tracking == tracking:
            return
        if self.state != RedemptionState.ISSUED or self.code_hash is not None:
            raise RedemptionOver(redemption=str(self.redemption_id), state=self.state)
        self.state, self.sent_at, self.tracking = RedemptionState.SENT, now, tracking

    def deliver(self, by: UUID | None, now: datetime) -> None:
        """Note that it has arrived; again changes nothing.

        Raises:
            RedemptionOver: it was never sent.
        """
        if self.state == RedemptionState.DELIVERED:
            return
        if self.state != RedemptionState.SENT:
            raise RedemptionOver(redemption=str(self.redemption_id), state=self.state)
        self.state, self.ended_at, self.ended_by = RedemptionState.DELIVERED, now, by

    def hand_over(self, by: UUID, now: datetime) -> None:
        """Use its code up."""
        assert self.state == RedemptionState.ISSUED, self.state
        self.state, self.ended_at, self.ended_by = RedemptionState.HANDED_OVER, now, by

    def lapse(self, now: datetime) -> None:
        """Let it end unused, with nothing to come back."""
        assert self.state == RedemptionState.ISSUED, self.state
        self.state, self.ended_at = RedemptionState.LAPSED, now

    def refund(
        self,
        refund_id: UUID,
        ground: RefundGround,
        reason: str | None,
        by: UUID | None,
        withheld: int,
        now: datetime,
    ) -> None:
        """End it with its points given back."""
        assert RedemptionState(self.state).is_open, self.state
        self.state, self.ended_at, self.ended_by = RedemptionState.REFUNDED, now, by
        self.refund_id, self.refund_ground, self.refund_reason = refund_id, ground, reason
        self.withheld = withheld


class WrongCode(Base):
    """Somebody entered a code that is none of their organisation's; kept for a day."""

    __tablename__ = "rewards_wrong_code"
    __table_args__ = (
        Index("ix_rewards_wrong_code_person", "person_id", "at"),
        Index("ix_rewards_wrong_code_partner", "organisation_id", "at"),
        Index("ix_rewards_wrong_code_at", "at"),
    )

    wrong_id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    organisation_id: Mapped[UUID] = mapped_column(
        ForeignKey("identity_organisation.organisation_id")
    )
    at: Mapped[datetime]
