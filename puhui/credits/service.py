"""Hold credits for a purpose, take payment, retire them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from puhui.credits.bundle import Proposal, Wishes
from puhui.credits.hold import BankTransfer, Hold, Retirement
from puhui.credits.purpose import Purpose
from puhui.kernel.actor import Actor


def propose(session: Session, need_kg: int, wishes: Wishes, now: datetime) -> Proposal:
    """Return the cheapest bundle that is on sale now for `need_kg` kilograms. Keeps nothing.

    Raises:
        NotEnoughCredits: what is on sale does not cover the need under these wishes.
    """
    raise NotImplementedError


def hold(
    session: Session,
    actor: Actor,
    hold_id: UUID,
    organisation_id: UUID,
    purpose: Purpose,
    need_kg: int,
    wishes: Wishes,
    now: datetime,
) -> Hold:
    """Keep the cheapest bundle for the purpose, at a frozen price, for `OFFER_LASTS`.

    The same again returns the same hold, whatever has become of it.

    Raises:
        NotEnoughCredits: what is on sale does not cover the need under these wishes.
        NameTaken: the identifier belongs to another hold.
    """
    raise NotImplementedError


def announce_transfer(session: Session, actor: Actor, hold_id: UUID, now: datetime) -> Hold:
    """Accept the price and announce a bank transfer: the hold lasts `TRANSFER_MAY_TAKE`.

    Raises:
        UnknownHold: no such hold, or not this organisation's.
        HoldOver: it has ended.
    """
    raise NotImplementedError


def confirm_payment(
    session: Session, actor: Actor, hold_id: UUID, payment: BankTransfer, now: datetime
) -> Hold:
    """Confirm that the money has arrived; what follows is told by `credits.hold_paid`.

    Raises:
        UnknownHold, HoldOver: nothing to pay for.
        WrongAmount: not the price that was frozen.
        OwnHold: the operator made the hold.
        NameTaken: the bank's reference has paid another hold, or this one was paid otherwise.
    """
    raise NotImplementedError


def retire(session: Session, hold_id: UUID, now: datetime) -> Retirement:
    """Retire what a paid hold keeps, for good: serials, certificate, register entry.

    Publishes `credits.retired` with retirement_id, hold_id, purpose_kind, purpose_id. The same
    again returns the same retirement.

    Raises:
        UnknownHold: no such hold.
        NotPaid: no payment has been confirmed.
        HoldOver: it was released or has expired.
    """
    raise NotImplementedError


def release(session: Session, actor: Actor, hold_id: UUID, now: datetime) -> Hold:
    """Give back what an unpaid hold keeps.

    Raises:
        UnknownHold: no such hold, or not this organisation's.
        HoldOver: it is paid or retired.
    """
    raise NotImplementedError


def expire_holds(session: Session, now: datetime) -> int:
    """Give back what unpaid holds keep whose time is over; return how many they were."""
    raise NotImplementedError
