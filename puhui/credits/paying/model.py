"""Money received, orders with the gateway, refunds, invoices, sellers and what they are owed."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from puhui.credits.paying.invoice import InvoiceState, InvoiceType
from puhui.credits.paying.order import OrderState
from puhui.credits.paying.receipt import Oddity, Road
from puhui.credits.paying.refund import RefundState
from puhui.db.base import Base


def _one_of(column: str, values: type[StrEnum]) -> str:
    return f"{column} IN (" + ", ".join(f"'{value}'" for value in values) + ")"


class Receipt(Base):
    """Money that has arrived, whatever it is good for. Append-only; written for each payment by
    a trigger, so that no payment is without its money."""

    __tablename__ = "credits_receipt"
    __table_args__ = (
        UniqueConstraint("road", "reference"),
        CheckConstraint(_one_of("road", Road), name="road_known"),
        CheckConstraint("amount_fen > 0", name="amount_positive"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency_iso_4217"),
        CheckConstraint(f"odd IS NULL OR {_one_of('odd', Oddity)}", name="odd_known"),
        Index("ix_credits_receipt_odd", "received_at", postgresql_where=text("odd IS NOT NULL")),
    )

    receipt_id: Mapped[UUID] = mapped_column(primary_key=True)
    road: Mapped[str]
    reference: Mapped[str]
    """The bank's or the gateway's own number of it."""
    amount_fen: Mapped[int]
    """In hundredths of the currency."""
    currency: Mapped[str]
    paid_on: Mapped[date]
    hold_id: Mapped[UUID | None] = mapped_column(ForeignKey("credits_hold.hold_id"), index=True)
    """The hold that it names; None when it names none of ours."""
    odd: Mapped[str | None]
    """Why it did not pay that hold when it arrived; None when it did."""
    received_at: Mapped[datetime]


class Refund(Base):
    """What becomes of money that pays for nothing: it goes back, or is none of ours."""

    __tablename__ = "credits_refund"
    __table_args__ = (
        CheckConstraint(_one_of("state", RefundState), name="state_known"),
        CheckConstraint("(state = 'sent') = (reference IS NOT NULL)", name="reference_once_sent"),
        CheckConstraint("(decided_at IS NULL) = (state = 'asked')", name="decided_unless_asked"),
        CheckConstraint("(decided_at IS NULL) = (decided_by IS NULL)", name="decided_by_someone"),
        Index(
            "uq_credits_refund_live",
            "receipt_id",
            unique=True,
            postgresql_where=text("state <> 'withdrawn'"),
        ),
    )

    refund_id: Mapped[UUID] = mapped_column(primary_key=True)
    receipt_id: Mapped[UUID] = mapped_column(ForeignKey("credits_receipt.receipt_id"))
    state: Mapped[str]
    reason: Mapped[str]
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    asked_at: Mapped[datetime]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("identity_person.person_id"))
    decided_at: Mapped[datetime | None]
    reference: Mapped[str | None] = mapped_column(unique=True)
    """The bank's or the gateway's number of the money that went back."""
    fault: Mapped[str | None]
    """What the gateway said when it refused."""


class PayOrder(Base):
    """An order with the payment gateway. Its state says on which side of the call we are."""

    __tablename__ = "credits_pay_order"
    __table_args__ = (
        CheckConstraint(_one_of("state", OrderState), name="state_known"),
        CheckConstraint("amount_fen > 0", name="amount_positive"),
        CheckConstraint("expires_at > made_at", name="expires_later"),
        CheckConstraint("state <> 'open' OR qr_text IS NOT NULL", name="open_can_be_paid"),
        Index(
            "uq_credits_pay_order_live",
            "hold_id",
            unique=True,
            postgresql_where=text("state IN ('asked', 'open')"),
        ),
        Index(
            "ix_credits_pay_order_check_at",
            "check_at",
            postgresql_where=text("state IN ('asked', 'open')"),
        ),
    )

    order_id: Mapped[UUID] = mapped_column(primary_key=True)
    hold_id: Mapped[UUID] = mapped_column(ForeignKey("credits_hold.hold_id"), index=True)
    state: Mapped[str]
    amount_fen: Mapped[int]
    qr_text: Mapped[str | None]
    """What the QR code says, for a payment from another phone."""
    h5_url: Mapped[str | None]
    """Where the same phone pays."""
    made_by: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    check_at: Mapped[datetime]
    """When the gateway is asked next what became of it."""
    fault: Mapped[str | None]
    """The gateway's code of refusal."""


