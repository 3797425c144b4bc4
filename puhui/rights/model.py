"""Erasures and exports that people have asked for."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from puhui.db.base import Base


class Erasure(Base):
    """A person, or a child's guardian, has asked to be forgotten. It goes one way (trigger)."""

    __tablename__ = "rights_erasure"
    __table_args__ = (
        CheckConstraint("asked_at <= due_at", name="time_to_think"),
        CheckConstraint(
            "(called_back_at IS NULL) = (called_back_by IS NULL)", name="called_back_by_someone"
        ),
        CheckConstraint("called_back_at IS NULL OR begun_at IS NULL", name="one_end"),
        CheckConstraint("begun_at >= due_at", name="not_before_its_day"),
        CheckConstraint("finished_at >= begun_at", name="begun_first"),
        Index(
            "uq_rights_erasure_person",
            "person_id",
            unique=True,
            postgresql_where=text("called_back_at IS NULL"),
        ),
        Index(
            "ix_rights_erasure_due",
            "due_at",
            postgresql_where=text("called_back_at IS NULL AND begun_at IS NULL"),
        ),
    )

    erasure_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    """The person, or the guardian of a child."""
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    called_back_by: Mapped[UUID | None] = mapped_column(ForeignKey("identity_person.person_id"))
    called_back_at: Mapped[datetime | None]
    begun_at: Mapped[datetime | None]
    """From here on there is no way back."""
    finished_at: Mapped[datetime | None]


class Export(Base):
    """Somebody has asked for everything about a person, in one file that is kept for days."""

    __tablename__ = "rights_export"
    __table_args__ = (
        CheckConstraint(
            "(ready_at IS NULL) = (size IS NULL) AND (ready_at IS NULL) = (sha256 IS NULL)"
            " AND (ready_at IS NULL) = (expires_at IS NULL)",
            name="ready_whole",
        ),
        CheckConstraint("taken_at IS NULL OR ready_at IS NOT NULL", name="taken_when_ready"),
        Index("ix_rights_export_person", "person_id", "asked_at"),
        Index("ix_rights_export_kept", "asked_at", postgresql_where=text("removed_at IS NULL")),
    )

    export_id: Mapped[UUID] = mapped_column(primary_key=True)
    """Also the task that makes it, and the file's name."""
    person_id: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    """The person, or the guardian of a child."""
    asked_at: Mapped[datetime]
    size: Mapped[int | None]
    """Bytes."""
    sha256: Mapped[bytes | None]
    ready_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    taken_at: Mapped[datetime | None]
    """When it was downloaded last."""
    removed_at: Mapped[datetime | None]
