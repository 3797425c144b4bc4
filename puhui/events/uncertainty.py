"""How far an estimate may be from the truth: each line, and all of them together.

A line is an amount times a factor, and each of the two is lognormal around what was counted. Their
spreads come from the pedigree matrix (Weidema & Wesnæs 1996): of a factor by what its source, age
and place are worth for this event; of an amount by the level of its data; of those who are not on
the list by the sample error that the list itself tells. What nobody has judged counts as the worst.

A line's interval is closed arithmetic. The total is drawn with a fixed seed, and a factor that
stands in several lines is drawn once (decision 18). What is counted, and what is retired, is the
estimate alone: none of this moves it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from puhui.events.activity import Level, Source
from puhui.events.estimate import Line, Mark
from puhui.events.response import Z95, Response
from puhui.factors.factor import Factor
from puhui.factors.pedigree import UNKNOWN, score_of_age, sigma_of, spread
from puhui.factors.uncertainty import Interval, Term, simulate
from puhui.kernel.quantity import EXACT, plain

SEED = 20190529
"""The day of the national guide; any number would do, but everybody has to use the same."""
DRAWS = 10_000
SIGMA_PLACES = 12
KG_PLACES = 6

LEVEL_SCORES: Mapping[Level, int] = {
    Level.MEASURED: 2,
    Level.ACTIVITY: 3,
    Level.DEFAULT: 5,
}
"""Reliability in the matrix's own words: measured but not verified by others; partly a qualified
estimate; a non-qualified estimate."""
JUDGED_BY_EXPERT = 4
"""A qualified estimate, for instance by an expert."""


@dataclass(frozen=True)
class Spread:
    """A line's two variables, and how far each may be off (standard deviation of the logarithm)."""

    amount: str
    amount_sigma: Decimal
    factor_sigma: Decimal

    def within(self, kg: Decimal) -> tuple[Decimal, Decimal]:
        """Return what 95 of 100 lie between."""
        squares = EXACT.add(
            EXACT.multiply(self.amount_sigma, self.amount_sigma),
            EXACT.multiply(self.factor_sigma, self.factor_sigma),
        )
        wide = EXACT.exp(EXACT.multiply(Z95, EXACT.sqrt(squares)))
        return _kilograms(EXACT.divide(kg, wide)), _kilograms(EXACT.multiply(kg, wide))


def spreads(
    lines: Sequence[Line], year: int, country: str, response: Response | None
) -> tuple[Spread, ...]:
    """Return how far each line may be off, for an event of `year` in `country`."""
    seen: Counter[str] = Counter()
    unheard = _of_sample(lines, response)
    found = []
    for line in lines:
        if Mark.EXTRAPOLATED in line.marks:
            # Those who did not answer are off together, whichever way they came.
            name = f"amount\n{line.source}\nextrapolated"
            heard = unheard if line.source is Source.TRAVEL else _UNHEARD
            sigma = _joined(_of_amount(line), heard)
        else:
            name = "\n".join(("amount", line.activity, line.note, *line.marks))
            seen[name] += 1
            name, sigma = f"{name}\n{seen[name]}", _of_amount(line)
        found.append(Spread(name, sigma, _of_factor(line, year, country)))
    return tuple(found)


def together(lines: Sequence[Line], found: Sequence[Spread]) -> Interval:
    """Return what the sum of the lines may be."""
    return simulate(*_terms([(lines, found, 1)]), SEED, DRAWS)


def change(
    before: tuple[Sequence[Line], Sequence[Spread]], after: tuple[Sequence[Line], Sequence[Spread]]
) -> Interval:
    """Return what the difference of two sums may be: what both share is drawn once for both."""
    return simulate(*_terms([(*before, -1), (*after, 1)]), SEED, DRAWS)


def judged(
    lines: Sequence[Line], year: int, country: str, response: Response | None
) -> dict[str, Any]:
    """Return the uncertainty of lines and total, with all that it takes to compute it again."""
    found = spreads(lines, year, country, response)
    return as_document(lines, found)


