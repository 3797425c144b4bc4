"""New forests by which an event is to become neutral."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from puhui.db.base import Base


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
