"""Bundles under wishes that tie lots together: an integer program, solved by HiGHS.

A share of a county or a vintage takes lots of several granularities at once, and "many
households" or "few batches" count lots instead of kilograms; the argument in `bundle` does not
hold for these. What is solved, with x granules of g kilograms and c fen per 1,000 of each lot:

    least  Σ c·x       the cheapest cost C
    then the preference, with Σ c·x at most C plus what may be spent on it
    then   least  Σ c·x, then least Σ g·x, without giving up what was reached before

always with Σ g·x at least the need and, for each wished share, Σ g·x over its lots at least that.
Every coefficient is a whole number, every tolerance on the gap is nought and one thread works, so
the same market gives the same bundle; the answer is checked in whole numbers afterwards.

A project's households count when at least `IN_EARNEST_PERCENT` of the need is bought from it, or
all that it has: otherwise a kilogram from every village would be the best of bundles.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import highspy
import numpy as np

from puhui.credits.errors import NotEnoughCredits
from puhui.credits.wish import Group, Lot, Prefer, Wishes

IN_EARNEST_PERCENT = 10
KG_PER_TONNE = 1000

Row = Mapping[int, int]
"""Coefficients of one condition or aim, by the number of the variable."""


def cheapest(
    need_kg: int, lots: Sequence[Lot], wishes: Wishes, most_fen: int | None = None
) -> dict[int, int]:
    """Return the kilograms to buy of each lot, by its place among `lots`.

    `most_fen` is a budget that also bounds what the preference may cost.

    Raises:
        NotEnoughCredits: what may be bought does not cover the need, or not a share of it.
    """
    groups = wishes.groups(lots)
    refuse_if_short(need_kg, lots, groups)
    program = _Program()
    granules = [
        program.whole(min(lot.available_kg, _up(need_kg, lot)) // lot.granularity_kg)
        for lot in lots
    ]
    kilograms = {x: lot.granularity_kg for x, lot in zip(granules, lots, strict=True)}
    cost = {x: kilograms[x] * lot.price_fen_per_t for x, lot in zip(granules, lots, strict=True)}
    program.at_least(kilograms, need_kg)
    for group in groups:
        served = {granules[place]: kilograms[granules[place]] for place in group.places}
        program.at_least(served, group.least_kg(need_kg))
    least = program.least(cost)
    if wishes.prefer is not Prefer.NOTHING:
        allowed = least * (100 + wishes.dearer_percent) // 100
        if most_fen is not None:
            allowed = max(least, min(allowed, most_fen * KG_PER_TONNE))
        program.at_most(cost, allowed)
        aim = _PREFERENCES[wishes.prefer](program, granules, lots, need_kg)
        program.at_most(aim, program.least(aim))
        least = program.least(cost)
    program.at_most(cost, least)
    program.least(kilograms)
    return {
        place: program.found[x] * kilograms[x]
        for place, x in enumerate(granules)
        if program.found[x]
    }


def largest_need(budget_fen: int, lots: Sequence[Lot], wishes: Wishes) -> int:
    """Return the most kilograms that a budget in fen can cover under the wishes; 0 for none."""
    program = _Program()
    covered = program.whole(sum(lot.available_kg for lot in lots))
    granules = [program.whole(lot.available_kg // lot.granularity_kg) for lot in lots]
    kilograms = {x: lot.granularity_kg for x, lot in zip(granules, lots, strict=True)}
    cost = {x: kilograms[x] * lot.price_fen_per_t for x, lot in zip(granules, lots, strict=True)}
    program.at_most(cost, budget_fen * KG_PER_TONNE)
    program.at_least({**kilograms, covered: -1}, 0)
    for group in wishes.groups(lots):
        served = {granules[place]: 100 * kilograms[granules[place]] for place in group.places}
        program.at_least({**served, covered: -group.percent}, 0)
    return -program.least({covered: -1})


def refuse_if_short(need_kg: int, lots: Sequence[Lot], groups: Sequence[Group]) -> None:
    """Refuse a need that all lots together, or those of a wished share, cannot cover.

    Every condition asks for at least so much, so buying everything meets all that can be met.

    Raises:
        NotEnoughCredits: with what is lacking, and of which share.
    """
    lacking = need_kg - sum(lot.available_kg for lot in lots)
    if lacking > 0:
        raise NotEnoughCredits(need_kg=need_kg, lacking_kg=lacking)
    for group in groups:
        there = sum(lots[place].available_kg for place in group.places)
        if there < group.least_kg(need_kg):
            raise NotEnoughCredits(
                need_kg=need_kg,
                lacking_kg=group.least_kg(need_kg) - there,
                **{group.by: group.name},
            )


@dataclass
class _Program:
    """Whole variables from 0 to a bound, conditions on them, and the last answer."""

    bounds: list[int] = field(default_factory=list)
    rows: list[tuple[float, float, Row]] = field(default_factory=list)
    found: list[int] = field(default_factory=list)

    def whole(self, most: int) -> int:
        """Add a variable from 0 to `most`; return its number."""
        self.bounds.append(most)
        return len(self.bounds) - 1

    def at_least(self, row: Row, bound: int) -> None:
        """Ask for a sum of at least `bound`."""
        self.rows.append((bound, highspy.kHighsInf, row))

    def at_most(self, row: Row, bound: int) -> None:
        """Ask for a sum of at most `bound`."""
        self.rows.append((-highspy.kHighsInf, bound, row))

    def least(self, aim: Row) -> int:
        """Return the least value of the aim; `found` holds a choice that reaches it.

        A choice found before still meets every condition, since each was set to what it reached.
        It is where the search begins, and stands if the solver's arithmetic, which works to
        sixteen digits, can no longer tell it from one that breaks a condition.
        """
        solver = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, value in _OPTIONS.items():
            solver.setOptionValue(option, value)
        solver.passModel(self._model(aim))
        known = self.found + [0] * (len(self.bounds) - len(self.found)) if self.found else []
        if known:
            start = highspy.HighsSolution()
            start.col_value = [float(x) for x in known]
            solver.setSolution(start)
        solver.run()
        found = [round(value) for value in solver.getSolution().col_value]
        solved = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        if not (solved and self._holds(found)) or (
            known and self._holds(known) and _sum(known, aim) <= _sum(found, aim)
        ):
            assert known and self._holds(known), solver.getModelStatus()
            found = known
        self.found = found
        return _sum(found, aim)

    def _holds(self, found: Sequence[int]) -> bool:
        return all(0 <= x <= most for x, most in zip(found, self.bounds, strict=True)) and all(
            least <= _sum(found, row) <= most for least, most, row in self.rows
        )

    def _model(self, aim: Row) -> highspy.HighsLp:
        columns, rows = len(self.bounds), len(self.rows)
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = columns, rows
        costs = np.zeros(columns)
        costs[list(aim)] = list(aim.values())
        model.col_cost_ = costs
        model.col_lower_ = np.zeros(columns)
        model.col_upper_ = np.array(self.bounds, dtype=float)
        model.integrality_ = [highspy.HighsVarType.kInteger] * columns
        # Sums are whole, so half a unit of play at each bound lets nothing through but rounding.
        model.row_lower_ = np.array([least - 0.5 for least, _, _ in self.rows], dtype=float)
        model.row_upper_ = np.array([most + 0.5 for _, most, _ in self.rows], dtype=float)
        matrix = model.a_matrix_
        matrix.format_ = highspy.MatrixFormat.kRowwise
        sizes = [len(row) for _, _, row in self.rows]
        matrix.start_ = np.concatenate(([0], np.cumsum(sizes))).astype(np.int32)
        matrix.index_ = np.array([at for _, _, row in self.rows for at in row], dtype=np.int32)
        matrix.value_ = np.array([v for _, _, row in self.rows for v in row.values()], dtype=float)
        return model


def _sum(found: Sequence[int], row: Row) -> int:
    return sum(found[variable] * factor for variable, factor in row.items())


_OPTIONS: Mapping[str, bool | int | float] = {
    "output_flag": False,
    "threads": 1,
    "random_seed": 1,
    "mip_rel_gap": 0.0,
    "mip_abs_gap": 0.0,
    "mip_feasibility_tolerance": 1e-9,
}


def _fewest(program: _Program, granules: Sequence[int], lots: Sequence[Lot], need_kg: int) -> Row:
    """Return the aim "few batches": how many lots are bought from."""
    aim = {}
    for x in granules:
        bought = program.whole(1)
        program.at_most({x: 1, bought: -program.bounds[x]}, 0)
        aim[bought] = 1
    return aim


def _households(
    program: _Program, granules: Sequence[int], lots: Sequence[Lot], need_kg: int
) -> Row:
    """Return the aim "many households": minus those of all projects bought from in earnest."""
    projects: dict[UUID, list[int]] = {}
    for place, lot in enumerate(lots):
        if lot.project_id is not None and lot.households:
            projects.setdefault(lot.project_id, []).append(place)
    aim = {}
    for _, places in sorted(projects.items()):
        there = sum(program.bounds[granules[at]] * lots[at].granularity_kg for at in places)
        least_kg = min(there, -(-need_kg * IN_EARNEST_PERCENT // 100))
        if least_kg:
            supported = program.whole(1)
            bought = {granules[at]: lots[at].granularity_kg for at in places}
            program.at_least({**bought, supported: -least_kg}, 0)
            aim[supported] = -(lots[places[0]].households or 0)
    return aim


_PREFERENCES = {Prefer.FEWEST: _fewest, Prefer.HOUSEHOLDS: _households}


def _up(need_kg: int, lot: Lot) -> int:
    """Return the need rounded up to what the lot divides into."""
    return -(-need_kg // lot.granularity_kg) * lot.granularity_kg
