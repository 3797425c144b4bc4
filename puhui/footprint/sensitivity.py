"""What the footprint would be if one choice of method were another. None of it is the footprint."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from puhui.factors.factor import Factor, Gases
from puhui.footprint.basis import Based, is_grid
from puhui.footprint.flows import Flows, rounded
from puhui.footprint.inventory import Line
from puhui.footprint.lifecycle import COUNTED, Assessment, weight_of
from puhui.footprint.ruleset import BAMBOO_AR5, BAMBOO_AR6, Ruleset
from puhui.kernel.text import N_
from puhui.kernel.unit import unit_called


class Choice(StrEnum):
    """What is chosen otherwise."""

    GRID = "grid"
    """The factor of the province's grid instead of the whole country's life cycle."""
    INCOME = "income"
    """The burden divided by what product and residues brought in, not by their dry mass."""
    GWP = "gwp"
    """The weights of the other IPCC report."""


CHOICE_NAMES = {
    Choice.GRID: N_("外购电改用本省电网因子（仅发电环节 CO2）"),
    Choice.INCOME: N_("与出售的剩余物按收入分摊"),
    Choice.GWP: N_("改用另一套全球变暖潜势"),
}


@dataclass(frozen=True)
class Variation:
    """The footprint under another choice."""

    choice: Choice
    by: str
    """What was taken instead: a factor's citation, a share in per cent, a set of weights."""
    footprint_kg: Decimal
    change_percent: Decimal
    worth_telling: bool
    """Whether it differs by more than the ruleset lets pass in silence."""


Scale = Callable[[Line, Factor | None], Fraction]


def variations(based: Based, assessment: Assessment, ruleset: Ruleset) -> list[Variation]:
    """Return every variation that the inventory has the data for."""
    found = []

    def vary(choice: Choice, by: str, scale: Scale) -> None:
        kg = _scaled(based, assessment, scale)
        was = Fraction(assessment.total.counted)
        change = (kg - was) / was if was else Fraction(0)
        tell = abs(change) > Fraction(ruleset.worth_telling or 0)
        found.append(Variation(choice, by, rounded(kg), rounded(change * 100, 2), tell))

    if based.grid is not None:
        vary(Choice.GRID, based.grid.citation, _by_grid(based.grid))
    flows = Flows(based.inventory)
    if (share := flows.share_by_income) is not None:
        by = f"{rounded(share * 100, 4)} %"
        vary(Choice.INCOME, by, lambda line, _: share / flows.share if line.shared else Fraction(1))
    other = BAMBOO_AR5 if ruleset.gwp == BAMBOO_AR6.gwp else BAMBOO_AR6
    if any(factor.gases in {Gases.CH4, Gases.N2O} for factor in based.factors.values()):
        vary(Choice.GWP, other.gwp, _by_weights(ruleset, other))
    return found


def _by_grid(grid: Factor) -> Scale:
    def scale(_: Line, factor: Factor | None) -> Fraction:
        if factor is None or not is_grid(factor) or not factor.kg_per_unit:
            return Fraction(1)
        own, other = unit_called(factor.unit), unit_called(grid.unit)
        assert own is not None, factor
        assert other is not None, grid
        mine = Fraction(factor.kg_per_unit) / own.size
        return Fraction(grid.kg_per_unit) / other.size / mine

    return scale


def _by_weights(ruleset: Ruleset, other: Ruleset) -> Scale:
    def scale(_: Line, factor: Factor | None) -> Fraction:
        if factor is None:
            return Fraction(1)
        return weight_of(factor, other) / weight_of(factor, ruleset)

    return scale


def _scaled(based: Based, assessment: Assessment, scale: Scale) -> Fraction:
    """Return the footprint with each part scaled: every choice acts on parts in proportion."""
    factors = based.factors
    return sum(
        (
            Fraction(part.kg) * scale(line, factors.get(part.basis))
            for line, result in zip(based.inventory.lines, assessment.lines, strict=False)
            for part in result.parts
            if part.column in COUNTED and part.kg
        ),
        Fraction(0),
    )
