"""How many attendees told where they come from, and how sure the sum is of those who did not.

Whoever is not on the list counts like the average of those who are. That is an estimate from a
sample, and it has an error that the sample itself tells: for n of N people whose trips vary by
s², the total of the N is known to ± 1.96 · √(N (N - n) s² / n), the usual 95 % of a sample drawn
without replacement (Cochran, Sampling Techniques, 3rd ed. 1977, chapter 2). It presumes that
those who answered are like those who did not, and says nothing of the factors.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_UP, Decimal

from puhui.events.activity import Source
from puhui.events.estimate import Estimate, Plan, add_up, in_unit
from puhui.factors.factor import Factor
from puhui.kernel.quantity import EXACT, Co2e

Z95 = Decimal("1.96")
_MICRO = Decimal("0.000001")
_HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True)
class Response:
    """How many of the attendees are on the list, and what the travel of all is known to."""

    listed: int
    attendees: int
    travel: Co2e
    """Of everybody, extrapolated."""
    margin: Co2e | None
    """What the travel may be off by, either way, 95 times of 100; None from fewer than two."""

    def __post_init__(self) -> None:
        assert 0 < self.listed <= self.attendees, self

    @property
    def rate_percent(self) -> Decimal:
        """Return the share of attendees who are on the list, in per cent to two decimals."""
        share = EXACT.divide(Decimal(self.listed * 100), Decimal(self.attendees))
        return share.quantize(_HUNDREDTH, ROUND_HALF_EVEN)


def response_of(plan: Plan, estimate: Estimate) -> Response | None:
    """Return the response to an event's list, or None when there is no travel from one."""
    if not plan.includes(Source.TRAVEL) or not plan.listed:
        return None
    attendees = max(plan.attendees, plan.listed)
    travel = add_up(x.emission for x in estimate.lines if x.source is Source.TRAVEL)
    margin = None
    if attendees == plan.listed:
        margin = Co2e.zero()
    elif plan.listed > 1:
        margin = _margin(plan.listed, attendees, _each(estimate))
    return Response(plan.listed, attendees, travel, margin)


def _each(estimate: Estimate) -> list[tuple[int, Decimal]]:
    """Return so many people, and the kilograms of each; those without a trip are left out."""
    factors: Mapping[str, Factor] = {line.activity: line.factor for line in estimate.lines}
    found = []
    for leg in estimate.legs:
        factor = factors[leg.activity.key]
        kg = EXACT.multiply(in_unit(leg.amount, leg.activity.unit, factor.unit), factor.kg_per_unit)
        found.append((leg.group.people, EXACT.divide(kg, Decimal(leg.group.people))))
    return found


def _margin(listed: int, attendees: int, each: list[tuple[int, Decimal]]) -> Co2e:
    n, everyone = Decimal(listed), Decimal(attendees)
    total = Decimal(0)
    for people, kg in each:
        total = EXACT.add(total, EXACT.multiply(kg, Decimal(people)))
    squares = Decimal(0)
    for people, kg in each:
        squares = EXACT.add(squares, EXACT.multiply(EXACT.multiply(kg, kg), Decimal(people)))
    # Those without a trip add nothing to either sum, but they are among the n.
    deviations = EXACT.subtract(squares, EXACT.divide(EXACT.multiply(total, total), n))
    variance = EXACT.divide(max(deviations, Decimal(0)), n - 1)
    error = EXACT.sqrt(EXACT.divide(EXACT.multiply(everyone * (everyone - n), variance), n))
    return Co2e(EXACT.multiply(Z95, error).quantize(_MICRO, ROUND_UP, EXACT))
