"""A payment gateway over HTTP, by the protocol of docs/gateway.md."""

import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from puhui.credits.certificate import BEIJING
from puhui.credits.paying import signature
from puhui.credits.paying.errors import MalformedNotice
from puhui.credits.paying.gateway import (
    GatewayDown,
    GatewayRefused,
    Notice,
    Placed,
    Standing,
    Told,
    ToPlace,
    ToReturn,
)
from puhui.credits.paying.receipt import CURRENCY, Arrival, Road
from puhui.credits.paying.signature import NotSigned, Stamp
from puhui.kernel.clock import now

PATIENCE = 5  # seconds for each of connecting and reading
MOST_BYTES = 64 * 1024


@dataclass(frozen=True, repr=False)
class HttpGateway:
    """The gateway at an address. Never printed: it holds our key."""

    url: str
    """`https://host[:port][/prefix]`."""
    merchant: str
    our_key: RSAPrivateKey
    their_key: RSAPublicKey
    notify_url: str
    """Where it tells us what has happened."""
    patience: float = PATIENCE

    def place(self, order: ToPlace) -> Placed:
        """Make the order payable."""
        told = self._ask(
            "POST",
            "/v1/orders",
            {
                "number": order.number,
                "amount_fen": order.amount_fen,
                "currency": CURRENCY,
                "subject": order.subject,
                "expires_at": int(order.expires_at.timestamp()),
                "notify_url": self.notify_url,
            },
        )
        placed = Placed(_text(told, "qr_text"), _text(told, "h5_url"))
        if told.get("number") != order.number or not placed.h5_url.startswith("https://"):
            raise GatewayDown("the answer is about something else")
        return placed

    def look(self, number: str) -> Told | None:
        """Return where an order stands; None if the gateway has never heard of it."""
        return self._told("GET", f"/v1/orders/{number}", None, number)

    def close(self, number: str) -> Told | None:
        """Let nobody pay the order any more; return where it stands."""
        return self._told("POST", f"/v1/orders/{number}/close", {}, number)

    def send_back(self, refund: ToReturn) -> str:
        """Send money back; return the gateway's number of that."""
        told = self._ask(
            "POST",
            "/v1/refunds",
            {
                "refund": refund.name,
                "transaction": refund.transaction,
                "amount_fen": refund.amount_fen,
                "currency": refund.currency,
            },
        )
        if told.get("refund") != refund.name:
            raise GatewayDown("the answer is about something else")
        return _text(told, "reference")

    def read(
        self, method: str, target: str, sent: Mapping[str, str], body: bytes, now: datetime
    ) -> Notice:
        """Return what a notification says."""
        if sent.get(signature.MERCHANT) != self.merchant:
            raise NotSigned("unsigned")
        stamp = signature.stamp_of(sent, now)
        signature.verify(self.their_key, sent, signature.of_request(method, target, stamp, body))
        try:
            return Notice(stamp.nonce, read_told(json.loads(body)))
        except (ValueError, KeyError, TypeError, AttributeError) as fault:
            raise MalformedNotice() from fault

    def _told(
        self, method: str, path: str, said: Mapping[str, Any] | None, number: str
    ) -> Told | None:
        try:
            told = self._ask(method, path, said)
        except GatewayRefused as refusal:
            if refusal.code == "order_unknown":
                return None
            raise
        try:
            found = read_told(told)
        except (ValueError, KeyError, TypeError, AttributeError) as fault:
            raise GatewayDown("the answer cannot be read") from fault
        if found.number != number:
            raise GatewayDown("the answer is about something else")
        return found

    def _ask(self, method: str, path: str, said: Mapping[str, Any] | None) -> dict[str, Any]:
        """Ask one signed question; return the signed answer."""
        place = urlsplit(self.url)
        target = place.path.rstrip("/") + path
        body = b"" if said is None else json.dumps(said, ensure_ascii=False).encode()
        asked = Stamp.new(now())
        text = signature.of_request(method, target, asked, body)
        headers = signature.headers(self.our_key, self.merchant, asked, text)
        if said is not None:
            headers["Content-Type"] = "application/json"
        assert place.hostname is not None, "startup lets no gateway pass without a host"
        connection = (
            HTTPSConnection(
                place.hostname,
                place.port,
                timeout=self.patience,
                context=ssl.create_default_context(),
            )
            if place.scheme == "https"
            else HTTPConnection(place.hostname, place.port, timeout=self.patience)
        )
        try:
            connection.request(method, target, body or None, headers)
            answer = connection.getresponse()
            content = answer.read(MOST_BYTES)
            status = answer.status
            shown = {name.title(): value for name, value in answer.getheaders()}
        except (OSError, HTTPException) as fault:
            raise GatewayDown(type(fault).__name__) from None
        finally:
            connection.close()
        return self._answer(status, shown, content, asked)

    def _answer(
        self, status: int, shown: Mapping[str, str], content: bytes, asked: Stamp
    ) -> dict[str, Any]:
        # What anybody on the way could have said tells us nothing, be it yes or no.
        try:
            stamp = signature.stamp_of(shown, now())
            signature.verify(
                self.their_key, shown, signature.of_answer(status, asked, stamp, content)
            )
            told = json.loads(content)
        except (NotSigned, ValueError) as fault:
            raise GatewayDown(f"status {status}, no signed answer") from fault
        if not isinstance(told, dict) or status >= 500 or status == 429:
            raise GatewayDown(f"status {status}")
        if status != 200:
            raise GatewayRefused(_text(told, "code"))
        return told


def read_told(told: Mapping[str, Any]) -> Told:
    """Return what an answer or a notification says of an order.

    Raises:
        ValueError, KeyError, TypeError, AttributeError: it says nothing that we understand.
    """
    standing = Standing(told["state"])
    money = _money(told) if standing is Standing.PAID else None
    number = told["number"]
    if not isinstance(number, str):
        raise TypeError("number")
    return Told(number, standing, money)


def _money(told: Mapping[str, Any]) -> Arrival:
    amount, paid_at = told["amount_fen"], told["paid_at"]
    if type(amount) is not int or not 0 < amount < 2**53 or type(paid_at) is not int:
        raise TypeError("amount_fen, paid_at")
    transaction, currency = told["transaction"], told["currency"]
    if not (
        isinstance(transaction, str)
        and 1 <= len(transaction) <= 100
        and transaction.isascii()
        and transaction.isprintable()
    ):
        raise ValueError("transaction")
    if not (
        isinstance(currency, str)
        and len(currency) == 3
        and currency.isascii()
        and currency.isalpha()
    ):
        raise ValueError("currency")
    when = datetime.fromtimestamp(paid_at, BEIJING)
    return Arrival(Road.GATEWAY, transaction, amount, when.date(), currency.upper(), paid_at=when)


def _text(told: Mapping[str, Any], name: str) -> str:
    found = told.get(name)
    if not isinstance(found, str) or not 1 <= len(found) <= 2000 or not found.isprintable():
        raise GatewayDown(f"no {name} in the answer")
    return found
