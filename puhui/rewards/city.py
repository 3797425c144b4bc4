"""Cities of provinces and where each stands on a schematic map: one tile a city, no boundaries.

A province is added by listing its cities; nothing else names one.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class City:
    """A prefecture-level city. `column` and `row` count tiles from the north-west, from 0."""

    code: str
    """Six digits, GB/T 2260."""
    name_zh: str
    name_en: str
    column: int
    row: int


@cache
def cities() -> Mapping[str, Sequence[City]]:
    """Return the cities of each province that lists them, by the province's code."""
    text = (files("puhui.rewards") / "data" / "cities.csv").read_text(encoding="utf-8")
    found: dict[str, list[City]] = {}
    for row in csv.DictReader(text.splitlines()):
        city = City(
            row["code"], row["name_zh"], row["name_en"], int(row["column"]), int(row["row"])
        )
        found.setdefault(row["code"][:2] + "0000", []).append(city)
    return found
