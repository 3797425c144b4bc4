"""Orders with the payment gateway: written down first, then made, then heard of.

The gateway is called between two transactions, never in one. `order_to_place` is the first and
leaves the order `asked`; `order_placed` or `order_refused` is the second. A crash between them
repeats the call, which the gateway knows by its number.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from puhui.credits.errors import HoldOver, NameTaken
from puhui.credits.hold import HoldState
from puhui.credits.paying import queries
from puhui.credits.paying.errors import GatewayClosed, OrderWaits, Replayed
from puhui.credits.paying.gateway import Notice, Placed, Standing, Told, ToPlace, current_gateway
from puhui.credits.paying.model import Nonce, PayOrder
from puhui.credits.paying.order import (
    CHECK_EVERY,
    FIRST_CHECK,
    LIVE,
    SHORTEST,
    Order,
    OrderState,
    number_of,
    order_of,
)
from puhui.credits.paying.service.receipt import Received, receive
from puhui.credits.paying.signature import KEEP_NONCES
from puhui.credits.service.hold import require_holder
from puhui.credits.service.lines import locked
from puhui.kernel.actor import Actor
from puhui.outbox.service import publish

_MOST_CHECKED = 100


def ask_order(
    session: Session, actor: Actor, hold_id: UUID, order_id: UUID, now: datetime
) -> Order:
    """Write down an order with the gateway for the price of a hold; a job makes it there.

    It can be paid as long as the hold lasts. The same again returns the same order.

    Raises:
        UnknownHold: no such hold, or not this buyer's.
        GatewayClosed: there is no gateway.
        HoldOver: the hold is over, is paid, or will end within the minute.
        OrderWaits: another order for it can still be paid.
        NameTaken: the name belongs to another order.
    """
    row = locked(session, hold_id)
    require_holder(actor, row)
    known = queries.order(session, order_id)
    if known is not None:
        if known.hold_id != hold_id:
            raise NameTaken(order=str(order_id))
        return known
    if current_gateway() is None:
        raise GatewayClosed()
    if row.state != HoldState.HELD or row.expires_at < now + SHORTEST:
        raise HoldOver(hold=str(hold_id))
    if queries.live_order_of(session, hold_id) is not None:
        raise OrderWaits(hold=str(hold_id))
    session.add(
        PayOrder(
            order_id=order_id,
            hold_id=hold_id,
            state=OrderState.ASKED,
            amount_fen=row.total_fen,
            made_by=actor.person_id,
            made_at=now,
            expires_at=row.expires_at,
            check_at=now + FIRST_CHECK,
        )
    )
    session.flush()
    publish(session, "credits.order_asked", now, order_id=str(order_id))
    found = queries.order(session, order_id)
    assert found is not None, order_id
    return found


def order_to_place(session: Session, order_id: UUID, now: datetime) -> ToPlace | None:
    """Return what the gateway is to be told, or None if it need not be told any more."""
    row = session.get_one(PayOrder, order_id)
    if row.state != OrderState.ASKED or row.expires_at <= now:
        return None
    reference = queries.reference_of_hold(session, row.hold_id)
    return ToPlace(number_of(order_id), row.amount_fen, f"碳信用 {reference}", row.expires_at)


def order_placed(session: Session, order_id: UUID, placed: Placed) -> None:
    """Note that an order can be paid, unless more has happened to it meanwhile."""
    session.execute(
        update(PayOrder)
        .where(PayOrder.order_id == order_id, PayOrder.state == OrderState.ASKED)
        .values(state=OrderState.OPEN, qr_text=placed.qr_text, h5_url=placed.h5_url)
    )


def order_refused(session: Session, order_id: UUID, code: str) -> None:
    """Note that the gateway will not have the order, unless more has happened to it meanwhile."""
    session.execute(
        update(PayOrder)
        .where(PayOrder.order_id == order_id, PayOrder.state == OrderState.ASKED)
        .values(state=OrderState.REFUSED, fault=code)
    )


def take_notice(session: Session, notice: Notice, now: datetime) -> Received | None:
    """Hear a notification, whose signature has been verified, once for each nonce.

    Raises:
        Replayed: its nonce was taken before.
        ReceiptDiffers: the same money came before with another amount.
    """
    first = session.scalar(
        insert(Nonce)
        .values(nonce=notice.nonce, seen_at=now)
        .on_conflict_do_nothing()
        .returning(Nonce.nonce)
    )
    if first is None:
        raise Replayed()
    return hear(session, notice.told, now)


def hear(session: Session, told: Told, now: datetime) -> Received | None:
    """Note what the gateway says of an order, in whatever order it says it; take its money in.

    Paid is the end: what is told later of the order changes nothing. Money for an order that we
    do not know, or have closed, is written down all the same.

    Raises:
        ReceiptDiffers: the same money came before with another amount.
    """
    order_id = order_of(told.number)
    hold_id = order_id and queries.hold_of_order(session, order_id)
    if hold_id is not None:
        # The hold first: money and expiry take turns at its row.
        locked(session, hold_id)
        row = session.get_one(PayOrder, order_id, with_for_update=True, populate_existing=True)
        if told.standing is Standing.PAID:
            row.state = OrderState.PAID
        elif told.standing is Standing.CLOSED and row.state in LIVE:
            row.state = OrderState.CLOSED
        session.flush()
    if told.money is None:
        return None
    return receive(session, told.money, hold_id, now)


def check_orders(session: Session, now: datetime) -> int:
    """Let the gateway be asked about orders of which nothing was heard; return how many."""
    due = session.scalars(
        select(PayOrder)
        .where(PayOrder.state.in_(LIVE), PayOrder.check_at <= now)
        .order_by(PayOrder.check_at)
        .limit(_MOST_CHECKED)
        .with_for_update(skip_locked=True)
    ).all()
    for row in due:
        row.check_at = now + CHECK_EVERY
        publish(session, "credits.order_check_due", now, order_id=str(row.order_id))
    session.flush()
    return len(due)


def order_to_check(session: Session, order_id: UUID, now: datetime) -> tuple[str, bool] | None:
    """Return the number to ask about, and whether it is time to close it; None if all is known."""
    row = session.get_one(PayOrder, order_id)
    if row.state not in LIVE:
        return None
    return number_of(order_id), row.expires_at <= now


def forget_nonces(session: Session, now: datetime) -> None:
    """Forget nonces whose timestamps are refused by now."""
    session.execute(delete(Nonce).where(Nonce.seen_at < now - KEEP_NONCES))
