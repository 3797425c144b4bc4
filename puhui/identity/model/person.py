"""People, and their passwords."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from puhui.db.base import Base


class Person(Base):
    """A citizen; staff are citizens with memberships. A partner's machine has a row as well."""

    __tablename__ = "identity_person"
    __table_args__ = (
        CheckConstraint("birth_year BETWEEN 1900 AND 2100", name="birth_year_plausible"),
        CheckConstraint("kind IN ('person', 'machine')", name="kind_known"),
        CheckConstraint("language IN ('zh', 'en')", name="language_known"),
        CheckConstraint(
            "(phone_hash IS NULL) = (phone_sealed IS NULL)", name="phone_found_and_sealed"
        ),
        CheckConstraint("kind = 'person' OR phone_hash IS NULL", name="machines_have_no_phone"),
        CheckConstraint("guardian_id <> person_id", name="nobody_guards_themselves"),
        CheckConstraint("length(display_name) BETWEEN 1 AND 60", name="display_name_length"),
        CheckConstraint(
            "erased_at IS NULL OR phone_hash IS NULL AND birth_year IS NULL"
            " AND guardian_id IS NULL AND language IS NULL AND disabled_at IS NOT NULL"
            " AND display_name = '—'",
            name="erased_is_nobody",
        ),
        Index(
            "ix_identity_person_erased",
            "person_id",
            postgresql_where=text("erased_at IS NOT NULL"),
        ),
    )

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(server_default=text("'person'"))
    phone_hash: Mapped[bytes | None] = mapped_column(unique=True)
    """HMAC-SHA-256 of the phone number under the installation's secret."""
    phone_sealed: Mapped[bytes | None]
    """The number itself under AES-GCM, with the key's id in front."""
    display_name: Mapped[str]
    birth_year: Mapped[int | None]
    guardian_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("identity_person.person_id"), index=True
    )
    language: Mapped[str | None]
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]
    """Since when the row is nobody's: its id stands in the books and leads nowhere (trigger)."""


class Password(Base):
    """A staff member's password, as argon2id keeps it."""

    __tablename__ = "identity_password"

    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("identity_person.person_id"), primary_key=True
    )
    hash: Mapped[str]
    changed_at: Mapped[datetime]
