"""What people agreed to, and withdrew."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from puhui.db.base import Base


class Consent(Base):
    """Somebody has agreed to one purpose in one wording. Never changed."""

    __tablename__ = "identity_consent"
    __table_args__ = (
        CheckConstraint("length(text_hash) = 64", name="text_hash_length"),
        CheckConstraint(
            "channel IN ('page', 'api', 'console')",
            name="channel_known",
        ),
        Index("ix_identity_consent_person_purpose", "person_id", "purpose"),
    )

    consent_id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    purpose: Mapped[str]
    text_hash: Mapped[str]
    channel: Mapped[str]
    given_by: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    """The person, or the guardian of a child."""
    given_at: Mapped[datetime]


class Withdrawal(Base):
    """A consent has been withdrawn: a new fact beside the old one. Never changed."""

    __tablename__ = "identity_withdrawal"

    consent_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("identity_consent.consent_id"), primary_key=True, autoincrement=False
    )
    withdrawn_by: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    channel: Mapped[str]
    withdrawn_at: Mapped[datetime]
