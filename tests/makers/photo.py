"""Photographs for tests: pictures that differ, with what a camera writes."""

from datetime import datetime
from fractions import Fraction
from io import BytesIO

import numpy as np
from PIL import Image

CHANGKOU = (26.7321, 117.4712)
"""A place in Jiangle county, Fujian."""


def picture(seed: int = 1, size: tuple[int, int] = (640, 480)) -> Image.Image:
    """A picture of soft blotches; another `seed` gives another picture."""
    rough = np.random.default_rng(seed).integers(0, 255, (12, 16, 3), dtype=np.uint8)
    return Image.fromarray(rough, "RGB").resize(size, Image.Resampling.BICUBIC)


def photograph(
    seed: int = 1,
    *,
    size: tuple[int, int] = (640, 480),
    form: str = "JPEG",
    taken: datetime | None = None,
    place: tuple[float, float] | None = None,
    orientation: int | None = None,
    **options: object,
) -> bytes:
    """The bytes of a photograph as a phone would send them."""
    image, exif = picture(seed, size), Image.Exif()
    if orientation is not None:
        exif[0x0112] = orientation
    if taken is not None:
        inner = exif.get_ifd(0x8769)
        inner[0x9003] = taken.strftime("%Y:%m:%d %H:%M:%S")
        if taken.tzinfo is not None:
            offset = taken.strftime("%z")
            inner[0x9011] = f"{offset[:3]}:{offset[3:]}"
    if place is not None:
        gps = exif.get_ifd(0x8825)
        gps[1], gps[2] = "N" if place[0] >= 0 else "S", _sexagesimal(abs(place[0]))
        gps[3], gps[4] = "E" if place[1] >= 0 else "W", _sexagesimal(abs(place[1]))
    content = BytesIO()
    image.save(content, form, exif=exif.tobytes(), **options)
    return content.getvalue()


def _sexagesimal(degrees: float) -> tuple[Fraction, Fraction, Fraction]:
    whole = int(degrees)
    minutes = (degrees - whole) * 60
    seconds = round((minutes - int(minutes)) * 60, 4)
    return Fraction(whole), Fraction(int(minutes)), Fraction(seconds).limit_denominator(10_000)
