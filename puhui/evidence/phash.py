"""A hash that stays near itself when a picture is saved again, shrunk or brightened.

256 bits: the 16 × 16 lowest frequencies of a 64 × 64 grey copy, each compared with their median.
Near hashes are found by exact look-up of their 16 bands of 16 bits: two hashes at most 15 bits
apart share a band, and two at most 40 apart have one that differs in two bits at most (`probes`,
multi-index hashing after Norouzi, Punjani and Fleet, 2012). A crop of a tenth, or a second real
picture of the same tree, is as far away as a stranger's: that is beyond what such a hash can show.
"""

from functools import cache
from itertools import combinations
from math import cos, pi, sqrt

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIZE = 64
LOWEST = 16
BANDS = 16


def _cosines() -> NDArray[np.float64]:
    """Return the first `LOWEST` rows of the orthonormal DCT-II matrix of `SIZE` points."""
    rows = [
        [
            sqrt((1 if k == 0 else 2) / SIZE) * cos(pi * k * (2 * n + 1) / (2 * SIZE))
            for n in range(SIZE)
        ]
        for k in range(LOWEST)
    ]
    return np.array(rows)


_COSINES = _cosines()


def perceptual_hash(image: Image.Image) -> bytes:
    """Return the 32-byte hash of what the picture looks like."""
    grey = image.convert("L").resize((SIZE, SIZE), Image.Resampling.LANCZOS)
    # Not by `@`: for so little BLAS would wake a thread for every core, which then spin.
    across = np.einsum("ku,uv->kv", _COSINES, np.asarray(grey, dtype=np.float64))
    lowest = np.einsum("kv,lv->kl", across, _COSINES)
    return np.packbits(lowest > np.median(lowest)).tobytes()


def distance(one: bytes, other: bytes) -> int:
    """Return how many of the 256 bits differ."""
    assert len(one) == len(other) == 32, (len(one), len(other))
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).bit_count()


def bands(phash: bytes) -> tuple[int, ...]:
    """Return the 16 bands, each with its number in the high half so that only equals meet."""
    assert len(phash) == 2 * BANDS, len(phash)
    return tuple(
        number << 16 | int.from_bytes(phash[2 * number : 2 * number + 2], "big")
        for number in range(BANDS)
    )


def probes(phash: bytes, most: int) -> list[int]:
    """Return bands of which every hash at most `most` bits away has at least one.

    If every one of the first `most % 16 + 1` bands differed in more than `most // 16` bits and
    every other one in that many at least, the whole would differ in more than `most`.
    """
    assert 0 <= most <= MOST_APART, most
    fewest, more = divmod(most, BANDS)
    return [
        band ^ flips
        for number, band in enumerate(bands(phash))
        for flips in _flips(fewest if number <= more else fewest - 1)
    ]


MOST_APART = 47
"""The widest search: beyond it the bands to look up outnumber what they would save."""


@cache
def _flips(most: int) -> tuple[int, ...]:
    """Return every pattern of at most `most` ones among 16 bits; none for a negative number."""
    return tuple(
        sum(1 << bit for bit in chosen)
        for ones in range(most + 1)
        for chosen in combinations(range(16), ones)
    )
