"""The QR codes of a batch, all at once.

The codes of a batch differ in their tokens alone. With version, level, mode and mask fixed, every
module of a QR code is an affine function over GF(2) of the bits of its text: the Reed-Solomon
code and the format's BCH code are linear, the mask is an exclusive or (ISO/IEC 18004). So a code
is one base drawing, exclusive-or one drawing for each pair of characters of the token, looked up
in tables that a hundred and some drawings of the library fill.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import product
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode
from qrcode.util import ALPHA_NUM, MODE_8BIT_BYTE, QRData, lost_point

from puhui.footprint.label import ALPHABET

MASKS = range(8)
_ORDER = np.zeros(256, dtype=np.int64)
_ORDER[np.frombuffer(ALPHABET.encode(), dtype=np.uint8)] = np.arange(len(ALPHABET))


class Series:
    """Draws the codes of all texts that are `prefix` and then so many letters of a token."""

    def __init__(self, prefix: str, letters: int) -> None:
        self.prefix, self.letters = prefix, letters
        sample = [(ALPHABET * 2)[at : at + letters] for at in range(0, 32, 8)]
        plain = all(byte in ALPHA_NUM for byte in prefix.encode())
        self.mode: Literal[2, 4] = 2 if plain else 4  # alphanumeric, or bytes
        self.version = self._code(sample[0], mask=0).version
        # The standard would have each code choose for itself, which costs a thousand times the
        # rest; readers take any mask, and one that suits a sample suits random tokens.
        self.mask = min(MASKS, key=lambda mask: sum(self._lost(text, mask) for text in sample))
        self.size = 17 + 4 * self.version
        self._slots = self._slots_of_token()
        self._zero = ALPHABET[0] * letters
        self._base = self._drawn(self._zero)
        self._tables = [self._table(slot) for slot in self._slots]

    def matrices(self, tokens: Sequence[str]) -> NDArray[np.bool_]:
        """Return the modules of the codes, dark ones true, without quiet zone: [code, row, column].

        Every token is of the alphabet and of the series' length.
        """
        written = np.frombuffer("".join(tokens).encode(), dtype=np.uint8)
        order = _ORDER[written.reshape(len(tokens), self.letters)]
        packed = np.repeat(self._bytes(self._base)[None, :], len(tokens), axis=0)
        for slot, table in zip(self._slots, self._tables, strict=True):
            key = (
                order[:, slot[0]] if len(slot) == 1 else order[:, slot[0]] * 32 + order[:, slot[1]]
            )
            packed ^= table[key]
        modules = np.unpackbits(packed, axis=1, count=self.size * self.size)
        return modules.reshape(len(tokens), self.size, self.size).astype(bool)

    def _slots_of_token(self) -> list[tuple[int, ...]]:
        """Return which letters of the token are coded together."""
        if self.mode == MODE_8BIT_BYTE:
            return [(at,) for at in range(self.letters)]
        # Two characters share eleven bits; with an odd prefix the first letter joins its last.
        odd = len(self.prefix) % 2
        slots: list[tuple[int, ...]] = [(0,)] if odd else []
        slots += [(at, at + 1) for at in range(odd, self.letters - 1, 2)]
        if (self.letters - odd) % 2:
            slots.append((self.letters - 1,))
        return slots

    def _table(self, slot: tuple[int, ...]) -> NDArray[np.uint8]:
        """Return what each filling of the slot changes in the base drawing, packed."""
        reduced: dict[int, tuple[int, int]] = {}  # highest bit of a difference → it, its drawing
        rows = []
        zero = self._value(slot, (ALPHABET[0],) * len(slot))
        for filling in product(ALPHABET, repeat=len(slot)):
            bits, change = self._value(slot, filling) ^ zero, 0
            while bits:
                known = reduced.get(bits.bit_length())
                if known is None:
                    # A direction not seen yet: let the library draw it. What has been taken off
                    # `bits` so far is in `change`.
                    drawn = self._drawn(self._filled(slot, filling)) ^ self._base
                    reduced[bits.bit_length()] = (bits, drawn ^ change)
                    change = drawn
                    break
                bits, change = bits ^ known[0], change ^ known[1]
            rows.append(self._bytes(change))
        return np.stack(rows)

    def _filled(self, slot: tuple[int, ...], filling: tuple[str, ...]) -> str:
        letters = list(self._zero)
        for at, letter in zip(slot, filling, strict=True):
            letters[at] = letter
        return "".join(letters)

    def _value(self, slot: tuple[int, ...], filling: tuple[str, ...]) -> int:
        """Return the bits that the slot's letters are coded in, with what shares them."""
        if self.mode == MODE_8BIT_BYTE:
            return ord(filling[0])
        shared = self.prefix[-1] if slot == (0,) and len(self.prefix) % 2 else ""
        value = 0
        for letter in (*shared, *filling):
            value = value * 45 + ALPHA_NUM.index(letter.encode())
        return value

    def _code(self, token: str, mask: int, version: int | None = None) -> QRCode:  # type: ignore[type-arg]
        code = QRCode(version, ERROR_CORRECT_M, border=0, mask_pattern=mask)
        code.add_data(QRData((self.prefix + token).encode(), mode=self.mode))
        code.make(fit=version is None)
        return code

    def _lost(self, token: str, mask: int) -> int:
        return int(lost_point(self._code(token, mask, self.version).modules))

    def _drawn(self, token: str) -> int:
        """Return the library's drawing as one number, a bit for each module."""
        matrix = np.array(self._code(token, self.mask, self.version).modules, dtype=bool)
        return int.from_bytes(np.packbits(matrix.ravel()).tobytes())

    def _bytes(self, drawing: int) -> NDArray[np.uint8]:
        length = -(-self.size * self.size // 8)
        return np.frombuffer(drawing.to_bytes(length), dtype=np.uint8)


@lru_cache(maxsize=8)
def series(prefix: str, letters: int) -> Series:
    """Return the series of a prefix; its tables are filled once in a process."""
    return Series(prefix, letters)
