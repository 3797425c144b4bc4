"""The secrets of a batch: tokens and PINs of its units, all from one seed.

Keeping a seed of 32 bytes until the file has left, instead of a million secrets, is what lets a
killed print job go on with the same units, and the file be made while it is being read.
"""

from collections.abc import Iterator
from hashlib import shake_256
from secrets import token_bytes
from typing import NamedTuple

import numpy as np

from puhui.footprint.label import ALPHABET, CODE_LENGTH, PIN_LENGTH

SEED_BYTES = 32
BLOCK = 1000
"""Units whose secrets are drawn together; part of how they follow from the seed."""

_SYMBOLS = CODE_LENGTH + PIN_LENGTH
_BYTES = -(-_SYMBOLS * 5 // 8)
_LETTERS = np.frombuffer(ALPHABET.encode(), dtype=np.uint8)


class Unit(NamedTuple):
    """A unit of a batch with its secrets in the clear."""

    number: int
    token: str
    pin: str


def new_seed() -> bytes:
    """Return a seed that nobody can guess: 256 bits from the operating system."""
    return token_bytes(SEED_BYTES)


def units(seed: bytes, first: int, last: int) -> Iterator[Unit]:
    """Return the units `first` to `last` of the batch, both counted from 1 and included.

    Every token is 130 bits and every PIN 40 bits of SHAKE-256 over the seed and the number of the
    block (FIPS 202): from a unit nobody learns another one.
    """
    assert first >= 1, first
    for block in range((first - 1) // BLOCK, (last - 1) // BLOCK + 1):
        for number, (token, pin) in enumerate(_block(seed, block), start=block * BLOCK + 1):
            if first <= number <= last:
                yield Unit(number, token, pin)


def _block(seed: bytes, block: int) -> list[tuple[str, str]]:
    stream = shake_256(b"puhui serials\n" + seed + block.to_bytes(8)).digest(BLOCK * _BYTES)
    bits = np.unpackbits(np.frombuffer(stream, dtype=np.uint8).reshape(BLOCK, _BYTES), axis=1)
    fives = bits[:, : _SYMBOLS * 5].reshape(BLOCK, _SYMBOLS, 5)
    letters = _LETTERS[fives @ np.array([16, 8, 4, 2, 1], dtype=np.uint8)]
    text = letters.tobytes().decode()
    rows = (text[at : at + _SYMBOLS] for at in range(0, len(text), _SYMBOLS))
    return [(row[:CODE_LENGTH], row[CODE_LENGTH:]) for row in rows]
