"""Outings, places booked on them, and who came."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from puhui.db.base import Base
from puhui.rewards.outing import BookingDraft, OutingDraft


class BaseCapacity(Base):
    """How many people a base takes at once; the latest note counts. Append-only (trigger)."""

    __tablename__ = "rewards_base_capacity"
    __table_args__ = (CheckConstraint("people BETWEEN 1 AND 5000", name="people_in_range"),)

    base_id: Mapped[UUID] = mapped_column(ForeignKey("rewards_base.base_id"), primary_key=True)
    noted_at: Mapped[datetime] = mapped_column(primary_key=True)
    people: Mapped[int]
    noted_by: Mapped[UUID | None] = mapped_column(ForeignKey("identity_person.person_id"))


class Outing(Base):
    """When people plant together at a base. `taken` follows the bookings (trigger)."""

    __tablename__ = "rewards_outing"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="times_in_order"),
        CheckConstraint("places BETWEEN 1 AND 5000", name="places_in_range"),
        CheckConstraint("taken BETWEEN 0 AND places", name="never_overbooked"),
        Index("ix_rewards_outing_base", "base_id", "starts_at"),
        Index("ix_rewards_outing_starts", "starts_at", "outing_id"),
    )

    outing_id: Mapped[UUID] = mapped_column(primary_key=True)
    base_id: Mapped[UUID] = mapped_column(ForeignKey("rewards_base.base_id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    places: Mapped[int]
    taken: Mapped[int]
    opened_by: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    opened_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]

    @property
    def draft(self) -> OutingDraft:
        """Return it as it was announced."""
        return OutingDraft(self.base_id, self.starts_at, self.ends_at, self.places)


class Booking(Base):
    """Places of one person, or of a group with its list of names."""

    __tablename__ = "rewards_booking"
    __table_args__ = (
        CheckConstraint("places BETWEEN 1 AND 5000", name="places_in_range"),
        CheckConstraint("organisation_id IS NOT NULL OR places = 1", name="one_alone"),
        CheckConstraint("jsonb_typeof(names) = 'array'", name="names_listed"),
        CheckConstraint(
            "(came_at IS NULL) = (came_by IS NULL) AND came_by IN ('place', 'organiser')",
            name="came_somehow",
        ),
        CheckConstraint("jsonb_typeof(came) = 'array'", name="came_listed"),
        Index(
            "uq_rewards_booking_person",
            "outing_id",
            "person_id",
            unique=True,
            postgresql_where=text("organisation_id IS NULL AND cancelled_at IS NULL"),
        ),
        Index(
            "uq_rewards_booking_group",
            "outing_id",
            "organisation_id",
            unique=True,
            postgresql_where=text("organisation_id IS NOT NULL AND cancelled_at IS NULL"),
        ),
        Index("ix_rewards_booking_person", "person_id", "booked_at", "booking_id"),
    )

    booking_id: Mapped[UUID] = mapped_column(primary_key=True)
    outing_id: Mapped[UUID] = mapped_column(ForeignKey("rewards_outing.outing_id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    organisation_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("identity_organisation.organisation_id")
    )
    places: Mapped[int]
    names: Mapped[list[Any]]
    """A group's list; empty for a person, who is known already."""
    booked_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
    came: Mapped[list[Any]]
    """Numbers of the list, counted from 1, of those who came."""
    came_at: Mapped[datetime | None]
    came_by: Mapped[str | None]
    """`place`: checked in there by phone; `organiser`: ticked off by hand."""
    metres_away: Mapped[int | None]
    """From the middle of the base at check-in. The point itself is not kept."""

    @property
    def draft(self) -> BookingDraft:
        """Return it as it was asked for."""
        return BookingDraft(self.outing_id, self.organisation_id, tuple(self.names))
