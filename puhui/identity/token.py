"""Opaque session tokens: 256 random bits, stored as a hash only."""

from hashlib import sha256
from secrets import token_urlsafe


def new_token() -> str:
    """Return a new token."""
    return token_urlsafe(32)


def hash_of(token: str) -> bytes:
    """Return what is stored of a token. It has full entropy, so it needs no salt or pepper."""
    return sha256(token.encode()).digest()
