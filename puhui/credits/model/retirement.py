"""Retirements, their certificates, seals and errata."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from puhui.db.base import Base


class RetirementRow(Base):
    """Credits taken out of use for good. Append-only."""

    __tablename__ = "credits_retirement"
    __table_args__ = (
        CheckConstraint(
            "quantity_kg >= required_kg AND required_kg > 0", name="requirement_covered"
        ),
        Index("ix_credits_retirement_retired_at", "retired_at", "retirement_id"),
        Index(
            "ix_credits_retirement_grams",
            text("credits_grams(title, title_en)"),
            postgresql_using="gin",
            postgresql_with={"fastupdate": "off"},
        ),
    )

    retirement_id: Mapped[UUID] = mapped_column(primary_key=True)
    hold_id: Mapped[UUID] = mapped_column(ForeignKey("credits_hold.hold_id"), unique=True)
    purpose_kind: Mapped[str]
    purpose_id: Mapped[UUID] = mapped_column(index=True)
    title: Mapped[str]
    title_en: Mapped[str]
    quantity_kg: Mapped[int]
    required_kg: Mapped[int]
    retired_at: Mapped[datetime]
    register_entry_id: Mapped[UUID] = mapped_column(unique=True)


class Tally(Base):
    """What has been retired for a kind of purpose in a year: a sum over the shards.

    Kept by a trigger on `credits_retirement`, in the transaction that retires.
    """

    __tablename__ = "credits_tally"
    __table_args__ = (CheckConstraint("retirements > 0 AND quantity_kg > 0", name="counts"),)

    purpose_kind: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    """In which it was retired, by the calendar of China."""
    shard: Mapped[int] = mapped_column(primary_key=True)
    """Whoever retires adds to one of several rows, so that nobody waits for another."""
    retirements: Mapped[int]
    quantity_kg: Mapped[int]


class CertificateRow(Base):
    """What a retirement's certificate says, byte for byte. Append-only."""

    __tablename__ = "credits_certificate"

    code: Mapped[str] = mapped_column(primary_key=True)
    retirement_id: Mapped[UUID] = mapped_column(
        ForeignKey("credits_retirement.retirement_id"), unique=True
    )
    document: Mapped[str]
    """Canonical JSON (RFC 8785): exactly the bytes that are signed and committed to."""


class Seal(Base):
    """The platform's signature over a certificate's document. Append-only."""

    __tablename__ = "credits_seal"
    __table_args__ = (CheckConstraint("length(signature) = 64", name="signature_ed25519"),)

    retirement_id: Mapped[UUID] = mapped_column(
        ForeignKey("credits_retirement.retirement_id"), primary_key=True
    )
    key: Mapped[str]
    """The signer's public key, as the register writes it."""
    signature: Mapped[bytes]
    sealed_at: Mapped[datetime]


class Erratum(Base):
    """A public correction of a certificate; the retirement itself stands. Append-only."""

    __tablename__ = "credits_erratum"

    erratum_id: Mapped[UUID] = mapped_column(primary_key=True)
    retirement_id: Mapped[UUID] = mapped_column(
        ForeignKey("credits_retirement.retirement_id"), index=True
    )
    says_zh: Mapped[str]
    says_en: Mapped[str]
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    recorded_at: Mapped[datetime]
