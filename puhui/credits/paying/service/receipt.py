"""Write money down when it arrives, and let it pay for what it was meant for."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from puhui.credits.errors import HoldOver, OwnHold, UnknownHold, WrongAmount
from puhui.credits.hold import Hold, HoldState
from puhui.credits.model import HoldRow, Payment
from puhui.credits.paying import queries
from puhui.credits.paying.errors import (
    AlreadyPaid,
    ReceiptDiffers,
    UnknownReceipt,
    WrongCurrency,
)
from puhui.credits.paying.model import Receipt
from puhui.credits.paying.receipt import Arrival, Oddity, Price, Road, oddity
from puhui.credits.service.hold import pay
from puhui.credits.service.lines import locked, read_hold
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.errors import DomainError
from puhui.outbox.service import publish

RECEIPTS = UUID("0d4a1f36-52b1-5f0a-9c0e-7a3f6d8b2c11")
REFUSALS: dict[Oddity, type[DomainError]] = {
    Oddity.UNKNOWN_HOLD: UnknownHold,
    Oddity.WRONG_CURRENCY: WrongCurrency,
    Oddity.PAID_ALREADY: AlreadyPaid,
    Oddity.HOLD_OVER: HoldOver,
    Oddity.WRONG_AMOUNT: WrongAmount,
}


@dataclass(frozen=True)
class Received:
    """What became of money when it arrived: it paid, now or before, or it is odd."""

    odd: Oddity | None
    known: bool


def receive(
    session: Session,
    arrival: Arrival,
    hold_id: UUID | None,
    now: datetime,
    *,
    confirmed_by: UUID | None = None,
) -> Received:
    """Write down money that names a hold, or none; let it pay if it is exactly the price, in time.

    Whatever is odd waits for a person: it is listed, and neither lost nor used for what others
    hold by now. The same money again changes nothing. For the bank, `confirmed_by` says whose word
    it is.

    Raises:
        OwnHold: that person made the hold; nothing is written.
        ReceiptDiffers: the same number came before with another amount.
    """
    row = None if hold_id is None else locked(session, hold_id)
    known = _known(session, arrival)
    if known is not None:
        return known
    odd = oddity(arrival, None if row is None else _price(row), now)
    if odd is None:
        assert row is not None, arrival.reference
        if row.made_by == confirmed_by:
            raise OwnHold(hold=str(hold_id))
        _use(session, row, arrival, confirmed_by, now)
        return Received(None, known=False)
    written = session.scalar(
        insert(Receipt)
        .values(
            receipt_id=uuid5(RECEIPTS, f"{arrival.road} {arrival.reference}"),
            road=arrival.road,
            reference=arrival.reference,
            amount_fen=arrival.amount_fen,
            currency=arrival.currency,
            paid_on=arrival.paid_on,
            hold_id=hold_id,
            odd=odd,
            received_at=now,
        )
        .on_conflict_do_nothing()
        .returning(Receipt.receipt_id)
    )
    if written is None:
        again = _known(session, arrival)
        assert again is not None, arrival.reference
        return again
    publish(session, "credits.odd_money_received", now, receipt_id=str(written))
    return Received(odd, known=False)


def use_receipt(
    session: Session, actor: Actor, receipt_id: UUID, hold_id: UUID, now: datetime
) -> Hold:
    """Let money that came too late, or without a name, pay for a hold that costs exactly as much.

    The same again changes nothing.

    Raises:
        UnknownReceipt, UnknownHold: no such money, no such hold.
        AlreadyPaid, HoldOver, WrongAmount, WrongCurrency: it does not pay for this hold.
        OwnHold: the operator made the hold.
        NameTaken: it has paid for another, or goes back.
    """
    actor.require(Permission.PAYMENT_CONFIRM)
    row = locked(session, hold_id)
    money = session.get(Receipt, receipt_id)
    if money is None:
        raise UnknownReceipt(receipt=str(receipt_id))
    paid = session.get(Payment, hold_id)
    if paid is not None and (paid.road, paid.reference) == (money.road, money.reference):
        return read_hold(session, hold_id)
    # When it was sent matters no more: the hold is of now.
    arrival = Arrival(
        Road(money.road), money.reference, money.amount_fen, money.paid_on, money.currency
    )
    odd = oddity(arrival, _price(row), now)
    if odd is not None:
        raise REFUSALS[odd](hold=str(hold_id))
    if row.made_by == actor.person_id:
        raise OwnHold(hold=str(hold_id))
    _use(session, row, arrival, actor.person_id, now)
    return read_hold(session, hold_id)


def _use(
    session: Session, row: HoldRow, arrival: Arrival, confirmed_by: UUID | None, now: datetime
) -> None:
    pay(
        session,
        row,
        road=arrival.road,
        reference=arrival.reference,
        amount_fen=arrival.amount_fen,
        paid_on=arrival.paid_on,
        confirmed_by=confirmed_by,
        now=now,
    )


def _price(row: HoldRow) -> Price:
    return Price(row.hold_id, HoldState(row.state), row.total_fen, row.expires_at)


def _known(session: Session, arrival: Arrival) -> Received | None:
    row = session.scalar(
        select(Receipt).where(Receipt.road == arrival.road, Receipt.reference == arrival.reference)
    )
    if row is None:
        return None
    if (row.amount_fen, row.currency) != (arrival.amount_fen, arrival.currency):
        raise ReceiptDiffers(reference=arrival.reference)
    used = queries.is_used(session, row.receipt_id)
    return Received(None if used or row.odd is None else Oddity(row.odd), known=True)
