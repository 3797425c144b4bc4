"""A hash that stays near itself when a picture is saved again, shrunk or brightened.

256 bits: the 16 × 16 lowest frequencies of a 64 × 64 grey copy, each compared with their median.
Two hashes at most 15 bits apart share at least one of their 16 bands of 16 bits, so near ones
are found by exact look-up. A crop of a tenth, or a second real picture of the same tree, is as
far away as a stranger's: that is beyond what such a hash can show.
"""

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
    lowest = _COSINES @ np.asarray(grey, dtype=np.float64) @ _COSINES.T
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
