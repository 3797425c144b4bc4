"""One figure beside another: only like with like, and what the difference says."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from puhui.kernel.unit import unit_called

REDUCTION_LEAST = Fraction(3, 100)
REDUCTION_YEARS = 5
"""A reduction label (減碳標籤, Taiwan) wants 3 % less within five years of the baseline."""


class NotAlike(ValueError):
    """The two figures are not about the same amount of the same span of life."""


@dataclass(frozen=True)
class Told:
    """A published figure: kilograms of CO2e for one `unit`, over what `boundary`."""

    kg: Decimal
    unit: str
    boundary: str


def difference(mine: Told, other: Told) -> Fraction:
    """Return how many kilograms less mine is than the other.

    Raises:
        NotAlike: boundary or unit differ; there is no such number then.
    """
    one, two = unit_called(mine.unit), unit_called(other.unit)
    if mine.boundary != other.boundary or one is None or two is None or one != two:
        raise NotAlike(mine, other)
    return Fraction(other.kg) - Fraction(mine.kg)


def reduction(before: Fraction, after: Fraction) -> Fraction:
    """Return the part of `before` that is no longer there; below zero when there is more."""
    return 1 - after / before


def baseline(after: Fraction, reduced_by: Fraction) -> Fraction:
    """Return what a figure was before it fell by such a part."""
    return after / (1 - reduced_by)


def held_in_net(gross: Fraction, net: Fraction) -> Fraction:
    """Return the carbon that a published net figure has subtracted: what it holds, apart again."""
    return gross - net


def earns_reduction(baseline_kg: Fraction, new_kg: Fraction, years: int) -> bool:
    """Whether a footprint fell far and fast enough for a reduction label."""
    return years <= REDUCTION_YEARS and reduction(baseline_kg, new_kg) >= REDUCTION_LEAST
