"""Cities and where they are, for every package that measures how far apart two of them lie.

The table holds every prefecture-level city of China and some hundred others; each stands at one
published point.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from puhui.kernel.county import counties

_FILE = Path(__file__).with_name("data") / "cities.csv"
_MUNICIPALITIES = ("11", "12", "31", "50")
"""Beijing, Tianjin, Shanghai, Chongqing: cities that are provinces."""


@dataclass(frozen=True)
class City:
    """A city, or prefecture, at one point of the map."""

    code: str
    """GB/T 2260 for China, country and name elsewhere."""
    name_zh: str
    name_en: str
    region: str
    """ISO 3166: `CN-FJ`, `JP`."""
    latitude: Decimal
    longitude: Decimal
    """WGS-84, degrees."""
    aliases: tuple[str, ...] = ()
    """What else people write for it."""

    @property
    def country(self) -> str:
        """Return the ISO 3166-1 code."""
        return self.region[:2]


@cache
def cities() -> Mapping[str, City]:
    """Return all cities by their code."""
    with _FILE.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(line for line in lines if not line.startswith("#"))
        return {
            row["code"]: City(
                code=row["code"],
                name_zh=row["name_zh"],
                name_en=row["name_en"],
                region=row["region"],
                latitude=Decimal(row["latitude"]),
                longitude=Decimal(row["longitude"]),
                aliases=tuple(filter(None, row["aliases"].split(";"))),
            )
            for row in rows
        }


def city_of_division(code: str | None) -> City | None:
    """Return the city that a division is or lies in, by its six digits (GB/T 2260).

    None for a province as a whole, for whatever is not in the table, and for anything that is no
    such code.
    """
    if code is None or len(code) != 6 or not (code.isascii() and code.isdigit()):
        return None
    if code.startswith(_MUNICIPALITIES) and code[2:] in ("0100", "0200"):
        # "Districts of the city", "counties of the city": names for the whole of it.
        code = code[:2] + "0000"
    county = counties().get(code)
    return cities().get(county.city if county else code)
