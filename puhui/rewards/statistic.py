"""What everybody may know of plantings by city and year, without anybody being singled out.

A cell in which fewer than five people stand is not shown, and totals add up what is shown alone:
else the total less the rest would be the hidden cell.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from puhui.rewards.city import City
from puhui.rewards.ranking import LEAST_PEOPLE

SHADES = 5


@dataclass(frozen=True)
class Counted:
    """What was counted of the approved plantings of a city in a year, before anything is hidden.

    `planted` and `alive` are trees of those plantings whose survival was checked, by
    `checked_people`; `points` are those that the plantings earned.
    """

    city: str
    year: int
    plantings: int
    trees: int
    planted: int
    alive: int
    points: int
    people: int
    checked_people: int
    counted_at: datetime


@dataclass(frozen=True)
class Cell:
    """What is shown of one city or one year. None stands for what is hidden."""

    plantings: int
    trees: int
    points: int
    people: int
    planted: int | None
    alive: int | None

    @property
    def survival_percent(self) -> int | None:
        """Return whole percent of checked trees that lived, rounded half up; None unknown."""
        if not self.planted or self.alive is None:
            return None
        return int(Fraction(self.alive * 100, self.planted) + Fraction(1, 2))


@dataclass(frozen=True)
class Line:
    """A city, or a year, with what is shown of it; None when too few people stand in it."""

    name: str
    cell: Cell | None


@dataclass(frozen=True)
class Tile:
    """A city on the schematic map; `shade` 1 to 5 by trees, 0 when nothing is shown."""

    city: City
    cell: Cell | None
    shade: int
    x: int
    y: int


def shown(counted: Counted) -> Cell | None:
    """Return what may be shown of a count, None where fewer than five people stand."""
    if counted.people < LEAST_PEOPLE:
        return None
    is_safe = counted.checked_people >= LEAST_PEOPLE
    return Cell(
        counted.plantings,
        counted.trees,
        counted.points,
        counted.people,
        counted.planted if is_safe else None,
        counted.alive if is_safe else None,
    )


def added(cells: Iterable[Cell | None]) -> Cell | None:
    """Return the sum of what is shown; None when nothing is.

    Whoever stands in two cells counts in both, as the page says.
    """
    visible = [cell for cell in cells if cell is not None]
    if not visible:
        return None
    checked = [cell for cell in visible if cell.planted is not None]
    return Cell(
        sum(cell.plantings for cell in visible),
        sum(cell.trees for cell in visible),
        sum(cell.points for cell in visible),
        sum(cell.people for cell in visible),
        sum(cell.planted or 0 for cell in checked) if checked else None,
        sum(cell.alive or 0 for cell in checked) if checked else None,
    )


def by_city(counts: Sequence[Counted], cities: Sequence[City], year: int | None) -> list[Line]:
    """Return what is shown of each city, of one year or of all."""
    return [
        Line(
            city.code,
            added(
                shown(one) for one in counts if one.city == city.code and year in (None, one.year)
            ),
        )
        for city in cities
    ]


def by_year(counts: Sequence[Counted], cities: Sequence[City]) -> list[Line]:
    """Return what is shown of each year in these cities, the first year first."""
    codes = {city.code for city in cities}
    years = sorted({one.year for one in counts if one.city in codes})
    return [
        Line(
            str(year),
            added(shown(one) for one in counts if one.city in codes and one.year == year),
        )
        for year in years
    ]


def tiles(lines: Sequence[Line], cities: Sequence[City], size: int) -> list[Tile]:
    """Return the tiles of the map, each `size` units wide, shaded by trees."""
    cells = {line.name: line.cell for line in lines}
    most = max((cell.trees for cell in cells.values() if cell is not None), default=0)
    return [
        Tile(
            city,
            cells.get(city.code),
            _shade(cells.get(city.code), most),
            city.column * size,
            city.row * size,
        )
        for city in cities
    ]


def _shade(cell: Cell | None, most: int) -> int:
    """Return fifths of the greatest, rounded up."""
    return 0 if cell is None or not most else -(-cell.trees * SHADES // most)
