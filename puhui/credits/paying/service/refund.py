"""Send back money that pays for nothing: a record that an operator confirms.

Money that came by bank is sent by a person at the bank, who then records the bank's number. Money
that came by the gateway is sent back by it, called between two transactions like an order is made.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from puhui.credits.errors import NameTaken, OwnHold
from puhui.credits.paying import queries
from puhui.credits.paying.errors import (
    AlreadyPaid,
    GatewayClosed,
    RefundOver,
    UnknownReceipt,
    UnknownRefund,
)
from puhui.credits.paying.gateway import ToReturn, current_gateway
from puhui.credits.paying.model import Receipt, Refund
from puhui.credits.paying.receipt import Road
from puhui.credits.paying.refund import RefundState
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.errors import Fault, Invalid
from puhui.kernel.text import N_
from puhui.outbox.service import publish


def ask_refund(
    session: Session, actor: Actor, refund_id: UUID, receipt_id: UUID, reason: str, now: datetime
) -> None:
    """Write down that money is to go back; from here on it pays for nothing.

    The same again changes nothing.

    Raises:
        UnknownReceipt: no such money.
        AlreadyPaid: it has paid for a hold.
        RefundOver: it goes back already, or was set aside.
        NameTaken: the name belongs to another refund.
    """
    _write(session, actor, refund_id, receipt_id, RefundState.ASKED, reason, now)


def set_aside(
    session: Session, actor: Actor, refund_id: UUID, receipt_id: UUID, reason: str, now: datetime
) -> None:
    """Write down that money which came to our account is not for credits, and why.

    Raises:
        As `ask_refund`.
    """
    _write(session, actor, refund_id, receipt_id, RefundState.SET_ASIDE, reason, now)


def confirm_refund(
    session: Session, actor: Actor, refund_id: UUID, reference: str | None, now: datetime
) -> None:
    """Confirm that money has gone back by bank, or let the gateway send it back.

    The same again changes nothing.

    Raises:
        UnknownRefund: no such refund.
        OwnHold: the operator made the hold that the money names.
        RefundOver: it was decided otherwise.
        Invalid: money by bank has no number, or the gateway's has one.
        GatewayClosed: there is no gateway to send it back.
        NameTaken: the bank's number was used for another refund.
    """
    actor.require(Permission.PAYMENT_CONFIRM)
    row = _locked(session, refund_id)
    money = session.get_one(Receipt, row.receipt_id)
    if (money.road == Road.BANK) != (reference is not None):
        said = (
            N_("请填写银行退款的流水号")
            if money.road == Road.BANK
            else N_("由支付渠道退回，不填流水号")
        )
        raise Invalid([Fault("reference_by_road", said, None, "reference")])
    if money.road == Road.BANK:
        decided = row.state == RefundState.SENT and row.reference == reference
    else:
        decided = row.state in (RefundState.SENDING, RefundState.SENT)
    if decided:
        return
    if row.state != RefundState.ASKED:
        raise RefundOver(refund=str(refund_id))
    if queries.maker_of_hold(session, money.hold_id) == actor.person_id:
        raise OwnHold(hold=str(money.hold_id))
    if money.road == Road.GATEWAY and current_gateway() is None:
        raise GatewayClosed()
    same = select(Refund.refund_id).where(Refund.reference == reference)
    if reference is not None and session.scalar(same):
        raise NameTaken(reference=reference)
    row.state = RefundState.SENT if money.road == Road.BANK else RefundState.SENDING
    row.decided_by, row.decided_at = actor.person_id, now
    row.reference, row.fault = reference, None
    session.flush()
    topic = "credits.refund_sent" if money.road == Road.BANK else "credits.refund_confirmed"
    publish(session, topic, now, refund_id=str(refund_id))


def withdraw_refund(session: Session, actor: Actor, refund_id: UUID, now: datetime) -> None:
    """Take back a refund that nobody has confirmed, so that the money can pay for a hold.

    Raises:
        UnknownRefund: no such refund.
        RefundOver: it was confirmed.
    """
    actor.require(Permission.PAYMENT_CONFIRM)
    row = _locked(session, refund_id)
    if row.state == RefundState.WITHDRAWN:
        return
    if row.state != RefundState.ASKED:
        raise RefundOver(refund=str(refund_id))
    row.state, row.decided_by, row.decided_at = RefundState.WITHDRAWN, actor.person_id, now
    session.flush()


def refund_to_send(session: Session, refund_id: UUID) -> ToReturn | None:
    """Return what the gateway is to send back, or None if it has."""
    row = session.get_one(Refund, refund_id)
    if row.state != RefundState.SENDING:
        return None
    money = session.get_one(Receipt, row.receipt_id)
    return ToReturn(refund_id.hex, money.reference, money.amount_fen, money.currency)


def refund_sent(session: Session, refund_id: UUID, reference: str, now: datetime) -> None:
    """Note that the gateway has sent money back."""
    row = _locked(session, refund_id)
    if row.state != RefundState.SENDING:
        return
    row.state, row.reference = RefundState.SENT, reference
    session.flush()
    publish(session, "credits.refund_sent", now, refund_id=str(refund_id))


def refund_refused(session: Session, refund_id: UUID, code: str) -> None:
    """Note that the gateway will not send money back: a person decides again."""
    row = _locked(session, refund_id)
    if row.state != RefundState.SENDING:
        return
    row.state, row.fault, row.decided_by, row.decided_at = RefundState.ASKED, code, None, None
    session.flush()


def _write(
    session: Session,
    actor: Actor,
    refund_id: UUID,
    receipt_id: UUID,
    state: RefundState,
    reason: str,
    now: datetime,
) -> None:
    actor.require(Permission.PAYMENT_CONFIRM)
    money = session.get(Receipt, receipt_id, with_for_update=True)
    if money is None:
        raise UnknownReceipt(receipt=str(receipt_id))
    known = session.get(Refund, refund_id)
    if known is not None:
        was_set_aside = known.state == RefundState.SET_ASIDE
        if (known.receipt_id, known.reason) != (receipt_id, reason) or was_set_aside != (
            state is RefundState.SET_ASIDE
        ):
            raise NameTaken(refund=str(refund_id))
        return
    if queries.is_used(session, receipt_id):
        raise AlreadyPaid(receipt=str(receipt_id))
    if queries.live_refund_of(session, receipt_id) is not None:
        raise RefundOver(receipt=str(receipt_id))
    decided = state is RefundState.SET_ASIDE
    session.add(
        Refund(
            refund_id=refund_id,
            receipt_id=receipt_id,
            state=state,
            reason=reason,
            asked_by=actor.person_id,
            asked_at=now,
            decided_by=actor.person_id if decided else None,
            decided_at=now if decided else None,
        )
    )
    session.flush()


def _locked(session: Session, refund_id: UUID) -> Refund:
    row = session.get(Refund, refund_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise UnknownRefund(refund=str(refund_id))
    return row
