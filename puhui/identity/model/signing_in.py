"""Codes, attempts and sessions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from puhui.db.base import Base


class Code(Base):
    """A one-time code asked for by a phone number, known here or not."""

    __tablename__ = "identity_code"
    __table_args__ = (
        CheckConstraint("purpose IN ('sign_in', 'erasure')", name="purpose_known"),
        CheckConstraint("tries BETWEEN 0 AND 5", name="tries_bounded"),
        CheckConstraint("(ticket_hash IS NULL) = (ticket_until IS NULL)", name="ticket_whole"),
        Index(
            "uq_identity_code_live",
            "phone_hash",
            "purpose",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_identity_code_asked_at", "asked_at"),
    )

    code_id: Mapped[UUID] = mapped_column(primary_key=True)
    """Named by whoever asks, so that asking twice sends once."""
    purpose: Mapped[str]
    phone_hash: Mapped[bytes]
    phone_sealed: Mapped[bytes]
    code_hash: Mapped[bytes]
    code_sealed: Mapped[bytes | None]
    """What is to be sent; erased once it was, or when the code ends."""
    tries: Mapped[int] = mapped_column(server_default=text("0"))
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    """Used, tried too often, or followed by a newer one."""
    ticket_hash: Mapped[bytes | None] = mapped_column(unique=True)
    """The right to register that a correct code gave to an unknown number."""
    ticket_until: Mapped[datetime | None]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity_person.person_id"))
    """Who signed in or registered by it."""


class Attempt(Base):
    """Something that is counted against a limit."""

    __tablename__ = "identity_attempt"
    __table_args__ = (
        Index("ix_identity_attempt_counted", "kind", "subject", "at"),
        Index("ix_identity_attempt_at", "at"),
    )

    attempt_id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    kind: Mapped[str]
    subject: Mapped[bytes]
    at: Mapped[datetime]


class SignedInSession(Base):
    """A person is signed in on a device. The token itself is never stored."""

    __tablename__ = "identity_session"
    __table_args__ = (CheckConstraint("idle_s > 0", name="idle_positive"),)

    session_id: Mapped[UUID] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"), index=True)
    device: Mapped[str] = mapped_column(server_default=text("''"))
    """Program and system, such as `Chrome · Android`; shown to its owner only."""
    started_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    idle_s: Mapped[int]
    """Seconds without a request after which it ends by itself."""
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
