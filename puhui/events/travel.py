"""Trips of attendees: distance between cities, detour, and the mode where none was told.

Detours and bands of distance are published figures and lie in this package's tables with their
sources.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from functools import cache
from math import asin, cos, radians, sin, sqrt

from puhui.events.city import table
from puhui.kernel.city import City
from puhui.kernel.quantity import EXACT, Distance
from puhui.kernel.text import N_

EARTH_RADIUS_KM = 6371.0088
"""Mean radius (IUGG)."""


class Mode(StrEnum):
    """How somebody comes."""

    AIR = "air"
    """In a class that nobody told."""
    AIR_ECONOMY = "air_economy"
    AIR_PREMIUM = "air_premium"
    AIR_BUSINESS = "air_business"
    AIR_FIRST = "air_first"
    HIGH_SPEED_RAIL = "high_speed_rail"
    RAIL = "rail"
    COACH = "coach"
    CAR = "car"
    TAXI = "taxi"
    BUS = "bus"
    METRO = "metro"
    FERRY = "ferry"
    WALK = "walk"
    """On foot or by bicycle."""
    ONLINE = "online"


CABINS: Mapping[Mode, str] = {
    Mode.AIR_ECONOMY: "economy",
    Mode.AIR_PREMIUM: "premium",
    Mode.AIR_BUSINESS: "business",
    Mode.AIR_FIRST: "first",
}
"""Flights in a class that was told. Factors by class are published for international ones."""

MODE_NAMES: Mapping[Mode, str] = {
    Mode.AIR: N_("飞机"),
    Mode.AIR_ECONOMY: N_("飞机经济舱"),
    Mode.AIR_PREMIUM: N_("飞机超级经济舱"),
    Mode.AIR_BUSINESS: N_("飞机公务舱"),
    Mode.AIR_FIRST: N_("飞机头等舱"),
    Mode.HIGH_SPEED_RAIL: N_("高铁动车"),
    Mode.RAIL: N_("普速火车"),
    Mode.COACH: N_("长途客车"),
    Mode.CAR: N_("小汽车"),
    Mode.TAXI: N_("出租车或网约车"),
    Mode.BUS: N_("公交车"),
    Mode.METRO: N_("地铁"),
    Mode.FERRY: N_("轮船"),
    Mode.WALK: N_("步行或骑行"),
    Mode.ONLINE: N_("线上参会"),
}


@dataclass(frozen=True)
class Detour:
    """How much longer the way is than the great circle: coefficient first, constant then."""

    mode: str
    coefficient: Decimal
    constant_km: Decimal
    source: str

    def over(self, great_circle: Distance) -> Distance:
        """Return the distance travelled."""
        longer = EXACT.multiply(great_circle.value, self.coefficient)
        return Distance(EXACT.add(longer, self.constant_km))


@dataclass(frozen=True)
class Band:
    """From this great-circle distance on, people who do not say come by `mode`."""

    from_km: Decimal
    mode: Mode
    source: str


@cache
def detours() -> Mapping[str, Detour]:
    """Return the published detours, by kind of travel; a class flies the way of its flight."""
    found = {
        row["mode"]: Detour(
            row["mode"], Decimal(row["coefficient"]), Decimal(row["constant_km"]), row["source"]
        )
        for row in table("detours.csv")
    }
    international = found["air_international"]
    for cabin in CABINS.values():
        kind = f"air_international_{cabin}"
        found[kind] = replace(international, mode=kind)
    return found


@cache
def bands() -> tuple[Band, ...]:
    """Return the published bands by which a mode is guessed, nearest first."""
    found = [
        Band(Decimal(row["from_km"]), Mode(row["mode"]), row["source"])
        for row in table("mode_bands.csv")
    ]
    return tuple(sorted(found, key=lambda band: band.from_km))


def great_circle(one: City, other: City) -> Distance:
    """Return the distance between two cities over the globe, to 0.1 km."""
    lat1, lon1 = radians(float(one.latitude)), radians(float(one.longitude))
    lat2, lon2 = radians(float(other.latitude)), radians(float(other.longitude))
    h = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    km = 2 * EARTH_RADIUS_KM * asin(sqrt(h))
    return Distance(Decimal(repr(km)).quantize(Decimal("0.1"), ROUND_HALF_EVEN))


def guess_mode(origin: City, venue: City, by: tuple[Band, ...]) -> Mode:
    """Return the mode by which people come who do not say, by published bands of distance.

    Whoever crosses a border other than to Hong Kong or Macao comes by air; whoever is at home
    makes no trip worth counting between cities.
    """
    if origin.code == venue.code:
        return Mode.WALK
    rail = {"CN", "HK", "MO"}
    if origin.country != venue.country and not {origin.country, venue.country} <= rail:
        return Mode.AIR
    km = great_circle(origin, venue).value
    return [band.mode for band in by if band.from_km <= km][-1]


def kind_of_travel(mode: Mode, origin: City, venue: City) -> str | None:
    """Return the activity that a trip by `mode` is, or None when it emits nothing counted."""
    if mode in {Mode.WALK, Mode.ONLINE} or origin.code == venue.code:
        return None
    if mode is Mode.AIR or mode in CABINS:
        if origin.country == venue.country == "CN":
            return "air_domestic"
        cabin = CABINS.get(mode)
        return f"air_international_{cabin}" if cabin else "air_international"
    return str(mode)