class Nonce(Base):
    """A nonce that the gateway has signed lately: seen once, refused ever after."""

    __tablename__ = "credits_gateway_nonce"

    nonce: Mapped[str] = mapped_column(primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(index=True)


class InvoiceRow(Base):
    """A buyer's request for an invoice of what they paid for one hold."""

    __tablename__ = "credits_invoice"
    __table_args__ = (
        CheckConstraint(_one_of("state", InvoiceState), name="state_known"),
        CheckConstraint(_one_of("type", InvoiceType), name="type_known"),
        CheckConstraint("amount_fen > 0", name="amount_positive"),
        CheckConstraint("(title IS NULL) = (tax_number IS NULL)", name="number_of_organisations"),
        CheckConstraint("type = 'general' OR tax_number IS NOT NULL", name="special_has_number"),
        CheckConstraint(
            "(state = 'issued') = (number IS NOT NULL AND issued_on IS NOT NULL)",
            name="number_once_issued",
        ),
        CheckConstraint("(state = 'rejected') = (reason IS NOT NULL)", name="reason_if_rejected"),
        CheckConstraint(
            "(state = 'requested') = (decided_at IS NULL)"
            " AND (decided_at IS NULL) = (decided_by IS NULL)",
            name="decided_unless_requested",
        ),
        CheckConstraint("sealed IS NOT NULL OR decided_at IS NOT NULL", name="reachable_till_then"),
        Index(
            "uq_credits_invoice_live",
            "hold_id",
            unique=True,
            postgresql_where=text("state <> 'rejected'"),
        ),
        Index(
            "ix_credits_invoice_forget",
            "decided_at",
            postgresql_where=text("sealed IS NOT NULL"),
        ),
    )

    invoice_id: Mapped[UUID] = mapped_column(primary_key=True)
    hold_id: Mapped[UUID] = mapped_column(ForeignKey("credits_hold.hold_id"))
    state: Mapped[str]
    type: Mapped[str]
    title: Mapped[str | None]
    """Of an organisation; a person's is sealed."""
    tax_number: Mapped[str | None]
    sealed: Mapped[bytes | None]
    """Name of a person, e-mail address and phone number; gone once they are needed no more."""
    amount_fen: Mapped[int]
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    asked_at: Mapped[datetime]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("identity_person.person_id"))
    decided_at: Mapped[datetime | None]
    number: Mapped[str | None] = mapped_column(unique=True)
    issued_on: Mapped[date | None]
    document_id: Mapped[UUID | None] = mapped_column(ForeignKey("evidence_document.document_id"))
    reason: Mapped[str | None]


class Seller(Base):
    """Who sells batches: the name that they carry, and what was agreed."""

    __tablename__ = "credits_seller"
    __table_args__ = (
        CheckConstraint("name <> ''", name="named"),
        CheckConstraint("fee_bp BETWEEN 0 AND 10000", name="fee_in_range"),
    )

    seller_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    organisation_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("identity_organisation.organisation_id"), index=True
    )
    """Whose members may read the statement; None for a seller that is not here."""
    fee_bp: Mapped[int] = mapped_column(server_default=text("0"))
    """What the platform keeps of sales from now on, in hundredths of a per cent."""


class Sale(Base):
    """What one line of a retired hold brings its seller. Append-only; written by a trigger when
    the hold is retired, so that its lines add up to its price."""

    __tablename__ = "credits_sale"
    __table_args__ = (
        CheckConstraint("quantity_kg > 0", name="quantity_positive"),
        CheckConstraint("fee_fen BETWEEN 0 AND gross_fen", name="fee_within_price"),
        Index("ix_credits_sale_seller", "seller", "sold_at"),
    )

    hold_id: Mapped[UUID] = mapped_column(ForeignKey("credits_hold.hold_id"), primary_key=True)
    batch_id: Mapped[UUID] = mapped_column(ForeignKey("credits_batch.batch_id"), primary_key=True)
    seller: Mapped[str]
    quantity_kg: Mapped[int]
    price_fen_per_t: Mapped[int]
    gross_fen: Mapped[int]
    fee_fen: Mapped[int]
    sold_at: Mapped[datetime]


class Payout(Base):
    """Money that was sent to a seller; or, with the sign turned, one that was recorded by mistake
    taken back. Append-only."""

    __tablename__ = "credits_payout"
    __table_args__ = (
        CheckConstraint("(amount_fen < 0) = (cancels IS NOT NULL)", name="negative_if_cancelling"),
        CheckConstraint("amount_fen <> 0", name="amount_something"),
        Index("ix_credits_payout_seller", "seller", "recorded_at"),
    )

    payout_id: Mapped[UUID] = mapped_column(primary_key=True)
    seller: Mapped[str]
    amount_fen: Mapped[int]
    paid_on: Mapped[date]
    reference: Mapped[str] = mapped_column(unique=True)
    """The bank's number of the transfer; of one taken back, why."""
    cancels: Mapped[UUID | None] = mapped_column(
        ForeignKey("credits_payout.payout_id"), unique=True
    )
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("identity_person.person_id"))
    recorded_at: Mapped[datetime]
