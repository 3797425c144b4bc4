"""The ways to pay for a hold: one interface, and who implements it.

However money is sent, it arrives at `service.receive`; a way is how a buyer begins, and whether it
is open here. Another way is another class in `WAYS`.
"""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy.orm import Session

from puhui.credits.paying import service
from puhui.credits.paying.gateway import current_gateway
from puhui.credits.paying.receipt import Road
from puhui.credits.service import announce_transfer
from puhui.kernel.actor import Actor
from puhui.kernel.text import N_


class Way(Protocol):
    """A way to pay."""

    road: Road
    """By which the money will come."""
    asks: str
    """What the button says."""

    def is_open(self) -> bool:
        """Whether this installation has it."""

    def begin(
        self, session: Session, actor: Actor, hold_id: UUID, name: UUID, now: datetime
    ) -> None:
        """Accept the price and begin to pay; under the same name, once.

        Raises:
            UnknownHold: no such hold, or not this buyer's.
            HoldOver: it can no longer be paid for.
        """


class BankTransfer:
    """A transfer that the buyer makes at their bank; an operator or the bank's list confirms it."""

    road = Road.BANK
    asks = N_("接受价格，将转账付款")

    def is_open(self) -> bool:
        """Always: a transfer needs nobody but the banks."""
        return True

    def begin(
        self, session: Session, actor: Actor, hold_id: UUID, name: UUID, now: datetime
    ) -> None:
        """Announce the transfer: the hold lasts for days."""
        announce_transfer(session, actor, hold_id, now)


class OnlinePayment:
    """An order with the payment gateway, by QR code or on the same phone; it confirms itself."""

    road = Road.GATEWAY
    asks = N_("接受价格，网上支付")

    def is_open(self) -> bool:
        """Whether this installation has a gateway."""
        return current_gateway() is not None

    def begin(
        self, session: Session, actor: Actor, hold_id: UUID, name: UUID, now: datetime
    ) -> None:
        """Write the order down; a job makes it at the gateway."""
        service.ask_order(session, actor, hold_id, name, now)


WAYS: tuple[Way, ...] = (OnlinePayment(), BankTransfer())


def open_ways() -> list[Way]:
    """Return the ways that this installation has."""
    return [way for way in WAYS if way.is_open()]
