"""Places on the ground, and the two datums in which phones in China name them.

Maps published in China shift every point by some hundreds of metres (GCJ-02: 265 m in Urumqi,
555 in Beijing, 634 in Changkou); cameras and satellites do not (WGS-84).
Who compares a point in one with a point in the other accuses the honest, so a distance is always
measured both ways and the nearer reading is believed: see `apart`.

Metres between points are measurements, not quantities that anybody owns: they are floats.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from math import asin, cos, pi, radians, sin, sqrt

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius of the Earth, IUGG."""

# Krasovsky 1940, the ellipsoid of the shift: semi-major axis in metres, eccentricity squared.
_AXIS_M = 6_378_245.0
_ECCENTRICITY_2 = 0.006_693_421_622_965_943


class Datum(StrEnum):
    """What the degrees refer to."""

    WGS84 = "WGS-84"
    GCJ02 = "GCJ-02"


@dataclass(frozen=True)
class Place:
    """A point in degrees north and east. Without a datum, nobody knows how a phone meant it."""

    latitude: Decimal
    longitude: Decimal
    datum: Datum | None = Datum.WGS84


@dataclass(frozen=True)
class Apart:
    """How far two points lie from each other, in metres, under either reading of the first."""

    as_said_m: int | None
    """None when no datum was said."""
    as_wgs84_m: int
    as_gcj02_m: int

    @property
    def least_m(self) -> int:
        """Return the distance under the reading that favours the person."""
        return min(self.as_wgs84_m, self.as_gcj02_m)

    @property
    def likelier(self) -> Datum:
        """Return the datum under which the points lie nearer."""
        return Datum.WGS84 if self.as_wgs84_m <= self.as_gcj02_m else Datum.GCJ02


def apart(one: Place, other: Place) -> Apart:
    """Return how far `one` lies from `other`, with `one` read as WGS-84 and as GCJ-02.

    Many apps hand a shifted point on as if it came from the satellites, and the reverse. A
    declared datum is therefore kept (`as_said_m`) but does not decide alone. `other` must state
    its datum.
    """
    assert other.datum is not None, other
    fixed = _wgs84(other)
    as_wgs84 = _metres((float(one.latitude), float(one.longitude)), fixed)
    as_gcj02 = _metres(_from_gcj02(float(one.latitude), float(one.longitude)), fixed)
    said = {None: None, Datum.WGS84: as_wgs84, Datum.GCJ02: as_gcj02}[one.datum]
    return Apart(None if said is None else round(said), round(as_wgs84), round(as_gcj02))


def to_gcj02(latitude: float, longitude: float) -> tuple[float, float]:
    """Return a WGS-84 point as Chinese maps show it; outside China it stays where it is.

    The shift as open implementations reconstructed it from published maps; good to about a metre.
    """
    if not (0.8293 <= latitude <= 55.8271 and 72.004 <= longitude <= 137.8347):
        return latitude, longitude
    x, y = longitude - 105.0, latitude - 35.0
    waves = (20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)) * 2 / 3
    north = (
        -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + waves
        + (20 * sin(y * pi) + 40 * sin(y / 3 * pi)) * 2 / 3
        + (160 * sin(y / 12 * pi) + 320 * sin(y * pi / 30)) * 2 / 3
    )  # fmt: skip
    east = (
        300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + waves
        + (20 * sin(x * pi) + 40 * sin(x / 3 * pi)) * 2 / 3
        + (150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)) * 2 / 3
    )  # fmt: skip
    bend = 1 - _ECCENTRICITY_2 * sin(radians(latitude)) ** 2
    metres_north = _AXIS_M * (1 - _ECCENTRICITY_2) / (bend * sqrt(bend)) * pi / 180
    metres_east = _AXIS_M / sqrt(bend) * cos(radians(latitude)) * pi / 180
    return latitude + north / metres_north, longitude + east / metres_east


def _from_gcj02(latitude: float, longitude: float) -> tuple[float, float]:
    """Return where a shifted point really lies: what the shift sends there, to a millimetre."""
    guess = latitude, longitude
    for _ in range(4):
        shifted = to_gcj02(*guess)
        guess = guess[0] + latitude - shifted[0], guess[1] + longitude - shifted[1]
    return guess


def _wgs84(place: Place) -> tuple[float, float]:
    point = float(place.latitude), float(place.longitude)
    return _from_gcj02(*point) if place.datum is Datum.GCJ02 else point


def _metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the great-circle distance (haversine) on a sphere, within half a per cent."""
    north, south = radians(one[0]), radians(other[0])
    half = sin((north - south) / 2) ** 2
    half += cos(north) * cos(south) * sin(radians(one[1] - other[1]) / 2) ** 2
    return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(half)))
