"""Read money that has arrived, and the orders that ask for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from puhui.credits.model import HoldRow, Payment
from puhui.credits.paying.model import (
    PayOrder,
    Receipt,
    Refund,
)
from puhui.credits.paying.order import LIVE, Order, OrderState
from puhui.credits.paying.receipt import Fate, Oddity, Road
from puhui.credits.paying.refund import RefundState


@dataclass(frozen=True)
class RefundCard:
    """What was decided about money that pays for nothing."""

    refund_id: UUID
    state: RefundState
    reason: str
    reference: str | None
    fault: str | None


@dataclass(frozen=True)
class Money:
    """Money that has arrived, and what has become of it."""

    receipt_id: UUID
    road: Road
    reference: str
    amount_fen: int
    currency: str
    paid_on: date
    received_at: datetime
    hold_id: UUID | None
    hold_reference: str | None
    odd: Oddity | None
    used: bool
    refund: RefundCard | None

    @property
    def fate(self) -> Fate:
        """What has become of it by now."""
        if self.used:
            return Fate.USED
        return Fate(self.refund.state) if self.refund else Fate.WAITING


_USED = (
    select(Payment.hold_id)
    .where(Payment.road == Receipt.road, Payment.reference == Receipt.reference)
    .exists()
)


def is_used(session: Session, receipt_id: UUID) -> bool:
    """Return whether the money has paid for a hold."""
    return bool(session.scalar(select(_USED).where(Receipt.receipt_id == receipt_id)))


def live_refund_of(session: Session, receipt_id: UUID) -> UUID | None:
    """Return the refund of this money that was not withdrawn."""
    return session.scalar(
        select(Refund.refund_id).where(
            Refund.receipt_id == receipt_id, Refund.state != RefundState.WITHDRAWN
        )
    )


def maker_of_hold(session: Session, hold_id: UUID | None) -> UUID | None:
    """Return who made a hold."""
    return session.scalar(select(HoldRow.made_by).where(HoldRow.hold_id == hold_id))


def hold_of_reference(session: Session, reference: str | None) -> UUID | None:
    """Return the hold that a transfer's reference names, or None."""
    return session.scalar(select(HoldRow.hold_id).where(HoldRow.reference == reference))


def reference_of_hold(session: Session, hold_id: UUID) -> str:
    """Return the reference of a hold that is known."""
    found = session.scalar(select(HoldRow.reference).where(HoldRow.hold_id == hold_id))
    assert found is not None, hold_id
    return found


def odd_money(
    session: Session,
    *,
    after: tuple[datetime, UUID] | None = None,
    most: int = 50,
    settled: bool = False,
) -> Sequence[Money]:
    """Return money that did not pay when it arrived, oldest first; `settled` says which.

    Settled is what has paid for another hold since, has gone back, or was set aside.
    """
    query = _money().where(Receipt.odd.is_not(None))
    over = func.coalesce(Refund.state.in_((RefundState.SENT, RefundState.SET_ASIDE)), False)
    query = query.where((_USED | over) if settled else ~(_USED | over))
    if after is not None:
        query = query.where(func.row(Receipt.received_at, Receipt.receipt_id) > func.row(*after))
    query = query.order_by(Receipt.received_at, Receipt.receipt_id).limit(most)
    return [_card(*row) for row in session.execute(query)]


def money(session: Session, receipt_id: UUID) -> Money | None:
    """Return the money of this identifier, or None."""
    found = session.execute(_money().where(Receipt.receipt_id == receipt_id)).first()
    return None if found is None else _card(*found)


def odd_money_of_hold(session: Session, hold_id: UUID) -> Sequence[Money]:
    """Return money that names a hold and did not pay it when it arrived."""
    query = _money().where(Receipt.hold_id == hold_id, Receipt.odd.is_not(None))
    query = query.order_by(Receipt.received_at, Receipt.receipt_id)
    return [_card(*row) for row in session.execute(query)]


def _money() -> Select[Receipt, str, bool, Refund]:
    return (
        select(Receipt, HoldRow.reference, _USED, Refund)
        .outerjoin(HoldRow, HoldRow.hold_id == Receipt.hold_id)
        .outerjoin(
            Refund,
            (Refund.receipt_id == Receipt.receipt_id) & (Refund.state != RefundState.WITHDRAWN),
        )
    )


def _card(row: Receipt, reference: str | None, used: bool, refund: Refund | None) -> Money:
    return Money(
        row.receipt_id,
        Road(row.road),
        row.reference,
        row.amount_fen,
        row.currency,
        row.paid_on,
        row.received_at,
        row.hold_id,
        reference,
        Oddity(row.odd) if row.odd else None,
        used,
        RefundCard(
            refund.refund_id,
            RefundState(refund.state),
            refund.reason,
            refund.reference,
            refund.fault,
        )
        if refund
        else None,
    )


def order(session: Session, order_id: UUID) -> Order | None:
    """Return the order, or None."""
    row = session.get(PayOrder, order_id)
    return None if row is None else _order(row)


def hold_of_order(session: Session, order_id: UUID | None) -> UUID | None:
    """Return the hold that an order is for, or None for one that is unknown."""
    return session.scalar(select(PayOrder.hold_id).where(PayOrder.order_id == order_id))


def live_order_of(session: Session, hold_id: UUID) -> Order | None:
    """Return the order by which a hold can still be paid, or None."""
    row = session.scalar(
        select(PayOrder).where(PayOrder.hold_id == hold_id, PayOrder.state.in_(LIVE))
    )
    return None if row is None else _order(row)


def latest_order_of(session: Session, hold_id: UUID) -> Order | None:
    """Return the order that was made last for a hold, or None."""
    row = session.scalar(
        select(PayOrder)
        .where(PayOrder.hold_id == hold_id)
        .order_by(PayOrder.made_at.desc(), PayOrder.order_id)
        .limit(1)
    )
    return None if row is None else _order(row)


def _order(row: PayOrder) -> Order:
    return Order(
        row.order_id,
        row.hold_id,
        OrderState(row.state),
        row.amount_fen,
        row.qr_text,
        row.h5_url,
        row.made_at,
        row.expires_at,
        row.fault,
    )
