"""Who belongs to an organisation, did, or is asked to."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from puhui.db.base import Base


class Member(Base):
    """A person holds a role in an organisation."""

    __tablename__ = "identity_member"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "role"],
            ["identity_organisation_role.organisation_id", "identity_organisation_role.role"],
        ),
    )

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("identity_person.person_id"), primary_key=True, index=True
    )
    role: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime]


class MemberChange(Base):
    """Who gave or took a role, and when. Never changed."""

    __tablename__ = "identity_member_change"
    __table_args__ = (CheckConstraint("change IN ('given', 'taken')", name="change_known"),)

    change_id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(
        ForeignKey("identity_organisation.organisation_id"), index=True
    )
    person_id: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    role: Mapped[str]
    change: Mapped[str]
    changed_by: Mapped[UUID | None] = mapped_column(ForeignKey("identity_person.person_id"))
    """None: at the console of the installation."""
    changed_at: Mapped[datetime]


class Invitation(Base):
    """A role offered to whoever holds a phone number, known here or not."""

    __tablename__ = "identity_invitation"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "role"],
            ["identity_organisation_role.organisation_id", "identity_organisation_role.role"],
        ),
        CheckConstraint("answer IN ('accepted', 'declined', 'withdrawn')", name="answer_known"),
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answer_whole"),
        Index("ix_identity_invitation_phone_hash", "phone_hash"),
        Index("ix_identity_invitation_organisation_id", "organisation_id"),
    )

    invitation_id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID]
    role: Mapped[str]
    phone_hash: Mapped[bytes]
    phone_sealed: Mapped[bytes]
    invited_by: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    invited_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]
