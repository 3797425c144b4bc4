"""Awards, the lots of points that they make, and what takes them back."""

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
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from puhui.db.base import Base
from puhui.rewards.lot import LotState


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
        CheckConstraint("cause_kind ~ '^[a-z_]{1,32}$'", name="cause_named"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("points BETWEEN 0 AND full_points", name="points_in_range"),
        CheckConstraint("(capped_by IS NULL) = (points = full_points)", name="cap_named"),
        CheckConstraint("capped_by IN ('day', 'year', 'all')", name="cap_known"),
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
    earlier_in_all: Mapped[int] = mapped_column(server_default=text("0"))
    capped_by: Mapped[str | None]
    about: Mapped[dict[str, Any]]
    """Further identifiers of the cause, such as the product bought."""
    awarded_at: Mapped[datetime]


class Lot(Base):
    """Points that came together, mature together and expire together.

    Named like the award or adjustment that made it. Points are spent without touching lots: those
    that expire first are spent first, so what is left of each follows from the balance.
    """

    __tablename__ = "rewards_lot"
    __table_args__ = (
        CheckConstraint("points > 0", name="points_positive"),
        CheckConstraint("reversed BETWEEN 0 AND points", name="reversed_in_range"),
        CheckConstraint("state IN ('pending', 'matured', 'ended', 'reversed')", name="state_known"),
        CheckConstraint("(state = 'reversed') = (reversed = points)", name="reversed_in_whole"),
        CheckConstraint("warns_on <= expires_on AND matures_on <= expires_on", name="in_order"),
        CheckConstraint("(state = 'ended') = (ended_by IS NOT NULL)", name="ended_by_something"),
        Index(
            "ix_rewards_lot_pending",
            "matures_on",
            "lot_id",
            postgresql_where=text("state = 'pending'"),
        ),
        Index(
            "ix_rewards_lot_matured",
            "expires_on",
            "lot_id",
            postgresql_where=text("state = 'matured'"),
        ),
        Index("ix_rewards_lot_ended_by", "ended_by", postgresql_where=text("ended_by IS NOT NULL")),
        Index("ix_rewards_lot_person", "person_id", "expires_on"),
    )

    lot_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    points: Mapped[int]
    reversed: Mapped[int]
    """Of these points, how many were taken back, or should have been."""
    state: Mapped[str]
    matures_on: Mapped[date]
    """The first day on which they can be spent."""
    warns_on: Mapped[date]
    expires_on: Mapped[date]
    """The last day on which they can be spent."""
    ended_by: Mapped[UUID | None]
    """The night's work that ended it, and the transfer of what was left, if anything was."""

    def take_back(self, points: int) -> None:
        """Note that points of it were taken back, or should have been."""
        assert 0 <= points <= self.points - self.reversed, (points, self.reversed)
        self.reversed += points
        if self.reversed == self.points:
            self.state = LotState.REVERSED


class Reversal(Base):
    """Points of an award taken back, as far as they were still there. Append-only (trigger)."""

    __tablename__ = "rewards_reversal"
    __table_args__ = (
        CheckConstraint("taken BETWEEN 0 AND points", name="taken_in_range"),
        CheckConstraint("reason ~ '^[a-z_]{1,32}$'", name="reason_named"),
    )

    reversal_id: Mapped[UUID] = mapped_column(primary_key=True)
    """Also the transfer's name in the ledger, when there was something to take."""
    award_id: Mapped[UUID] = mapped_column(index=True)
    """No foreign key: what is returned before its points were given must never earn them."""
    person_id: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    reason: Mapped[str]
    points: Mapped[int]
    """What should be taken back."""
    taken: Mapped[int]
    """What was: the rest had been spent, and stays on record here, uncovered."""
    reversed_at: Mapped[datetime]
