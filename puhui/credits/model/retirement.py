"""Retirements, their certificates, seals and errata."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
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
