"""Labels and serials: how they are named, how long they hold, in which order they go."""

import hmac
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256

from puhui.kernel.quantity import EXACT, plain

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter that looks like a digit. All of it fits a QR code's
alphanumeric mode, which makes a smaller picture."""
CODE_LENGTH = 26
"""130 bits: nobody finds a label by guessing."""
PIN_LENGTH = 8


class LabelState(StrEnum):
    """What a label is at an instant."""

    ISSUED = "issued"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class SerialState(StrEnum):
    """Where a unit is on its way. Only forward."""

    PRINTED = "printed"
    SHIPPED = "shipped"
    SOLD = "sold"
    CLAIMED = "claimed"
    VOID = "void"

    def may_become(self, onto: "SerialState") -> bool:
        """Whether a serial may go from here to there in one step."""
        return onto in _NEXT[self]


_NEXT = {
    SerialState.PRINTED: {SerialState.SHIPPED, SerialState.VOID},
    # Claimed at once where a shop reports no sales.
    SerialState.SHIPPED: {SerialState.SOLD, SerialState.CLAIMED, SerialState.VOID},
    SerialState.SOLD: {SerialState.CLAIMED, SerialState.VOID},
    SerialState.CLAIMED: {SerialState.VOID},
    SerialState.VOID: frozenset[SerialState](),
}


def state_at(now: datetime, expires_at: datetime, withdrawn_at: datetime | None) -> LabelState:
    """Return what a label is at `now`."""
    if withdrawn_at is not None:
        return LabelState.WITHDRAWN
    return LabelState.EXPIRED if now >= expires_at else LabelState.ISSUED


def shown(number: Decimal) -> str:
    """Return a figure as a label prints it: four significant digits, halves to even.

    More digits would claim a precision that no inventory has; all of them are in the calculation.
    """
    if number == 0:
        return "0"
    places = min(4 - 1 - number.adjusted(), 9)
    if places < 0:
        # 123456 stays 123456: dropping whole kilograms would look like another number.
        places = 0
    return plain(EXACT.quantize(number, Decimal(1).scaleb(-places)))


def draw(length: int, random: Callable[[int], int]) -> str:
    """Return so many characters; `random(n)` gives a number below n."""
    return "".join(ALPHABET[random(32)] for _ in range(length))


def read_code(written: str) -> str | None:
    """Return the code or PIN that a person wrote: any case, spaces and hyphens between.

    O is read as 0, I and L as 1, as Crockford has it. None if another character is in it.
    """
    text = written.upper().replace("-", "").replace(" ", "")
    text = text.translate(str.maketrans("OIL", "011"))
    return text if text and all(character in ALPHABET for character in text) else None


def address(base_url: str, code: str) -> str:
    """Return the label's address in upper case, as the QR code holds it."""
    return f"{base_url}/l/{code}".upper()


def hash_of_token(pepper: str, token: str) -> bytes:
    """Return what is kept of a unit's token."""
    return hmac.digest(pepper.encode(), b"serial token\n" + token.encode(), sha256)


def hash_of_pin(pepper: str, token: str, pin: str) -> bytes:
    """Return what is kept of a unit's PIN, bound to its token."""
    return hmac.digest(pepper.encode(), f"serial pin\n{token}\n{pin}".encode(), sha256)
