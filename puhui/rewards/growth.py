"""How large a tree is at an age, and what a stand holds by area, as far as it was published.

Between two published ages a size lies on the straight line; before the first and beyond the last
nothing is said, except that a tree whose youngest size has no diameter had none before. Ages count
from planting, so a seedling's years in the nursery are left out: less, never more.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib.resources import files
from itertools import pairwise

from puhui.kernel.quantity import EXACT
from puhui.rewards.allometry import CO2_PER_CARBON

M2_PER_HA = Decimal(10_000)


@dataclass(frozen=True)
class Size:
    """A tree's diameter at breast height and height, and who measured it."""

    dbh_cm: Decimal
    height_m: Decimal
    source: str


@dataclass(frozen=True)
class Aged:
    """A published size at an age."""

    species: str
    age_years: Decimal
    size: Size


class Reads(StrEnum):
    """What a figure by area gives."""

    STOCK = "stock"
    """What stands there at any age in its span."""
    RATE = "rate"
    """What is added each year."""


@dataclass(frozen=True)
class ByArea:
    """A published figure of a stand: tonnes of dry mass a hectare, held or added each year."""

    equation: str
    species: str
    reads: Reads
    t_per_ha: Decimal
    carbon_fraction: Decimal
    age_from_years: Decimal
    age_until_years: Decimal
    source: str

    def fits(self, age_years: Decimal) -> bool:
        """Whether it was published for this age."""
        return self.age_from_years <= age_years <= self.age_until_years

    def co2_kg(self, area_m2: int, age_years: Decimal) -> Decimal:
        """Return the carbon dioxide that so much of the stand holds, in kilograms."""
        dry = self.t_per_ha
        if self.reads is Reads.RATE:
            dry = EXACT.multiply(dry, age_years)
        carbon = EXACT.multiply(EXACT.multiply(dry, self.carbon_fraction), Decimal(1000))
        share = EXACT.divide(Decimal(area_m2), M2_PER_HA)
        return EXACT.multiply(EXACT.multiply(carbon, share), CO2_PER_CARBON)


def _rows(name: str) -> list[dict[str, str]]:
    text = (files("puhui.rewards") / "data" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def sizes() -> Sequence[Aged]:
    """Return the published sizes that the product ships, by species and age."""
    return [
        Aged(
            row["species"],
            Decimal(row["age_years"]),
            Size(Decimal(row["dbh_cm"]), Decimal(row["height_m"]), row["source"]),
        )
        for row in _rows("sizes.csv")
    ]


@cache
def areas() -> Sequence[ByArea]:
    """Return the published figures by area that the product ships."""
    return [
        ByArea(
            row["equation"],
            row["species"],
            Reads(row["reads"]),
            Decimal(row["t_per_ha"]),
            Decimal(row["carbon_fraction"]),
            Decimal(row["age_from_years"]),
            Decimal(row["age_until_years"]),
            row["source"],
        )
        for row in _rows("areas.csv")
    ]


def size_at(species: str, age_years: Decimal) -> Size | None:
    """Return a species' size at an age, None where none was published."""
    known = [one for one in sizes() if one.species == species]
    if not known:
        return None
    if age_years < known[0].age_years:
        first = known[0].size
        return first if first.dbh_cm == 0 else None
    for before, after in pairwise(known):
        if before.age_years <= age_years <= after.age_years:
            return _between(before, after, age_years)
    return None


def _between(before: Aged, after: Aged, age_years: Decimal) -> Size:
    span = EXACT.subtract(after.age_years, before.age_years)
    share = EXACT.divide(EXACT.subtract(age_years, before.age_years), span)

    def on_line(one: Decimal, other: Decimal) -> Decimal:
        return EXACT.add(one, EXACT.multiply(EXACT.subtract(other, one), share))

    return Size(
        on_line(before.size.dbh_cm, after.size.dbh_cm),
        on_line(before.size.height_m, after.size.height_m),
        before.size.source,
    )
