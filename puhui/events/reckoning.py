"""From a plan to its estimate: find the factors, compute, and say what another convention gives.

The library is asked through a function, so that the desk computes from the database and
`puhui events estimate` from the shipped files by the same rules.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from puhui.events.activity import ACTIVITIES
from puhui.events.estimate import (
    Choice,
    Estimate,
    Line,
    Need,
    Plan,
    Sensitivity,
    amounts,
    choose,
    compute,
    in_unit,
    with_radiative_forcing,
)
from puhui.factors.factor import Factor
from puhui.kernel.errors import Fault, Invalid
from puhui.kernel.quantity import EXACT, Co2e
from puhui.kernel.text import N_

Published = Callable[[str], Sequence[Factor]]
"""Returns the published factors of a subject."""

FORCED: Mapping[str, str] = {
    "air_international": "travel.air.international.average.rf",
    "air_international_economy": "travel.air.international.economy.rf",
    "air_international_premium": "travel.air.international.premium.rf",
    "air_international_business": "travel.air.international.business.rf",
    "air_international_first": "travel.air.international.first.rf",
    "air_freight": "event.freight.air.rf",
}
"""Activities whose factor with radiative forcing is published: under this subject."""

OTHER_ENDS: Mapping[str, tuple[str, str]] = {
    "streaming": ("streaming_high", "digital.streaming.high"),
    "canteen_food": ("canteen_food_low", "catering.food.low"),
}
"""Activities whose sources give a range: what the other end is called, and its subject."""

SENSITIVITY_NAMES: Mapping[str, str] = {
    "radiative_forcing": N_("若计入航空的高空辐射强迫"),
    "streaming_high": N_("若线上参会按文献上限（仅二氧化碳）"),
    "canteen_food_low": N_("若餐食按文献下限"),
}
"""What else could be assumed. None of it is ever part of the total."""


def reckon(plan: Plan, published: Published) -> Estimate:
    """Return the estimate of a plan, with factors of its year.

    Raises:
        Invalid: a source has no data, or no factor is published for something; all at once.
    """
    year = plan.starts_on.year
    needs: dict[Need, str] = {}
    for amount in amounts(plan):
        needs.setdefault(amount.need, amount.activity.key)
    choices: dict[Need, Choice] = {}
    faults = []
    for need, activity in needs.items():
        choice = choose(need, published(need.subject), year)
        if choice is None:
            faults.append(
                Fault(
                    "no_factor",
                    N_("没有公布适用的排放因子：%(activity)s（%(region)s）"),
                    field=str(ACTIVITIES[activity].source),
                    values={"activity": activity, "region": need.regions[0]},
                )
            )
        else:
            choices[need] = choice
    if faults:
        raise Invalid(faults)
    estimate = compute(plan, choices)
    found = (_forced(plan, estimate, published), *_other_ends(plan, estimate, published))
    return Estimate(
        estimate.lines, tuple(each for each in found if each is not None), estimate.legs
    )


def _forced(plan: Plan, estimate: Estimate, published: Published) -> Sensitivity | None:
    forced = {
        activity: choice.factor
        for activity, subject in FORCED.items()
        if (choice := _anywhere(plan, subject, published))
    }
    return with_radiative_forcing(estimate, forced)


def _other_ends(plan: Plan, estimate: Estimate, published: Published) -> list[Sensitivity]:
    found = []
    for activity, (name, subject) in OTHER_ENDS.items():
        lines = [line for line in estimate.lines if line.activity == activity]
        choice = _anywhere(plan, subject, published) if lines else None
        if choice is not None:
            total = estimate.total
            for line in lines:
                total = total + (_with(line, choice.factor) - line.emission)
            found.append(Sensitivity(name, total, choice.factor.source))
    return found


def _with(line: Line, factor: Factor) -> Co2e:
    amount = in_unit(line.amount, line.unit, factor.unit)
    return Co2e(EXACT.multiply(amount, factor.kg_per_unit)) * (line.multiplier or Decimal(1))


def _anywhere(plan: Plan, subject: str, published: Published) -> Choice | None:
    need = Need(subject, None, (plan.venue.country,), or_any=True)
    return choose(need, published(subject), plan.starts_on.year)
