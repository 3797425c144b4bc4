"""Figures as a page or a table shows them; parts are rounded so that they still add up."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from typing import TypeVar

from puhui.events.activity import Level
from puhui.events.estimate import Estimate, Line
from puhui.factors.factor import Factor
from puhui.kernel.quantity import Co2e, plain

Key = TypeVar("Key")

LINE_HEADINGS = (
    "source",
    "activity",
    "amount",
    "unit",
    "kg",
    "gases",
    "level",
    "marks",
    "factor",
    "kg_per_unit",
    "factor_unit",
    "factor_region",
    "factor_year",
    "factor_source",
    "note",
)
"""Of the table of lines; the words are those of the document."""


def rounded_together(values: Mapping[Key, Decimal], places: int = 1) -> dict[Key, Decimal]:
    """Return the values rounded to `places`, adding up to their rounded sum.

    Each is rounded down; the units that are lacking go to the largest remainders.
    """
    step = Decimal(1).scaleb(-places)
    total = sum(values.values(), Decimal(0)).quantize(step, ROUND_HALF_EVEN)
    floors = {key: value.quantize(step, ROUND_FLOOR) for key, value in values.items()}
    lacking = int((total - sum(floors.values(), Decimal(0))) / step)
    order: Sequence[Key] = sorted(values, key=lambda key: floors[key] - values[key])
    for key in order[:lacking]:
        floors[key] += step
    return floors


def by_level(estimate: Estimate) -> dict[Level, Decimal]:
    """Return the kilograms that rest on each level of data, rounded together; best level first."""
    sums = {level: Co2e.zero() for level in Level}
    for line in estimate.lines:
        sums[line.level] = sums[line.level] + line.emission
    told = {line.level for line in estimate.lines}
    return rounded_together({level: sums[level].value for level in Level if level in told})


def factors_of(estimate: Estimate) -> list[Factor]:
    """Return each factor that the estimate rests on, once, in the order of its lines."""
    return list({line.factor.citation: line.factor for line in estimate.lines}.values())


def cells_of(line: Line) -> tuple[object, ...]:
    """Return a line under `LINE_HEADINGS`. Kilograms are exact."""
    return (
        str(line.source),
        line.activity,
        plain(line.amount),
        line.unit,
        plain(line.emission.value),
        str(line.factor.gases),
        str(line.level),
        " ".join(line.marks),
        line.factor.citation,
        plain(line.factor.kg_per_unit),
        line.factor.unit,
        line.factor.region,
        line.factor.year,
        line.factor.source,
        line.note,
    )
