"""How good the data behind a footprint are, and how far they let it spread."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from puhui.factors.factor import PEDIGREE_PARTS, Boundary, Factor, Gases
from puhui.factors.pedigree import (
    BASIC,
    BASIC_BURNING,
    BASIC_TRANSPORT,
    UNKNOWN,
    score_of_age,
    sigma_of,
    spread,
)
from puhui.factors.uncertainty import Term
from puhui.footprint.basis import Based
from puhui.footprint.flows import rounded
from puhui.footprint.inventory import Inventory, Kind, Line
from puhui.footprint.lifecycle import COUNTED, Assessment, LineResult, Part
from puhui.kernel.quantity import EXACT

Scores = tuple[int, ...]
SIGMA_PLACES = 12
STANDS_IN = 4
"""Technological score of data about something similar (the matrix's own words for a 4)."""
_SUPPLIER: Scores = (3, UNKNOWN, UNKNOWN, 1, 1)
"""A supplier's figure with its document: of this very thing, but nobody told how it was found."""


@dataclass(frozen=True)
class Rating:
    """Scores from 1 (best) to 5, weighted by how much of the footprint rests on them."""

    score: Decimal
    indicators: Mapping[str, Decimal]
    unjudged_percent: Decimal
    """Share of the footprint that rests on data of which somebody should still say how good
    they are; till then they count as the worst."""


def scores_of(factor: Factor, inventory: Inventory) -> Scores:
    """Return a factor's scores for this inventory.

    Age is counted from the year of the data to the inventory's; what nobody has judged is the
    worst.
    """
    years = score_of_age(inventory.period_to.year - factor.year)
    if factor.pedigree is None:
        return (UNKNOWN, UNKNOWN, years, _distance(factor), UNKNOWN)
    reliability, completeness, temporal, geographical, technological = factor.pedigree
    return (reliability, completeness, max(temporal, years), geographical, technological)


def rating(based: Based, assessment: Assessment) -> Rating:
    """Return how good the data behind a footprint are."""
    weights: dict[Scores, Decimal] = {}
    unjudged = Decimal(0)
    factors = based.factors
    for line, _, part in _counted(based, assessment):
        factor = factors.get(part.basis)
        if factor is None:
            scores, judged = line.pedigree or _SUPPLIER, line.pedigree is not None
        else:
            scores, judged = scores_of(factor, based.inventory), factor.pedigree is not None
            if line.proxy is not None or factor.proxy is not None:
                scores = (*scores[:4], max(scores[4], STANDS_IN))
        weights[scores] = EXACT.add(weights.get(scores, Decimal(0)), part.kg)
        unjudged = unjudged if judged else EXACT.add(unjudged, part.kg)
    whole = sum((Fraction(kg) for kg in weights.values()), Fraction(0)) or Fraction(1)
    means = {
        name: sum((Fraction(kg) * scores[at] for scores, kg in weights.items()), Fraction(0))
        / whole
        for at, name in enumerate(PEDIGREE_PARTS)
    }
    return Rating(
        score=rounded(sum(means.values(), Fraction(0)) / len(means), 2),
        indicators={name: rounded(mean, 2) for name, mean in means.items()},
        unjudged_percent=rounded(Fraction(unjudged) / whole * 100, 1),
    )


def uncertain(based: Based, assessment: Assessment) -> tuple[list[Term], dict[str, Decimal]]:
    """Return what the footprint is a sum of, and how far each variable in it may spread.

    An amount and a factor each are a variable; a factor, and a supplier's figure of one document,
    is the same variable wherever it stands.
    """
    terms: list[Term] = []
    sigmas: dict[str, Decimal] = {}
    names = _names(based.inventory)
    factors = based.factors
    for line, result, part in _counted(based, assessment):
        factor = factors.get(part.basis)
        if factor is not None:
            behind = factor.citation
            if behind not in sigmas:
                sigmas[behind] = _sigma_of_factor(factor, based.inventory)
        else:
            assert line.supplier is not None, line
            behind = f"supplier\n{line.supplier.document}\n{line.supplier.kg_per_unit}"
            sigmas.setdefault(behind, _kept(spread(line.pedigree or _SUPPLIER)))
        amount = names[result.row]
        if amount not in sigmas:
            sigmas[amount] = _sigma_of_amount(line)
        terms.append(Term(part.kg, amount, behind))
    return terms, sigmas


def _counted(based: Based, assessment: Assessment) -> Iterator[tuple[Line, LineResult, Part]]:
    # Lines that the rules add behind the maker's own carry biogenic CO2 alone, which is not here.
    for line, result in zip(based.inventory.lines, assessment.lines, strict=False):
        for part in result.parts:
            if part.column in COUNTED and part.kg:
                yield line, result, part


def _names(inventory: Inventory) -> dict[int, str]:
    """Return a name for each line's amount that does not depend on where the line stands."""
    seen: Counter[str] = Counter()
    names = {}
    for line in inventory.lines:
        name = "\n".join(("amount", line.stage, line.kind, line.name, line.factor or ""))
        seen[name] += 1
        names[line.row] = f"{name}\n{seen[name]}"
    return names


def _sigma_of_factor(factor: Factor, inventory: Inventory) -> Decimal:
    if factor.gsd is not None:
        return _kept(sigma_of(factor.gsd))
    burning = factor.boundary is Boundary.COMBUSTION and factor.gases in {Gases.CH4, Gases.N2O}
    return _kept(spread(scores_of(factor, inventory), BASIC_BURNING if burning else BASIC))


def _sigma_of_amount(line: Line) -> Decimal:
    basic = BASIC_TRANSPORT if line.kind is Kind.TRANSPORT else BASIC
    # The amount itself is the maker's own; that its factor is about something else is not the
    # factor's fault, so the line bears it.
    scores = (1, 1, 1, 1, STANDS_IN if line.proxy is not None else 1)
    return _kept(spread(scores, basic))


def _distance(factor: Factor) -> int:
    """Return the geographical score of a factor for a product made in China."""
    if factor.region == "CN":
        return 1
    if factor.region == "001":
        return 2
    return 3 if factor.region.startswith("CN-") else UNKNOWN


def _kept(sigma: Decimal) -> Decimal:
    return round(sigma, SIGMA_PLACES)
