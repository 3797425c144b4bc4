"""Whether a figure is of a plausible size: it is held against its peers.

Peers measure the same dimension in the same gases within the same boundary, and are about the same
subject; a subject that nobody else is about asks its family (`plastic` for `plastic.pp`), if three
or more are in it. A figure more than ten times above the greatest or below the least of them is
more often a slipped unit than a discovery (CPCD lists a floor with 100 t a tonne, polypropylene
from 0.000868 to 7.95 kg/kg).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from puhui.factors.factor import Factor
from puhui.kernel.unit import UNITS

FARTHEST = 10
LEAST_FAMILY = 3

Slot = tuple[str, str, str, str]
"""Subject or family, dimension, gases, boundary."""


@dataclass(frozen=True)
class Range:
    """The least and the greatest of some peers, in kilograms a unit of the factor held to them."""

    least: Fraction
    greatest: Fraction

    def holds(self, factor: Factor) -> bool:
        """Whether the factor is within ten times the range."""
        value = Fraction(factor.kg_per_unit)
        return self.least <= value * FARTHEST and value <= self.greatest * FARTHEST


@dataclass
class _Peers:
    """Who is in a slot, and the two at either end: one of them may be the one that asks."""

    citations: set[str] = field(default_factory=set)
    least: list[tuple[Fraction, str]] = field(default_factory=list)
    greatest: list[tuple[Fraction, str]] = field(default_factory=list)

    def add(self, factor: Factor) -> None:
        self.citations.add(factor.citation)
        one = (Fraction(factor.kg_per_unit) / UNITS[factor.unit].size, factor.citation)
        self.least = sorted([*self.least, one])[:2]
        self.greatest = sorted([*self.greatest, one], reverse=True)[:2]

    def besides(self, factor: Factor, enough: int) -> Range | None:
        """Return what the others span, if there are `enough` of them."""
        if len(self.citations) - (factor.citation in self.citations) < enough:
            return None
        size = UNITS[factor.unit].size
        least, greatest = (
            next(value for value, citation in end if citation != factor.citation)
            for end in (self.least, self.greatest)
        )
        return Range(least * size, greatest * size)


class Peers:
    """Factors that others are held against."""

    def __init__(self, factors: Iterable[Factor]) -> None:
        self._own: dict[Slot, _Peers] = {}
        self._kin: dict[Slot, _Peers] = {}
        for factor in {factor.citation: factor for factor in factors}.values():
            self._own.setdefault(_slot(factor.subject, factor), _Peers()).add(factor)
            for family in _families(factor.subject):
                self._kin.setdefault(_slot(family, factor), _Peers()).add(factor)

    def range_of(self, factor: Factor) -> Range | None:
        """Return what the peers of `factor` span, or None when it has too few."""
        own = self._own.get(_slot(factor.subject, factor), _Peers()).besides(factor, 1)
        if own is not None:
            return own
        for family in _families(factor.subject):
            kin = self._kin.get(_slot(family, factor), _Peers())
            if (span := kin.besides(factor, LEAST_FAMILY)) is not None:
                return span
        return None


def _families(subject: str) -> Iterator[str]:
    while "." in subject:
        subject = subject.rpartition(".")[0]
        yield subject


def _slot(name: str, factor: Factor) -> Slot:
    return name, UNITS[factor.unit].dimension, str(factor.gases), str(factor.boundary)
