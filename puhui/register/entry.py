"""What an entry of the register says: canonical JSON, and commitments in place of names.

The form is frozen: version 1 of a leaf is hashed for good, so a change is a version 2.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from json import loads
from typing import Any
from unicodedata import normalize

import rfc8785

Value = str | int | None | Sequence["Value"] | Mapping[str, "Value"]

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
    moment = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    ours: dict[str, Any] = {"v": VERSION, "type": kind, "id": subject_id, "at": moment}
    entry = rfc8785.dumps({**_exact(payload), **ours})
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


def same_fact(one: str, other: str) -> bool:
    """Tell whether two leaves say the same, whenever they were written."""
    return {**loads(one), "at": None} == {**loads(other), "at": None}


def _exact(value: Any) -> Any:
    """Return the value in plain lists and dicts; what has no exact form is refused."""
    if isinstance(value, Mapping):
        assert all(isinstance(name, str) for name in value), value
        return {name: _exact(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_exact(item) for item in value]
    # Floats before all: 0.1 is not a quantity anybody has weighed.
    assert value is None or isinstance(value, str | int), value
    return value
