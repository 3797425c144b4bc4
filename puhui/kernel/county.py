"""Counties of China by their code and names (GB/T 2260), for every package that names a place."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("data") / "counties.csv"


@dataclass(frozen=True)
class County:
    """A county-level division: county, city at that level, district or banner."""

    code: str
    """Six digits."""
    name_zh: str
    name_en: str
    """In ASCII letters, for people who read no Chinese; what is kept and sent is the Chinese."""
    city: str
    """Code of the prefecture-level city that it belongs to."""


@cache
def counties() -> Mapping[str, County]:
    """Return all counties by their code."""
    with _FILE.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(line for line in lines if not line.startswith("#"))
        return {
            row["code"]: County(row["code"], row["name_zh"], row["name_en"], row["city"])
            for row in rows
        }


def county_name(code: str) -> str:
    """Return the Chinese name of a county; of a code that is none, the code itself."""
    found = counties().get(code)
    return found.name_zh if found else code


def county_written(told: str, city: str) -> County | None:
    """Return the county of a city that somebody has written by its Chinese name."""
    return next(
        (one for one in counties().values() if (one.name_zh, one.city) == (told, city)), None
    )


def county_meant(told: str) -> str:
    """Return the code of the one county that is so called; anything else as it was told.

    `将乐县`, `将乐` and `jiangle` mean 350428. 鼓楼区 is a district of several cities, so it means
    none of them.
    """
    wanted = told.strip().casefold()
    found = [
        county.code
        for county in counties().values()
        if wanted in (county.name_zh, county.name_zh[:-1], county.name_en.casefold())
    ]
    return found[0] if len(found) == 1 else told


def counties_called(told: str) -> frozenset[str]:
    """Return the codes of the counties in whose name `told` occurs, or whose code it is."""
    english = told.casefold()
    return frozenset(
        county.code
        for county in counties().values()
        if told in county.name_zh or english in county.name_en.casefold() or told == county.code
    )
