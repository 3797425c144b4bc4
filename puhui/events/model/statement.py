"""Who has confirmed what is stated of an event."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from puhui.db.base import Base
from puhui.events.statement import ConfirmationKind

_CONFIRMATIONS = ", ".join(f"'{kind}'" for kind in ConfirmationKind)


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
