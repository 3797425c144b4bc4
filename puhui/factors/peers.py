"""Whether a figure is of a plausible size: it is held against its peers.

Peers measure the same dimension in the same gases within the same boundary, and are about the same
subject; a subject that nobody else is about asks its family (`plastic` for `plastic.pp`), if three
or more are in it. A figure more than ten times above the greatest or below the least of them is
more often a slipped unit than a discovery (CPCD lists a floor with 100 t a tonne, polypropylene
from 0.000868 to 7.95 kg/kg).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from puhui.factors.factor import Factor
from puhui.kernel.quantity import EXACT
from puhui.kernel.unit import UNITS

FARTHEST = 10
LEAST_FAMILY = 3

Slot = tuple[str, str, str, str]
"""Subject or family, dimension, gases, boundary."""


@dataclass(frozen=True)
class Range:
    """The least and the greatest of some peers, in kilograms a unit of the factor held to them."""

    least: Decimal
    greatest: Decimal

    def holds(self, value: Decimal) -> bool:
        """Whether the value is within ten times the range."""
        return self.least <= value * FARTHEST and value <= self.greatest * FARTHEST


class Peers:
    """Factors that others are held against."""

    def __init__(self, factors: Iterable[Factor]) -> None:
        self._own: dict[Slot, list[Factor]] = {}
        self._kin: dict[Slot, list[Factor]] = {}
        for factor in factors:
            self._own.setdefault(_slot(factor.subject, factor), []).append(factor)
            for family in _families(factor.subject):
                self._kin.setdefault(_slot(family, factor), []).append(factor)

    def range_of(self, factor: Factor) -> Range | None:
        """Return what the peers of `factor` span, or None when there are none."""
        own = _others(self._own, factor.subject, factor)
        if own:
            return _range(own, factor)
        for family in _families(factor.subject):
            kin = _others(self._kin, family, factor)
            if len(kin) >= LEAST_FAMILY:
                return _range(kin, factor)
        return None


def _others(known: Mapping[Slot, Sequence[Factor]], name: str, factor: Factor) -> list[Factor]:
    return [other for other in known.get(_slot(name, factor), ()) if other != factor]


def _families(subject: str) -> Iterator[str]:
    while "." in subject:
        subject = subject.rpartition(".")[0]
        yield subject


def _slot(name: str, factor: Factor) -> Slot:
    dimension = UNITS[factor.unit].dimension
    return name, dimension, str(factor.gases), str(factor.boundary)


def _range(peers: Sequence[Factor], factor: Factor) -> Range:
    unit = UNITS[factor.unit]
    values = []
    for peer in peers:
        ratio = unit.in_terms_of(UNITS[peer.unit])
        above = EXACT.multiply(peer.kg_per_unit, ratio.numerator)
        values.append(EXACT.divide(above, ratio.denominator))
    return Range(min(values), max(values))
