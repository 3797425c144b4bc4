"""Badges and levels: what a person's verified records amount to.

They are never kept: whoever asks gets them from the records as they stand, so that what is taken
back takes its badge along. What they ask for is data, in versions. Points that were bought,
donated for or put right by hand count for nothing here.
"""

import csv
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from itertools import pairwise


class Deed(StrEnum):
    """What one does with one's own hands, and somebody has verified."""

    PLANTING = "planting"
    TENDING = "tending"
    VOLUNTEERING = "volunteering"
    RECYCLING = "recycling"
    SURVIVAL = "survival"


@dataclass(frozen=True)
class Record:
    """A verified deed as it stands: what was taken back is no longer in it.

    `quantity` counts trees, hours, units or living trees; `points` are whole.
    """

    deed: Deed
    day: date
    quantity: int
    points: int
    species: str | None = None


class Measure(StrEnum):
    """What is counted for a badge or a level."""

    POINTS = "points"
    TREES = "trees"
    ALIVE = "alive"
    HOURS = "hours"
    SPECIES = "species"
    YEARS = "years"


@dataclass(frozen=True)
class Mark:
    """A badge or a level: so much of one measure."""

    key: str
    version: str
    measure: Measure
    at_least: int
    valid_from: date
    name_zh: str
    name_en: str
    says_zh: str
    says_en: str

    @property
    def citation(self) -> str:
        """Return name and version, as a record cites it."""
        return f"{self.key}@{self.version}"


@dataclass(frozen=True)
class Earned:
    """How far somebody is with a mark. `on` is the day that reached it, None until then."""

    mark: Mark
    has: int
    on: date | None

    @property
    def is_reached(self) -> bool:
        """Whether it is theirs."""
        return self.on is not None


@dataclass(frozen=True)
class Honours:
    """What a person's verified records amount to."""

    level: Earned | None
    next_level: Earned | None
    badges: tuple[Earned, ...]


def _total(*deeds: Deed) -> Callable[[Sequence[Record]], int]:
    return lambda records: sum(one.quantity for one in records if one.deed in deeds)


_COUNT: Mapping[Measure, Callable[[Sequence[Record]], int]] = {
    Measure.POINTS: lambda records: sum(one.points for one in records),
    Measure.TREES: _total(Deed.PLANTING),
    Measure.ALIVE: _total(Deed.SURVIVAL),
    Measure.HOURS: _total(Deed.TENDING, Deed.VOLUNTEERING),
    Measure.SPECIES: lambda records: len(
        {one.species for one in records if one.deed is Deed.PLANTING}
    ),
    Measure.YEARS: lambda records: len(
        {one.day.year for one in records if one.deed is Deed.PLANTING}
    ),
}


def honours(
    records: Sequence[Record], badges: Sequence[Mark], levels: Sequence[Mark], today: date
) -> Honours:
    """Return the level and the badges that verified records amount to, by the marks of today."""
    in_order = sorted(records, key=lambda one: one.day)
    steps = [_earned(mark, in_order) for mark in in_force(levels, today)]
    reached = [one for one in steps if one.is_reached]
    ahead = [one for one in steps if not one.is_reached]
    return Honours(
        reached[-1] if reached else None,
        ahead[0] if ahead else None,
        tuple(_earned(mark, in_order) for mark in in_force(badges, today)),
    )


def _earned(mark: Mark, in_order: Sequence[Record]) -> Earned:
    count = _COUNT[mark.measure]
    # No measure falls as records are added, so the first that reached it is found by halving.
    first = bisect_left(
        range(len(in_order)), mark.at_least, key=lambda number: count(in_order[: number + 1])
    )
    return Earned(mark, count(in_order), in_order[first].day if first < len(in_order) else None)


def in_force(marks: Sequence[Mark], today: date) -> list[Mark]:
    """Return of each mark the version that counts today, in the order of the file."""
    found: dict[str, Mark] = {}
    for mark in marks:
        if mark.valid_from <= today:
            known = found.get(mark.key)
            if known is None or known.valid_from <= mark.valid_from:
                found[mark.key] = mark
    return list(found.values())


@cache
def badges() -> tuple[Mark, ...]:
    """Return every version of every badge that ships with the product."""
    return _read("badges.csv")


@cache
def levels() -> tuple[Mark, ...]:
    """Return every version of every level, the lowest first."""
    found = _read("levels.csv")
    for version in {mark.version for mark in found}:
        steps = [mark.at_least for mark in found if mark.version == version]
        assert all(low < high for low, high in pairwise(steps)), steps
    return found


def _read(name: str) -> tuple[Mark, ...]:
    text = (files("puhui.rewards") / "data" / name).read_text(encoding="utf-8")
    return tuple(
        Mark(
            row["key"],
            row["version"],
            Measure(row["measure"]),
            int(row["at_least"]),
            date.fromisoformat(row["valid_from"]),
            row["name_zh"],
            row["name_en"],
            row["says_zh"],
            row["says_en"],
        )
        for row in csv.DictReader(text.splitlines())
    )
