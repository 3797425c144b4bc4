"""Entries of the public register."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from puhui.db.base import Base


class RegisterEntry(Base):
    """One fact; numbered by the sequencer after its transaction has committed."""

    __tablename__ = "register_entry"
    __table_args__ = (UniqueConstraint("kind", "subject_id"),)

    entry_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject_id: Mapped[str]
    leaf: Mapped[str]
    """Canonical JSON (RFC 8785), exactly the bytes that are hashed."""
    recorded_at: Mapped[datetime]
    index: Mapped[int | None] = mapped_column(unique=True)
    leaf_hash: Mapped[bytes | None]
