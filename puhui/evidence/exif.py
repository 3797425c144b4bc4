"""What a camera wrote into a photograph: when, and where. Nonsense reads as nothing."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

from puhui.kernel.clock import CHINA

MILLIONTH = Decimal("0.000001")
"""A millionth of a degree, about 11 cm: no phone knows its place better."""


@dataclass(frozen=True)
class Capture:
    """When and where, as far as the camera said."""

    taken_at: datetime | None = None
    zone_assumed: bool = False
    """The camera gave no time zone; China's single one was assumed."""
    latitude: Decimal | None = None
    """Degrees north, WGS-84 as the EXIF standard has it."""
    longitude: Decimal | None = None
    """Degrees east."""
    orientation: int = 1


def read(image: Image.Image) -> Capture:
    """Return what the picture's EXIF says. A damaged part is left out, never guessed."""
    try:
        exif = image.getexif()
        inner, gps = exif.get_ifd(IFD.Exif), exif.get_ifd(IFD.GPSInfo)
    except (SyntaxError, ValueError, TypeError, KeyError, OSError, EOFError):
        return Capture()
    taken_at, assumed = _instant(
        inner.get(Base.DateTimeOriginal, exif.get(Base.DateTime)),
        inner.get(Base.OffsetTimeOriginal),
    )
    latitude = _degrees(gps.get(GPS.GPSLatitude), gps.get(GPS.GPSLatitudeRef), "NS", 90)
    longitude = _degrees(gps.get(GPS.GPSLongitude), gps.get(GPS.GPSLongitudeRef), "EW", 180)
    if latitude is None or longitude is None:
        latitude = longitude = None
    orientation = exif.get(Base.Orientation)
    return Capture(
        taken_at,
        assumed,
        latitude,
        longitude,
        orientation if isinstance(orientation, int) and 1 <= orientation <= 8 else 1,
    )


def _instant(text: object, offset: object) -> tuple[datetime | None, bool]:
    if not isinstance(text, str):
        return None, False
    try:
        local = datetime.strptime(text.strip("\0 "), "%Y:%m:%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return None, False
    if not 1990 <= local.year <= 2100:
        return None, False
    zone = _zone(offset)
    return local.replace(tzinfo=zone or CHINA).astimezone(UTC), zone is None


def _zone(offset: object) -> timezone | None:
    """Return the zone of a text like `+08:00`."""
    if not isinstance(offset, str):
        return None
    try:
        ahead = datetime.strptime(offset.strip("\0 "), "%z").utcoffset()
    except ValueError:
        return None
    return None if ahead is None or abs(ahead) > timedelta(hours=14) else timezone(ahead)


def _degrees(parts: object, side: object, sides: str, most: int) -> Decimal | None:
    """Return signed degrees from degrees, minutes, seconds and a side like `N`."""
    if not isinstance(parts, tuple) or len(parts) != 3 or not isinstance(side, str):
        return None
    side = side.strip("\0 ")
    if len(side) != 1 or side not in sides:
        return None
    try:
        degrees, minutes, seconds = (Fraction(str(part)) for part in parts)
        total = degrees + minutes / 60 + seconds / 3600
        value = (Decimal(total.numerator) / Decimal(total.denominator)).quantize(MILLIONTH)
    except (ValueError, ZeroDivisionError, InvalidOperation):
        return None
    if not 0 <= value <= most:
        return None
    return -value if side == sides[1] else value
