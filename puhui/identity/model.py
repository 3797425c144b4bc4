"""Who there is."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from puhui.db.base import Base


class Person(Base):
    """A citizen; staff are citizens with memberships."""

    __tablename__ = "identity_person"
    __table_args__ = (
        CheckConstraint("birth_year BETWEEN 1900 AND 2100", name="birth_year_plausible"),
    )

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    phone_hash: Mapped[bytes | None] = mapped_column(unique=True)
    """HMAC-SHA-256 of the phone number under the installation's secret."""
    display_name: Mapped[str]
    birth_year: Mapped[int | None]
    guardian_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity_person.person_id"))
    created_at: Mapped[datetime]


class Organisation(Base):
    """A company, a village, a public body."""

    __tablename__ = "identity_organisation"

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    uscc: Mapped[str] = mapped_column(unique=True)
    """统一社会信用代码, 18 characters, check character verified."""
    name: Mapped[str]
    name_en: Mapped[str | None]
    county_code: Mapped[str | None]
    """GB/T 2260, six digits."""
    created_at: Mapped[datetime]


class Member(Base):
    """A person holds a role in an organisation."""

    __tablename__ = "identity_member"

    organisation_id: Mapped[UUID] = mapped_column(
        ForeignKey("identity_organisation.organisation_id"), primary_key=True
    )
    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("identity_person.person_id"), primary_key=True, index=True
    )
    role: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime]


class SignedInSession(Base):
    """A person is signed in on a device. The token itself is never stored."""

    __tablename__ = "identity_session"

    session_id: Mapped[UUID] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"), index=True)
    started_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
