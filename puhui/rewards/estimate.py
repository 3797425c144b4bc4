"""What a planting may have taken out of the air by a survey: a range, or why there is none.

Information in a book of its own, in grams of carbon dioxide: rounded down at the least and up at
the most. It is not an offset, cannot be traded, and nothing turns it into anything that can.
"""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import StrEnum

from puhui.kernel.quantity import EXACT
from puhui.kernel.text import N_
from puhui.rewards.allometry import Use, estimates
from puhui.rewards.growth import Size, areas, size_at
from puhui.rewards.species import Form, catalogue

METHOD = "removal@2026.1"
"""Which rules an estimate followed: the equations and sizes of this version of the product."""

DAYS_PER_YEAR = Decimal("365.25")


class SizeFrom(StrEnum):
    """Where an estimate took its size from."""

    MEASURED = "measured"
    TABLE = "table"
    AREA = "area"


class Unknown(StrEnum):
    """Why there is no estimate."""

    NO_EQUATION = "no_equation"
    NO_SIZE = "no_size"
    NO_AREA = "no_area"
    NO_AGE = "no_age"


UNKNOWN_WORDS: dict[Unknown, str] = {
    Unknown.NO_EQUATION: N_("没有找到适合这个树种和大小的已发表方程，所以不估算"),
    Unknown.NO_SIZE: N_("没有这个树种在这个年龄的已发表尺寸；调查时量胸径和树高就能估算"),
    Unknown.NO_AREA: N_("竹和红树按面积估算；调查时记下成活面积就能估算"),
    Unknown.NO_AGE: N_("没有这个年龄的已发表面积数据，所以不估算"),
}


@dataclass(frozen=True)
class Figure:
    """What one equation says of the whole planting, in kilograms of carbon dioxide."""

    equation: str
    co2_kg: Decimal
    sources: tuple[str, ...]
    is_check: bool = False
    """Shown beside the range, not part of it."""


@dataclass(frozen=True)
class Estimate:
    """A range with everything it was made of; `unknown` says why where there is none."""

    alive: int
    age_years: Decimal
    size_from: SizeFrom | None
    size: Size | None
    area_m2: int | None
    figures: tuple[Figure, ...]
    unknown: Unknown | None = None

    @property
    def counted(self) -> list[Figure]:
        """Return the figures that make the range."""
        return [one for one in self.figures if not one.is_check]

    @property
    def least_g(self) -> int | None:
        """Return the least of the range, in whole grams, rounded down."""
        if self.unknown is not None:
            return None
        least = min(one.co2_kg for one in self.counted)
        return int(EXACT.multiply(least, Decimal(1000)).to_integral_value(ROUND_FLOOR))

    @property
    def most_g(self) -> int | None:
        """Return the most of the range, in whole grams, rounded up."""
        if self.unknown is not None:
            return None
        most = max(one.co2_kg for one in self.counted)
        return int(EXACT.multiply(most, Decimal(1000)).to_integral_value(ROUND_CEILING))


def age_in_years(days: int) -> Decimal:
    """Return days since planting as years."""
    return EXACT.divide(Decimal(days), DAYS_PER_YEAR)


def estimate(
    species: str,
    days: int,
    alive: int,
    *,
    measured: Size | None = None,
    area_m2: int | None = None,
) -> Estimate:
    """Return what the living trees of a planting may hold, by every published equation that fits.

    A measured mean size goes before a published one. Bamboo and mangrove are estimated by the
    living area alone.
    """
    assert alive >= 0, alive
    age = age_in_years(days)
    if catalogue()[species].form in {Form.BAMBOO, Form.MANGROVE}:
        return _by_area(species, age, alive, area_m2)
    size, found_in = measured or size_at(species, age), SizeFrom.TABLE
    if measured is not None:
        found_in = SizeFrom.MEASURED
    if size is None:
        return Estimate(alive, age, None, None, None, (), Unknown.NO_SIZE)
    figures = tuple(
        Figure(
            one.equation,
            EXACT.multiply(one.co2.value, Decimal(alive)),
            (*one.sources, size.source),
            one.use is Use.CHECK,
        )
        for one in estimates(species, size.dbh_cm, size.height_m)
    )
    unknown = None if any(not one.is_check for one in figures) else Unknown.NO_EQUATION
    return Estimate(alive, age, found_in, size, None, figures, unknown)


def _by_area(species: str, age: Decimal, alive: int, area_m2: int | None) -> Estimate:
    if area_m2 is None:
        return Estimate(alive, age, None, None, None, (), Unknown.NO_AREA)
    figures = tuple(
        Figure(one.equation, one.co2_kg(area_m2, age), (one.source,))
        for one in areas()
        if one.species == species and one.fits(age)
    )
    unknown = None if figures else Unknown.NO_AGE
    return Estimate(alive, age, SizeFrom.AREA, None, area_m2, figures, unknown)
