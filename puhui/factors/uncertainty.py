"""What a result would be if its figures were a little off: Monte Carlo with a fixed seed.

Every uncertain figure is a variable with a name, and a variable's draws depend on its name and
the seed alone. So a factor that stands in ten lines is drawn once, the order of lines does not
matter, and two inventories that differ in one line are compared under the same draws.

The draws can be repeated on any machine: Philox is a published generator (Salmon et al. 2011),
its key the SHA-256 of seed and name, and each of its 16-bit words picks one of 65,536 equally
likely quantiles of the normal distribution.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from hashlib import sha256
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from puhui.kernel.quantity import EXACT

SIGNIFICANT = 6
"""Digits of a sampled figure that are kept: far fewer than a machine's last bit may differ in,
and more than the sampling supports."""
_STEPS = 65_536
Draws = NDArray[np.float64]


@dataclass(frozen=True)
class Interval:
    """What the draws came to."""

    median: Decimal
    mean: Decimal
    low: Decimal
    """2.5 % of the draws are below it,"""
    high: Decimal
    """and 2.5 % above this."""


@dataclass(frozen=True)
class Term:
    """`kg` of the result that go up and down with two variables: an amount and a factor."""

    kg: Decimal
    amount: str
    factor: str


def lognormal(name: str, median: Decimal, sigma: Decimal, seed: int, draws: int) -> Draws:
    """Return so many draws of a lognormal variable."""
    return float(median) * _spread_quantiles(sigma).take(_words(name, seed, draws))


def interval(sample: Draws) -> Interval:
    """Return median, mean and the middle 95 % of a sample."""
    low, median, high = np.quantile(sample, (0.025, 0.5, 0.975))
    return Interval(*(_kept(number) for number in (median, float(sample.mean()), low, high)))


def simulate(
    terms: Sequence[Term], sigmas: Mapping[str, Decimal], seed: int, draws: int
) -> Interval:
    """Return what the sum of the terms may be, each variable drawn once for all its terms.

    A term is an amount times a factor, so its draws are those of the two multiplied.
    """
    amounts = sorted({term.amount for term in terms})
    factors = sorted({term.factor for term in terms})
    kg = np.zeros((len(amounts), len(factors)))
    rows, columns = ({name: at for at, name in enumerate(names)} for names in (amounts, factors))
    for term in terms:
        kg[rows[term.amount], columns[term.factor]] += float(term.kg)
    one = Decimal(1)
    drawn = np.empty((len(factors), draws))
    for at, name in enumerate(factors):
        drawn[at] = lognormal(name, one, sigmas[name], seed, draws)
    by_amount = kg @ drawn
    total = np.zeros(draws)
    for at, name in enumerate(amounts):
        total += by_amount[at] * lognormal(name, one, sigmas[name], seed, draws)
    return interval(total)


def first_order(terms: Sequence[Term], sigmas: Mapping[str, Decimal]) -> Decimal:
    """Return the spread of the sum by the first-order rule: sqrt(Σ (S_i sigma_i)²).

    S_i is the share of the total that goes with variable i. Good while spreads are small; it is
    here to check the draws by.
    """
    total = sum((term.kg for term in terms), Decimal(0))
    if total == 0:
        return Decimal(0)
    with_variable: dict[str, Decimal] = {}
    for term in terms:
        for name in (term.amount, term.factor):
            with_variable[name] = EXACT.add(with_variable.get(name, Decimal(0)), term.kg)
    squares = Decimal(0)
    for name, kg in with_variable.items():
        part = EXACT.multiply(EXACT.divide(kg, total), sigmas[name])
        squares = EXACT.fma(part, part, squares)
    return EXACT.sqrt(squares)


def _words(name: str, seed: int, draws: int) -> NDArray[np.uint16]:
    digest = sha256(f"{seed}\n{name}".encode()).digest()
    words = np.random.Philox(key=int.from_bytes(digest[:16], "little")).random_raw(-(-draws // 4))
    return words.astype("<u8", copy=False).view("<u2")[:draws]


@lru_cache(maxsize=64)
def _spread_quantiles(sigma: Decimal) -> Draws:
    """The quantiles of a lognormal of median 1: looked up, a draw costs no exponential."""
    return np.exp(float(sigma) * _quantiles())


@cache
def _quantiles() -> Draws:
    normal = NormalDist()
    upper = np.array([normal.inv_cdf(1 - (at + 0.5) / _STEPS) for at in range(_STEPS // 2)])
    return np.concatenate([-upper, upper[::-1]])


def _kept(number: float) -> Decimal:
    return Decimal(f"{number:.{SIGNIFICANT}g}")
