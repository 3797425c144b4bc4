"""Numbers with units.

Science is `Decimal`; the ledger is `int` of the smallest unit. Rounding happens only where the
two meet, and says its direction: points down, retirements up.
"""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from typing import Self

# Wide enough that no sum or product of an inventory rounds before we say so; fixed here rather
# than taken from the thread, so that a stranger's machine computes the same digits.
EXACT = Context(prec=50)


def plain(number: Decimal) -> str:
    """Return the number in digits, never with an exponent, without idle zeros."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def thousands(number: Decimal | int) -> str:
    """Return the number as `plain` does, its thousands apart for people to read."""
    whole, point, places = plain(Decimal(number)).partition(".")
    sign = "-" if whole.startswith("-") else ""
    return f"{sign}{int(whole.lstrip('-')):,}{point}{places}"


@dataclass(frozen=True, order=True)
class _Quantity:
    value: Decimal

    def __post_init__(self) -> None:
        assert isinstance(self.value, Decimal), type(self.value)
        assert self.value.is_finite(), self.value

    def __add__(self, other: Self) -> Self:
        assert type(self) is type(other), (type(self), type(other))
        return type(self)(EXACT.add(self.value, other.value))

    def __sub__(self, other: Self) -> Self:
        assert type(self) is type(other), (type(self), type(other))
        return type(self)(EXACT.subtract(self.value, other.value))

    def __mul__(self, factor: Decimal | int) -> Self:
        return type(self)(EXACT.multiply(self.value, Decimal(factor)))

    @classmethod
    def zero(cls) -> Self:
        """Return nothing of it."""
        return cls(Decimal(0))


class Co2e(_Quantity):
    """Greenhouse gas, in kilograms of CO2 equivalent."""

    def ceil_kg(self, granularity_kg: int = 1) -> int:
        """Return the least whole multiple of `granularity_kg` that is not less: retirements up."""
        assert granularity_kg > 0, granularity_kg
        steps = EXACT.divide(self.value, Decimal(granularity_kg)).to_integral_value(ROUND_CEILING)
        return int(steps) * granularity_kg

    def floor_kg(self) -> int:
        """Return the whole kilograms that are certainly there."""
        return int(self.value.to_integral_value(ROUND_FLOOR))


class Mass(_Quantity):
    """Mass, in kilograms."""


class Distance(_Quantity):
    """Distance, in kilometres."""


class Energy(_Quantity):
    """Energy, in kilowatt-hours."""
