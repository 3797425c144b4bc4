"""What we ask of a payment gateway, whoever runs it.

`Gateway` is the whole of it. `http_gateway.HttpGateway` speaks the protocol of docs/gateway.md; an
adapter for another one is another class with these methods, and nothing else changes. None of its
methods is called inside a transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from puhui.credits.paying.receipt import Arrival


class GatewayDown(Exception):
    """No answer that can be trusted came: what was asked may or may not have happened."""


class GatewayRefused(Exception):
    """The gateway has said no, for good. `code` is its word for why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Standing(StrEnum):
    """Where an order stands with the gateway."""

    OPEN = "open"
    PAID = "paid"
    CLOSED = "closed"


@dataclass(frozen=True)
class ToPlace:
    """An order as the gateway is told of it. The same number again is the same order."""

    number: str
    amount_fen: int
    subject: str
    """What the payer reads."""
    expires_at: datetime


@dataclass(frozen=True)
class Placed:
    """How an order can be paid."""

    qr_text: str
    h5_url: str


@dataclass(frozen=True)
class Told:
    """What the gateway says of an order; once it is paid, with its money."""

    number: str
    standing: Standing
    money: Arrival | None

    def __post_init__(self) -> None:
        assert (self.standing is Standing.PAID) == (self.money is not None), self.standing


@dataclass(frozen=True)
class ToReturn:
    """Money to be sent back. The same name again is the same refund."""

    name: str
    transaction: str
    """The gateway's number of the money that came."""
    amount_fen: int
    currency: str


@dataclass(frozen=True)
class Notice:
    """What the gateway sends of its own accord, found to be signed by it, just now."""

    nonce: str
    told: Told


class Gateway(Protocol):
    """A payment gateway."""

    def place(self, order: ToPlace) -> Placed:
        """Make the order payable.

        Raises:
            GatewayDown, GatewayRefused.
        """

    def look(self, number: str) -> Told | None:
        """Return where an order stands; None if the gateway has never heard of it.

        Raises:
            GatewayDown, GatewayRefused.
        """

    def close(self, number: str) -> Told | None:
        """Let nobody pay the order any more; return where it stands, which may be paid.

        Raises:
            GatewayDown, GatewayRefused.
        """

    def send_back(self, refund: ToReturn) -> str:
        """Send money back to whom it came from; return the gateway's number of that.

        Raises:
            GatewayDown, GatewayRefused.
        """

    def read(
        self, method: str, target: str, sent: Mapping[str, str], body: bytes, now: datetime
    ) -> Notice:
        """Return what a notification says.

        Raises:
            NotSigned: it is not the gateway's, or not of these minutes.
            MalformedNotice: it is, and cannot be read.
        """


_gateway: Gateway | None = None


def use_gateway(gateway: Gateway | None) -> None:
    """Choose this process's gateway, or none; said by a composition root."""
    global _gateway
    _gateway = gateway


def current_gateway() -> Gateway | None:
    """Return this process's gateway, or None where only the bank is open."""
    return _gateway
