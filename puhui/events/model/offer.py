"""Credits offered to an event and retired for it, and its becoming neutral."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from puhui.db.base import Base


class Offer(Base):
    """Credits asked for to cover an estimate; its identifier is that of the hold."""

    __tablename__ = "events_offer"
    __table_args__ = (CheckConstraint("need_kg > 0", name="need_positive"),)

    offer_id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("events_event.event_id"), index=True)
    estimate_id: Mapped[UUID] = mapped_column(ForeignKey("events_estimate.estimate_id"))
    need_kg: Mapped[int]
    requested_by: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    requested_at: Mapped[datetime]


class RetiredForEvent(Base):
    """Credits that have been retired for an event. Never changed."""

    __tablename__ = "events_retirement"
    __table_args__ = (CheckConstraint("quantity_kg > 0", name="quantity_positive"),)

    retirement_id: Mapped[UUID] = mapped_column(primary_key=True)
    """The retirement's own identifier: no retirement serves two events."""
    event_id: Mapped[UUID] = mapped_column(ForeignKey("events_event.event_id"), index=True)
    offer_id: Mapped[UUID] = mapped_column(ForeignKey("events_offer.offer_id"), unique=True)
    quantity_kg: Mapped[int]
    retired_at: Mapped[datetime]


class Neutrality(Base):
    """An event was neutral by this estimate, on this day. Never changed."""

    __tablename__ = "events_neutrality"
    __table_args__ = (CheckConstraint("retired_kg >= need_kg", name="covered"),)

    estimate_id: Mapped[UUID] = mapped_column(
        ForeignKey("events_estimate.estimate_id"), primary_key=True
    )
    event_id: Mapped[UUID] = mapped_column(ForeignKey("events_event.event_id"), index=True)
    need_kg: Mapped[int]
    retired_kg: Mapped[int]
    declared_at: Mapped[datetime]
    register_entry_id: Mapped[UUID]
