"""How far from the city of its shop a unit was first scanned: between the cities' centres.

Nobody is asked where they are. What is known is the city of a request, if whoever runs the platform
lets the proxy tell it, and the division in which the shop is registered. Either may be missing;
then nothing is judged, and the decision says which it was.
"""

from dataclasses import dataclass
from enum import StrEnum

from puhui.evidence.geodesy import Place, apart
from puhui.kernel.city import City, city_of_division


class Judged(StrEnum):
    """Whether the distance is known, or why not."""

    YES = "yes"
    NOT_SCANNED = "not_scanned"
    """Nobody had opened the unit's page before it was claimed."""
    CITY_UNKNOWN = "city_unknown"
    """Of the first scan no city is known."""
    SHOP_UNKNOWN = "shop_unknown"
    """No shop has recorded the sale, or it names no place that has a city."""


@dataclass(frozen=True)
class Away:
    """How far away the first scan was."""

    judged: Judged
    km: int | None = None
    """Whole kilometres, rounded down: none beyond the limit by rounding. None if not judged."""


UNSCANNED = Away(Judged.NOT_SCANNED)


def away(scanned: bool, city_code: str | None, shop_division: str | None) -> Away:
    """Return how far the city of the first scan lies from the city of the shop.

    Both are six digits of GB/T 2260; None for what is not known.
    """
    if not scanned:
        return UNSCANNED
    city, home = city_of_division(city_code), city_of_division(shop_division)
    if city is None:
        return Away(Judged.CITY_UNKNOWN)
    if home is None:
        return Away(Judged.SHOP_UNKNOWN)
    return Away(Judged.YES, apart(_place(city), _place(home)).as_wgs84_m // 1000)


def _place(city: City) -> Place:
    return Place(city.latitude, city.longitude)
