"""What an entry of the register says: canonical JSON, and commitments in place of names.

The form is frozen: version 1 of a leaf is hashed for good, so a change is a version 2.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from unicodedata import normalize

import rfc8785

Value = str | int | bool | None | list["Value"] | dict[str, "Value"]

VERSION = 1
SALT_BYTES = 32
# An entry bundle gives each entry's length in two bytes (C2SP tlog-tiles).
ENTRY_BYTES = 65_535

_KIND = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
_OURS = frozenset({"v", "type", "id", "at"})


def leaf(kind: str, subject_id: str, payload: Mapping[str, Value], at: datetime) -> bytes:
    """Return the entry as RFC 8785 JSON, to the second, in UTC.

    Quantities are strings of decimal digits (`"64000"`, with the unit in the field's
    name): a JSON number is a binary float to half of the world's parsers. Persons appear
    as commitments only.
    """
    assert _KIND.fullmatch(kind), kind
    assert subject_id, kind
    assert at.tzinfo is not None, at
    assert _OURS.isdisjoint(payload), payload.keys()
    _require_exact(payload)
    moment = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    entry = rfc8785.dumps({"v": VERSION, "type": kind, "id": subject_id, "at": moment, **payload})
    assert len(entry) <= ENTRY_BYTES, len(entry)
    return entry


def commitment(salt: bytes, text: str) -> str:
    """Return `sha256:…` over salt and NFC text: it can be opened, but not guessed.

    The salt is 32 random bytes kept beside the text. Its length is fixed, so nobody can
    open one commitment in two ways by moving the border between salt and text; destroying
    it makes the commitment mean nothing, which is how a person is erased from the register.
    """
    assert len(salt) == SALT_BYTES, len(salt)
    return "sha256:" + sha256(salt + normalize("NFC", text).encode()).hexdigest()


def _require_exact(value: object) -> None:
    """Refuse what has no exact canonical form, floats before all."""
    if isinstance(value, Mapping):
        assert all(isinstance(name, str) for name in value), value
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            _require_exact(item)
        return
    assert value is None or isinstance(value, str | int), value
