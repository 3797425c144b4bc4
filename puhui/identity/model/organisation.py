"""Organisations, their roles, what was decided of them, and their programs."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from puhui.db.base import Base


class Organisation(Base):
    """A company, a village, a public body."""

    __tablename__ = "identity_organisation"
    __table_args__ = (
        CheckConstraint("length(uscc) = 18", name="uscc_length"),
        CheckConstraint("county_code ~ '^[0-9]{6}$'", name="county_code_form"),
        CheckConstraint("length(name) BETWEEN 1 AND 120", name="name_length"),
    )

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    uscc: Mapped[str] = mapped_column(unique=True)
    """统一社会信用代码, 18 characters, check character verified."""
    name: Mapped[str]
    name_en: Mapped[str | None]
    county_code: Mapped[str | None]
    """GB/T 2260, six digits."""
    applied_by: Mapped[UUID | None] = mapped_column(ForeignKey("identity_person.person_id"))
    created_at: Mapped[datetime]


class OrganisationRole(Base):
    """A role that people may hold in this organisation, once an operator has approved it."""

    __tablename__ = "identity_organisation_role"
    __table_args__ = (
        CheckConstraint(
            "role IN ('manufacturer', 'retailer', 'organiser', 'verifier', 'operator',"
            " 'auditor', 'administrator')",
            name="role_known",
        ),
    )

    organisation_id: Mapped[UUID] = mapped_column(
        ForeignKey("identity_organisation.organisation_id"), primary_key=True
    )
    role: Mapped[str] = mapped_column(primary_key=True)
    asked_at: Mapped[datetime]
    approved_at: Mapped[datetime | None]


class Decision(Base):
    """An operator has decided which roles an organisation may give. Never changed."""

    __tablename__ = "identity_decision"

    decision_id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(
        ForeignKey("identity_organisation.organisation_id"), index=True
    )
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    reason: Mapped[str]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("identity_person.person_id"))
    """None: at the console of the installation."""
    decided_at: Mapped[datetime]


class ApiClient(Base):
    """A partner's machine, with the little it may do for one organisation."""

    __tablename__ = "identity_api_client"
    __table_args__ = (CheckConstraint("cardinality(permissions) > 0", name="may_something"),)

    client_id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(
        ForeignKey("identity_organisation.organisation_id"), index=True
    )
    person_id: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"), unique=True)
    """The machine's own row, so that what it writes names it and not a colleague."""
    name: Mapped[str]
    prefix: Mapped[str] = mapped_column(unique=True)
    secret_hash: Mapped[bytes]
    permissions: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    made_by: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    made_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