def as_document(lines: Sequence[Line], found: Sequence[Spread]) -> dict[str, Any]:
    """Return the uncertainty as a document holds it."""
    total = together(lines, found)
    return {
        "confidence_percent": 95,
        "seed": SEED,
        "draws": DRAWS,
        "median_kg": plain(total.median),
        "mean_kg": plain(total.mean),
        "low_kg": plain(total.low),
        "high_kg": plain(total.high),
        "lines": [
            {
                "variable": each.amount,
                "amount_sigma": plain(each.amount_sigma),
                "factor_sigma": plain(each.factor_sigma),
                "low_kg": plain(low),
                "high_kg": plain(high),
            }
            for line, each in zip(lines, found, strict=True)
            for low, high in (each.within(line.emission.value),)
        ],
    }


def spreads_of(document: Mapping[str, Any]) -> tuple[Spread, ...]:
    """Return the spreads that a document tells."""
    return tuple(
        Spread(each["variable"], Decimal(each["amount_sigma"]), Decimal(each["factor_sigma"]))
        for each in document["lines"]
    )


def _terms(
    sums: Sequence[tuple[Sequence[Line], Sequence[Spread], int]],
) -> tuple[list[Term], dict[str, Decimal]]:
    terms: list[Term] = []
    sigmas: dict[str, Decimal] = {}
    for lines, found, sign in sums:
        for line, each in zip(lines, found, strict=True):
            factor = line.factor.citation
            terms.append(Term(line.emission.value * sign, each.amount, factor))
            for name, sigma in ((each.amount, each.amount_sigma), (factor, each.factor_sigma)):
                sigmas[name] = max(sigmas.get(name, Decimal(0)), sigma)
    return terms, sigmas


def _kept(sigma: Decimal) -> Decimal:
    return round(sigma, SIGMA_PLACES)


_UNHEARD = _kept(spread((1, UNKNOWN, 1, 1, 1), Decimal(1)))
"""Of what was asked of a part only, and no error of the sample is known."""


def _of_amount(line: Line) -> Decimal:
    reliability = LEVEL_SCORES[line.level]
    if line.assumption is not None:
        reliability = max(reliability, JUDGED_BY_EXPERT)
    return _kept(spread((reliability, 1, 1, 1, 1)))


def _of_factor(line: Line, year: int, country: str) -> Decimal:
    factor = line.factor
    if factor.gsd is not None:
        return _kept(sigma_of(factor.gsd))
    age = score_of_age(year - factor.year)
    place = _place(factor, line.marks, country)
    if factor.pedigree is None:
        return _kept(spread((UNKNOWN, UNKNOWN, age, place, UNKNOWN)))
    reliability, completeness, temporal, _, technological = factor.pedigree
    return _kept(spread((reliability, completeness, max(temporal, age), place, technological)))


def _place(factor: Factor, marks: Sequence[Mark], country: str) -> int:
    """Return the geographical score: of here, of a larger area, of a like place, of elsewhere."""
    if factor.region == "001":
        return 2
    if Mark.OTHER_REGION not in marks:
        return 1
    if factor.region == country:
        return 2
    return 3 if factor.region.startswith(f"{country}-") else UNKNOWN


def _of_sample(lines: Sequence[Line], response: Response | None) -> Decimal:
    """Return how far the extrapolated travel may be off for having asked a part only.

    A lognormal of this spread has the sample's standard error: sqrt(ln(1 + (error / mean)²)).
    From fewer than two answers nothing can be told, which is the matrix's worst completeness.
    """
    travel = sum(
        (
            line.emission.value
            for line in lines
            if line.source is Source.TRAVEL and Mark.EXTRAPOLATED in line.marks
        ),
        Decimal(0),
    )
    if response is None or not travel:
        return Decimal(0)
    if response.margin is None:
        return _UNHEARD
    error = EXACT.divide(EXACT.divide(response.margin.value, Z95), travel)
    return _kept(EXACT.sqrt(EXACT.ln(EXACT.add(Decimal(1), EXACT.multiply(error, error)))))


def _joined(one: Decimal, other: Decimal) -> Decimal:
    return _kept(EXACT.sqrt(EXACT.add(EXACT.multiply(one, one), EXACT.multiply(other, other))))


def _kilograms(kg: Decimal) -> Decimal:
    return round(kg, KG_PLACES)
