"""Events, what was entered about them, their estimates, offers, retirements and neutrality."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from puhui.db.base import Base
from puhui.events.activity import Source
from puhui.events.estimate import Bound, Stage
from puhui.events.statement import ConfirmationKind

_CONFIRMATIONS = ", ".join(f"'{kind}'" for kind in ConfirmationKind)
_STAGES = ", ".join(f"'{stage}'" for stage in Stage)


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


class EstimateVersion(Base):
    """An estimate as it was made. Never changed; the annex may be deleted, nothing else."""

    __tablename__ = "events_estimate"
    __table_args__ = (
        UniqueConstraint("event_id", "number"),
        CheckConstraint(f"stage IN ({_STAGES})", name="stage_known"),
        CheckConstraint("number > 0", name="number_counts"),
        CheckConstraint("total_kg >= 0", name="total_not_negative"),
        CheckConstraint("total_kg = co2_kg + co2e_kg", name="parts_add_up"),
        CheckConstraint("need_kg = ceil(total_kg)", name="need_is_rounded_up"),
    )

    estimate_id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("events_event.event_id"))
    number: Mapped[int]
    stage: Mapped[str]
    list_id: Mapped[UUID | None] = mapped_column(ForeignKey("events_list.list_id"))
    total_kg: Mapped[Decimal]
    co2_kg: Mapped[Decimal]
    co2e_kg: Mapped[Decimal]
    need_kg: Mapped[int]
    document: Mapped[str]
    """Canonical JSON, exactly the bytes that are hashed."""
    sha256: Mapped[str]
    annex: Mapped[str | None]
    made_by: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    made_at: Mapped[datetime]


class AssumptionVersion(Base):
    """What an expert assumes where nothing is published. Never changed."""

    __tablename__ = "events_assumption"
    __table_args__ = (
        UniqueConstraint("key", "version"),
        CheckConstraint("version > 0", name="version_counts"),
        CheckConstraint("multiplier > 0 AND multiplier <= 10", name="multiplier_plausible"),
        CheckConstraint("basis <> ''", name="basis_told"),
    )

    assumption_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str]
    version: Mapped[int]
    activity: Mapped[str]
    multiplier: Mapped[Decimal]
    name_zh: Mapped[str]
    name_en: Mapped[str]
    basis: Mapped[str]
    entered_by: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    entered_at: Mapped[datetime]


class ReductionPlanVersion(Base):
    """What is to be done about an event's emissions, as it was decided. Never changed."""

    __tablename__ = "events_reduction_plan"
    __table_args__ = (
        UniqueConstraint("event_id", "number"),
        CheckConstraint("number > 0", name="number_counts"),
    )

    plan_id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("events_event.event_id"))
    number: Mapped[int]
    document: Mapped[str]
    """Canonical JSON, exactly the bytes that are hashed."""
    sha256: Mapped[str]
    made_by: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    made_at: Mapped[datetime]


class ForestRouteVersion(Base):
    """A new forest for an event, as it stood. Never changed, and never a credit."""

    __tablename__ = "events_forest_route"
    __table_args__ = (
        UniqueConstraint("event_id", "number"),
        CheckConstraint("number > 0", name="number_counts"),
        CheckConstraint("area_mu > 0", name="area_positive"),
        CheckConstraint("expected_kg > 0", name="expectation_positive"),
        CheckConstraint("certified_kg > 0", name="certificate_positive"),
        CheckConstraint(
            "(certified_kg IS NULL) = (certified_on IS NULL)"
            " AND (certified_kg IS NULL) = (certifier = '')",
            name="certificate_whole",
        ),
    )

    route_id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("events_event.event_id"))
    number: Mapped[int]
    place: Mapped[str]
    latitude: Mapped[Decimal]
    longitude: Mapped[Decimal]
    area_mu: Mapped[Decimal]
    species: Mapped[str]
    planted_on: Mapped[date]
    plan: Mapped[str]
    monitoring: Mapped[str]
    methodology: Mapped[str]
    expected_kg: Mapped[int]
    monitored_on: Mapped[date | None]
    certified_kg: Mapped[int | None]
    certified_on: Mapped[date | None]
    certifier: Mapped[str]
    made_by: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    made_at: Mapped[datetime]


class Confirmation(Base):
    """Somebody's word that a statement of neutrality is true. Never changed."""

    __tablename__ = "events_confirmation"
    __table_args__ = (
        UniqueConstraint("estimate_id", "organisation_id"),
        CheckConstraint(f"kind IN ({_CONFIRMATIONS})", name="kind_known"),
    )

    confirmation_id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("events_event.event_id"), index=True)
    estimate_id: Mapped[UUID] = mapped_column(ForeignKey("events_neutrality.estimate_id"))
    organisation_id: Mapped[UUID] = mapped_column(
        ForeignKey("identity_organisation.organisation_id")
    )
    kind: Mapped[str]
    statement: Mapped[str]
    """Canonical JSON of what is confirmed, exactly the bytes that are hashed."""
    sha256: Mapped[str]
    says_zh: Mapped[str]
    says_en: Mapped[str]
    confirmed_by: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    confirmed_at: Mapped[datetime]


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
