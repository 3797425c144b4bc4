"""Whether figures that somebody has published agree with each other.

A printed figure is rounded, so it stands for everything within half a unit of its last digit.
Parts and their total agree if some unrounded figures could have been printed so; if none could,
they do not add up, however small the gap, and whoever quotes them has to say so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from puhui.kernel.quantity import EXACT


class Agreement(StrEnum):
    """How parts stand to their printed total."""

    EXACT = "exact"
    WITHIN_ROUNDING = "within_rounding"
    CONTRADICTION = "contradiction"
    """No rounding explains the gap: a part is missing, counted twice, or misprinted."""


@dataclass(frozen=True)
class Finding:
    """What the parts come to, beside what is printed."""

    agreement: Agreement
    sum: Decimal
    printed: Decimal
    slack: Decimal
    """The widest gap that rounding explains."""

    @property
    def gap(self) -> Decimal:
        """Return the parts' sum less the printed total."""
        return EXACT.subtract(self.sum, self.printed)


def last_place(printed: Decimal) -> Decimal:
    """Return one unit of the last digit that is printed: 0.1 for 75.6, 1 for 672."""
    exponent = printed.as_tuple().exponent
    assert isinstance(exponent, int), printed
    return Decimal(1).scaleb(exponent)


def adds_up(parts: Sequence[Decimal], total: Decimal, *, counted: bool = False) -> Finding:
    """Return how the parts stand to their total; `counted` figures are exact, as of people.

    Digits are taken as they are printed: 75.60 promises more than 75.6.
    """
    found = sum(parts, Decimal(0))
    halves = [] if counted else [last_place(figure) / 2 for figure in (*parts, total)]
    slack = sum(halves, Decimal(0))
    if found == total:
        agreement = Agreement.EXACT
    elif abs(found - total) <= slack:
        agreement = Agreement.WITHIN_ROUNDING
    else:
        agreement = Agreement.CONTRADICTION
    return Finding(agreement, found, total, slack)


def printed_like(computed: Decimal, printed: Decimal) -> bool:
    """Whether a computed figure, rounded as the printed one is, is the printed one."""
    return computed.quantize(last_place(printed), ROUND_HALF_UP, EXACT) == printed
