"""Links by which attendees tell their own trip, and what they told."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from puhui.db.base import Base


class Enquiry(Base):
    """A link by which attendees tell their own trip. An event has one that is open, or none."""

    __tablename__ = "events_enquiry"
    __table_args__ = (
        CheckConstraint("expires_at > opened_at", name="expires_later"),
        CheckConstraint("voided_at IS NULL OR closed_at IS NOT NULL", name="void_is_closed"),
        Index(
            "uq_events_enquiry_open",
            "event_id",
            unique=True,
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index("ix_events_enquiry_event", "event_id", "opened_at"),
    )

    enquiry_id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("events_event.event_id"))
    code: Mapped[str] = mapped_column(unique=True)
    """What stands in the link and its QR code."""
    opened_by: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    opened_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    voided_at: Mapped[datetime | None]
    """From then on its answers do not count: strangers have used the link."""


class Answer(Base):
    """What one attendee told of their own trip. It says nothing of who they are."""

    __tablename__ = "events_answer"
    __table_args__ = (
        CheckConstraint("nights BETWEEN 0 AND 366", name="nights_plausible"),
        CheckConstraint("sharing BETWEEN 1 AND 60", name="sharing_plausible"),
        CheckConstraint("version > 0", name="version_counts"),
        Index("ix_events_answer_event", "event_id", "enquiry_id"),
    )

    answer_id: Mapped[UUID] = mapped_column(primary_key=True)
    """Follows from the name that the attendee's form had, which is not kept."""
    event_id: Mapped[UUID] = mapped_column(ForeignKey("events_event.event_id"))
    enquiry_id: Mapped[UUID] = mapped_column(ForeignKey("events_enquiry.enquiry_id"))
    code_sha256: Mapped[bytes] = mapped_column(unique=True)
    """Of the code by which the attendee finds the answer again; nobody else knows it."""
    city: Mapped[str]
    mode: Mapped[str]
    nights: Mapped[int | None]
    sharing: Mapped[int]
    version: Mapped[int]
    answered_at: Mapped[datetime]
    changed_at: Mapped[datetime]
