"""Opaque tokens: 256 random bits, stored as a hash only."""

from hashlib import sha256
from secrets import token_hex, token_urlsafe

CLIENT = "puhui_"
"""Begins the token of a partner's machine, so that a leaked one is known for what it is."""


def new_token() -> str:
    """Return a new token."""
    return token_urlsafe(32)


def new_client_token() -> tuple[str, str]:
    """Return a new token for a machine, and its prefix, by which it is found and spoken of."""
    prefix = CLIENT + token_hex(4)
    return f"{prefix}_{new_token()}", prefix


def prefix_of(token: str) -> str | None:
    """Return the prefix of a machine's token, or None for a person's."""
    if not token.startswith(CLIENT):
        return None
    return CLIENT + token.removeprefix(CLIENT).partition("_")[0]


def hash_of(token: str) -> bytes:
    """Return what is stored of a token. It has full entropy, so it needs no salt or pepper."""
    return sha256(token.encode()).digest()
