"""Who there is, what they hold, what they agreed to."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
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
