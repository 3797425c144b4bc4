"""Events, what was entered about them, and lists of their attendees."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from puhui.db.base import Base
from puhui.events.activity import Source
from puhui.events.estimate import Bound


class Event(Base):
    """A gathering at a place and a time."""

    __tablename__ = "events_event"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint("attendees BETWEEN 1 AND 1000000", name="attendees_plausible"),
        CheckConstraint("version > 0", name="version_counts"),
        Index("ix_events_event_public", "is_public", "starts_on", "event_id"),
    )

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(
        ForeignKey("identity_organisation.organisation_id"), index=True
    )
    title_zh: Mapped[str]
    title_en: Mapped[str]
    venue_city: Mapped[str]
    """Code of the city in our table: GB/T 2260 for China."""
    venue_county: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    attendees: Mapped[int]
    boundary: Mapped[list[Any]]
    is_public: Mapped[bool]
    version: Mapped[int]
    created_by: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    @property
    def bounds(self) -> tuple[Bound, ...]:
        """Return the boundary, source by source."""
        return tuple(
            Bound(Source(b["source"]), b["included"], b["reason_zh"], b["reason_en"])
            for b in self.boundary
        )


class Inventory(Base):
    """What the organiser entered beside the attendee list."""

    __tablename__ = "events_inventory"
    __table_args__ = (
        CheckConstraint("people_per_room BETWEEN 1 AND 20", name="room_plausible"),
        CheckConstraint("version > 0", name="version_counts"),
    )

    event_id: Mapped[UUID] = mapped_column(ForeignKey("events_event.event_id"), primary_key=True)
    people_per_room: Mapped[Decimal | None]
    rooms_assumed: Mapped[str | None]
    """Key of what an expert assumes of the hotels, for rooms that follow from the list."""
    entries: Mapped[list[Any]]
    version: Mapped[int]
    changed_at: Mapped[datetime]


class ListUpload(Base):
    """An attendee list, reduced: cities, modes, nights and numbers of people, nobody's name."""

    __tablename__ = "events_list"
    __table_args__ = (Index("ix_events_list_event", "event_id", "uploaded_at"),)

    list_id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("events_event.event_id"))
    rows: Mapped[int]
    merged: Mapped[int]
    groups: Mapped[list[Any]]
    questions: Mapped[list[Any]]
    columns: Mapped[list[Any]]
    uploaded_by: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    uploaded_at: Mapped[datetime]


class WaitingList(Base):
    """A long list that waits to be read. The file is sealed, and deleted once it is read."""

    __tablename__ = "events_waiting_list"

    list_id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("events_event.event_id"), index=True)
    file_sha256: Mapped[bytes]
    sealed: Mapped[bytes | None]
    """The file, sealed with the installation's secret; None once it has been read."""
    lines: Mapped[int]
    sent_by: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    sent_at: Mapped[datetime]
