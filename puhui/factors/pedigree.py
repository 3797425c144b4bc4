"""How far a figure may be from the truth, judged by where it comes from: the pedigree matrix.

Each indicator is scored 1 (best) to 5 (worst, or unknown). A score stands for an uncertainty
factor, and the factors combine as lognormal spreads do (Weidema & Wesnæs 1996; the uncertainty
factors are ecoinvent's of version 2, Frischknecht & Jungbluth 2007, as in the data of the package
pedigree-matrix 0.2.2, version_1).
"""

from collections.abc import Sequence
from decimal import Decimal
from functools import cache

from puhui.kernel.quantity import EXACT

UNKNOWN = 5
"""What an indicator scores that nobody has judged."""

_SPREADS: tuple[tuple[str, ...], ...] = (
    ("1", "1.05", "1.1", "1.2", "1.5"),
    ("1", "1.02", "1.05", "1.1", "1.2"),
    ("1", "1.03", "1.1", "1.2", "1.5"),
    ("1", "1.01", "1.02", "1.02", "1.1"),
    ("1", "1", "1.2", "1.5", "2"),
    ("1", "1.02", "1.05", "1.1", "1.2"),
)
BASIC = Decimal("1.05")
"""Basic uncertainty of energy, materials and the CO2 of burning (same source)."""
BASIC_TRANSPORT = Decimal("2")
BASIC_BURNING = Decimal("1.5")
"""Of the CH4 and N2O of burning."""

_YEARS = ((3, 1), (6, 2), (10, 3), (15, 4))
"""Within how many years of the time in question data score what (Weidema & Wesnæs 1996)."""


def score_of_age(years: int) -> int:
    """Return the temporal score of data that are so many years off."""
    return next((score for limit, score in _YEARS if abs(years) < limit), UNKNOWN)


def spread(scores: Sequence[int], basic: Decimal = BASIC) -> Decimal:
    """Return sigma, the standard deviation of the logarithm: sqrt(Σ (ln U)²) / 2.

    `scores` are those of `PEDIGREE_PARTS` in their order; a sixth, the sample's size, may follow.
    """
    assert len(scores) <= len(_SPREADS), scores
    assert all(1 <= score <= UNKNOWN for score in scores), scores
    squares = _square(basic)
    for place, score in enumerate(scores):
        squares = EXACT.add(squares, _square(Decimal(_SPREADS[place][score - 1])))
    return EXACT.divide(EXACT.sqrt(squares), Decimal(2))


@cache
def _square(factor: Decimal) -> Decimal:
    logarithm = EXACT.ln(factor)
    return EXACT.multiply(logarithm, logarithm)


def geometric_sd(sigma: Decimal) -> Decimal:
    """Return the geometric standard deviation of a lognormal spread: exp(sigma).

    Its square is the factor within which 95 % lie on either side.
    """
    return EXACT.exp(sigma)


def sigma_of(gsd: Decimal) -> Decimal:
    """Return the spread that has this geometric standard deviation."""
    assert gsd >= 1, gsd
    return EXACT.ln(gsd)
