"""Holds: their lines, sponsors, payment and beneficiary."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from puhui.credits.hold import HoldState
from puhui.db.base import Base

_STATES = ", ".join(f"'{state}'" for state in HoldState)


class HoldRow(Base):
    """Credits kept for someone, for a time, at a price."""

    __tablename__ = "credits_hold"
    __table_args__ = (
        CheckConstraint(f"state IN ({_STATES})", name="state_known"),
        CheckConstraint("total_kg >= need_kg AND need_kg > 0", name="need_covered"),
        CheckConstraint("total_fen > 0", name="price_positive"),
        CheckConstraint("expires_at > made_at", name="expires_later"),
        CheckConstraint(
            "(ended_at IS NULL) = (state IN ('held', 'paid'))", name="ended_exactly_if_over"
        ),
        CheckConstraint(
            "(organisation_id IS NULL) = (purpose ->> 'kind' = 'personal')",
            name="organisation_unless_personal",
        ),
        Index(
            "ix_credits_hold_personal",
            "made_by",
            "made_at",
            postgresql_where=text("organisation_id IS NULL"),
        ),
        Index("ix_credits_hold_expires_at", "expires_at", postgresql_where=text("state = 'held'")),
    )

    hold_id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("identity_organisation.organisation_id"), index=True
    )
    """None for a person who buys in their own name."""
    made_by: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    purpose: Mapped[dict[str, Any]]
    purpose_id: Mapped[UUID] = mapped_column(index=True)
    wishes: Mapped[dict[str, Any]]
    state: Mapped[str]
    need_kg: Mapped[int]
    total_kg: Mapped[int]
    total_fen: Mapped[int]
    greedy_fen: Mapped[int]
    reference: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class HoldLine(Base):
    """What a hold takes of a batch; its price never changes."""

    __tablename__ = "credits_hold_line"
    __table_args__ = (
        CheckConstraint("quantity_kg > 0 AND cost_fen >= 0", name="amounts_positive"),
    )

    hold_id: Mapped[UUID] = mapped_column(ForeignKey("credits_hold.hold_id"), primary_key=True)
    batch_id: Mapped[UUID] = mapped_column(
        ForeignKey("credits_batch.batch_id"), primary_key=True, index=True
    )
    place: Mapped[int]
    quantity_kg: Mapped[int]
    price_fen_per_t: Mapped[int]
    cost_fen: Mapped[int]
    why: Mapped[list[Any]]


class SponsorRow(Base):
    """An organisation that carries a share of what a hold retires. The shares of a hold are
    100 % together; the database says so when the transaction ends."""

    __tablename__ = "credits_sponsor"
    __table_args__ = (
        CheckConstraint("share_bp BETWEEN 1 AND 10000", name="share_in_range"),
        CheckConstraint("name <> ''", name="named"),
    )

    hold_id: Mapped[UUID] = mapped_column(ForeignKey("credits_hold.hold_id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_en: Mapped[str]
    share_bp: Mapped[int]
    """In hundredths of a per cent."""


class Payment(Base):
    """The money that has paid for a hold: an operator's word, or the gateway's."""

    __tablename__ = "credits_payment"
    __table_args__ = (
        CheckConstraint("amount_fen > 0", name="amount_positive"),
        CheckConstraint(
            "road = 'gateway' OR confirmed_by IS NOT NULL", name="confirmed_by_someone"
        ),
        UniqueConstraint("road", "reference"),
    )

    hold_id: Mapped[UUID] = mapped_column(ForeignKey("credits_hold.hold_id"), primary_key=True)
    reference: Mapped[str]
    """The bank's or the gateway's own number of the money: it pays one hold."""
    amount_fen: Mapped[int]
    paid_on: Mapped[date]
    confirmed_by: Mapped[UUID | None] = mapped_column(ForeignKey("identity_person.person_id"))
    confirmed_at: Mapped[datetime]
    road: Mapped[str] = mapped_column(server_default=text("'bank'"))


class Beneficiary(Base):
    """Whose retirement a hold will be. The one place that names them: deleting the row forgets
    the name, and the commitment in certificate and register then means nothing."""

    __tablename__ = "credits_beneficiary"
    __table_args__ = (
        Index(
            "ix_credits_beneficiary_grams",
            text("credits_grams(name, name_en)"),
            postgresql_using="gin",
            postgresql_with={"fastupdate": "off"},
        ),
    )

    hold_id: Mapped[UUID] = mapped_column(ForeignKey("credits_hold.hold_id"), primary_key=True)
    salt: Mapped[bytes]
    name: Mapped[str]
    name_en: Mapped[str]
