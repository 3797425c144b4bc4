"""Signatures between us and the payment gateway: RSA with SHA-256 over a canonical text.

What is signed begins with what the message is, so that an answer never passes for a notification,
and an answer names the nonce of its question, so that it never passes for the answer to another.
The text is written down in docs/gateway.md.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from secrets import token_hex

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

WINDOW = timedelta(minutes=5)
"""How far a timestamp may be from our clock, either way."""
KEEP_NONCES = 4 * WINDOW
"""How long a nonce is remembered: longer than any timestamp beside it is taken."""
TIMESTAMP, NONCE, SIGNATURE, MERCHANT = (
    "Pay-Timestamp",
    "Pay-Nonce",
    "Pay-Signature",
    "Pay-Merchant",
)
_NONCE = re.compile("[A-Za-z0-9]{16,64}")
_TIMESTAMP = re.compile("[0-9]{1,11}", re.ASCII)


class NotSigned(Exception):
    """What came is not signed by the gateway, or not lately. `code` says which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Stamp:
    """When something was signed, and its nonce."""

    timestamp: str
    nonce: str

    @classmethod
    def new(cls, now: datetime) -> "Stamp":
        """Return a stamp of this instant with a nonce of its own."""
        return cls(str(int(now.timestamp())), token_hex(16))


def of_request(method: str, target: str, stamp: Stamp, body: bytes) -> bytes:
    """Return what is signed of a request, theirs as ours. `target` is the path and any query."""
    return _text(method, target, stamp, body)


def of_answer(status: int, asked: Stamp, stamp: Stamp, body: bytes) -> bytes:
    """Return what is signed of an answer to the request that had the stamp `asked`."""
    return _text(str(status), asked.nonce, stamp, body)


def _text(kind: str, about: str, stamp: Stamp, body: bytes) -> bytes:
    return f"{kind}\n{about}\n{stamp.timestamp}\n{stamp.nonce}\n".encode() + body + b"\n"


def signed(key: RSAPrivateKey, text: bytes) -> str:
    """Return the signature over the text, in base64."""
    return base64.b64encode(key.sign(text, PKCS1v15(), SHA256())).decode()


def headers(key: RSAPrivateKey, merchant: str, stamp: Stamp, text: bytes) -> dict[str, str]:
    """Return the headers that go with what is signed."""
    return {
        MERCHANT: merchant,
        TIMESTAMP: stamp.timestamp,
        NONCE: stamp.nonce,
        SIGNATURE: signed(key, text),
    }


def stamp_of(sent: Mapping[str, str], now: datetime) -> Stamp:
    """Return the stamp that the headers show.

    Raises:
        NotSigned: it is missing or malformed, or the timestamp is outside the window.
    """
    stamp = Stamp(sent.get(TIMESTAMP, ""), sent.get(NONCE, ""))
    if not _TIMESTAMP.fullmatch(stamp.timestamp) or not _NONCE.fullmatch(stamp.nonce):
        raise NotSigned("unsigned")
    when = datetime.fromtimestamp(int(stamp.timestamp), UTC)
    if abs(when - now) > WINDOW:
        raise NotSigned("stale")
    return stamp


def verify(key: RSAPublicKey, sent: Mapping[str, str], text: bytes) -> None:
    """Let pass what the key has signed.

    Raises:
        NotSigned: it has not.
    """
    try:
        signature = base64.b64decode(sent.get(SIGNATURE, ""), validate=True)
        key.verify(signature, text, PKCS1v15(), SHA256())
    except (binascii.Error, ValueError, InvalidSignature):
        raise NotSigned("wrong_signature") from None
