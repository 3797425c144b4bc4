"""Bundles under wishes that tie lots together: an integer program, solved by HiGHS.

A share of a county or a vintage takes lots of several granularities at once, and "many
households" or "few batches" count lots instead of kilograms; the argument in `bundle` does not
hold for these. What is solved, with x granules of g kilograms and c fen per 1,000 of each lot:

    least  Σ c·x       the cheapest cost C
    then the preference, with Σ c·x at most C plus what may be spent on it
    then   least  Σ c·x, then least Σ g·x, without giving up what was reached before

always with Σ g·x at least the need and, for each wished share, Σ g·x over its lots at least that.
Every coefficient is a whole number, every tolerance on the gap is nought and one thread works, so
the same market gives the same bundle; the answer is checked in whole numbers afterwards. What no
best bundle buys is left out first (`reduction`). A search that is not over after `MOST_NODES`
gives the best that it has found, says so, and says what any bundle costs at least.

A project's households count when at least `IN_EARNEST_PERCENT` of the need is bought from it, or
all that it has: otherwise a kilogram from every village would be the best of bundles.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil, isfinite
from uuid import UUID

import highspy
import numpy as np

from puhui.credits import reduction
from puhui.credits.errors import NotEnoughCredits
from puhui.credits.reduction import Pool
from puhui.credits.wish import Group, Lot, Prefer, Wishes

IN_EARNEST_PERCENT = 10
KG_PER_TONNE = 1000
MOST_NODES = 2_000
"""How far the search goes before it says that its answer is not proven to be the best."""

Row = Mapping[int, int]
"""Coefficients of one condition or aim, by the number of the variable."""


def cheapest(
    need_kg: int, lots: Sequence[Lot], wishes: Wishes, most_fen: int | None = None
) -> Mapping[int, int]:
    """Return the kilograms to buy of each lot, by its place among `lots`, which are in order of
    price.

    `most_fen` is a budget that also bounds what the preference may cost.

    Raises:
        NotEnoughCredits: what may be bought does not cover the need, or not a share of it.
    """
    return solve(need_kg, lots, wishes, most_fen).taken


@dataclass(frozen=True)
class Answer:
    """Kilograms by the place of the lot, and how good they are known to be."""

    taken: Mapping[int, int]
    proven: bool
    """Whether no bundle serves the wishes better."""
    least: int
    """What any bundle that honours the shares costs at least, in fen per 1,000."""


def solve(need_kg: int, lots: Sequence[Lot], wishes: Wishes, most_fen: int | None = None) -> Answer:
    """Return the best bundle that was found, as `cheapest` does, and whether it is proven.

    Raises:
        NotEnoughCredits: what may be bought does not cover the need, or not a share of it.
    """
    groups = wishes.groups(lots)
    refuse_if_short(need_kg, lots, groups)
    market = _Market(need_kg, lots, groups, reduction.pools(need_kg, lots, groups))
    market.begin_by_price(need_kg, groups)
    least = market.program.least(market.cost)
    bound, proven = market.program.bound, market.program.proven
    if wishes.prefer is not Prefer.NOTHING:
        allowed = least * (100 + wishes.dearer_percent) // 100
        if most_fen is not None:
            allowed = max(least, min(allowed, most_fen * KG_PER_TONNE))
        known = market.bought()
        low = reduction.floor(need_kg, lots, groups, market.worth())
        most = reduction.most_of_each(need_kg, lots, low, allowed)
        market, aim = _PREFERENCES[wishes.prefer](
            _Question(need_kg, lots, groups, low, most, allowed, known)
        )
        market.program.at_most(market.cost, allowed)
        market.program.at_most(aim, market.program.least(aim))
        least = market.program.least(market.cost)
    market.program.at_most(market.cost, least)
    market.program.least(market.kilograms)
    return Answer(market.bought(), proven and market.program.proven, bound)


class _Market:
    """A program of what can be bought of each pool, for a need and wished shares."""

    def __init__(
        self,
        need_kg: int,
        lots: Sequence[Lot],
        groups: Sequence[Group],
        pools: Sequence[Pool],
    ) -> None:
        self.lots, self.pools = lots, pools
        self.program = program = _Program()
        granules = [program.whole(pool.most_kg // pool.granularity_kg) for pool in pools]
        self.granules = granules
        self.kilograms = {x: pool.granularity_kg for x, pool in zip(granules, pools, strict=True)}
        self.cost = {
            x: pool.granularity_kg * pool.price_fen_per_t
            for x, pool in zip(granules, pools, strict=True)
        }
        program.at_least(self.kilograms, need_kg)
        for number, group in enumerate(groups):
            served = {
                x: self.kilograms[x]
                for x, pool in zip(granules, pools, strict=True)
                if number in pool.serves
            }
            program.at_least(served, group.least_kg(need_kg))
        self.conditions = len(groups) + 1

    def bought(self) -> dict[int, int]:
        """Return the kilograms of each lot in the last answer, by its place."""
        taken: dict[int, int] = {}
        for x, pool in zip(self.granules, self.pools, strict=True):
            kg = self.program.found[x] * self.kilograms[x]
            taken.update(reduction.spread(pool, kg, self.lots))
        return taken

    def begin_by_price(self, need_kg: int, groups: Sequence[Group]) -> None:
        """Let the search begin with what buying pool after pool by price gives."""
        taken = [0] * len(self.pools)
        in_order = sorted(range(len(taken)), key=lambda at: self.pools[at].price_fen_per_t)
        wanted = [*((number, group.least_kg(need_kg)) for number, group in enumerate(groups))]
        for number, least_kg in [*wanted, (None, need_kg)]:
            serving = [at for at in in_order if number is None or number in self.pools[at].serves]
            left = least_kg - sum(taken[at] for at in serving)
            for at in serving:
                pool = self.pools[at]
                more = min(
                    pool.most_kg - taken[at],
                    reduction.up(max(0, left), pool.granularity_kg),
                )
                taken[at] += more
                left -= more
        self.program.found = [
            kg // pool.granularity_kg for kg, pool in zip(taken, self.pools, strict=True)
        ]

    def begin_with(self, known: Mapping[int, int]) -> None:
        """Let the search begin with a bundle, given as kilograms by the place of the lot."""
        self.program.found = [
            sum(known.get(place, 0) for place in pool.places) // pool.granularity_kg
            for pool in self.pools
        ]

    def worth(self) -> list[int]:
        """Return what the linear program says the need and each share are worth, in whole fen
        per tonne. Any answer is right; a good one leaves more out."""
        return self.program.worth(self.cost, self.conditions)


@dataclass(frozen=True)
class _Question:
    """What a preference is asked about, and what is known of the answer."""

    need_kg: int
    lots: Sequence[Lot]
    groups: Sequence[Group]
    low: reduction.Floor
    most: Sequence[int]
    """What can be bought of each lot, in kilograms, within what may be spent."""
    allowed: int
    known: Mapping[int, int]
    """The cheapest bundle."""

    def pool_of(self, place: int, serves: frozenset[int]) -> Pool:
        """Return one lot by itself."""
        lot = self.lots[place]
        return Pool((place,), lot.granularity_kg, lot.price_fen_per_t, self.most[place], serves)


def largest_need(budget_fen: int, lots: Sequence[Lot], wishes: Wishes) -> int:
    """Return the most kilograms that a budget in fen can cover under the wishes; 0 for none.

    No more is covered than the cheapest price would buy, and so much bounds the market.
    """
    if not lots:
        return 0
    cheapest = min(lot.price_fen_per_t for lot in lots)
    there = sum(lot.available_kg for lot in lots)
    # A granule more, since a need is covered by what may be a granule too much.
    coarsest = max(lot.granularity_kg for lot in lots)
    bound = min(there, budget_fen * KG_PER_TONNE // cheapest + coarsest)
    groups = wishes.groups(lots)
    pools = reduction.pools(bound, lots, groups)
    program = _Program()
    covered = program.whole(bound)
    granules = [program.whole(pool.most_kg // pool.granularity_kg) for pool in pools]
    kilograms = {x: pool.granularity_kg for x, pool in zip(granules, pools, strict=True)}
    cost = {x: kilograms[x] * pool.price_fen_per_t for x, pool in zip(granules, pools, strict=True)}
    program.at_most(cost, budget_fen * KG_PER_TONNE)
    program.at_least({**kilograms, covered: -1}, 0)
    for number, group in enumerate(groups):
        served = {
            x: 100 * kilograms[x]
            for x, pool in zip(granules, pools, strict=True)
            if number in pool.serves
        }
        program.at_least({**served, covered: -group.percent}, 0)
    # Buying nothing covers nothing, and is where the search begins.
    program.found = [0] * len(program.bounds)
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
    proven: bool = True
    """Whether every answer so far is the best there is, and not only the best that was found."""
    bound: int = 0
    """What the last aim is at least, whatever was found."""

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
        if not self._holds(found) or (
            known and self._holds(known) and _sum(known, aim) <= _sum(found, aim)
        ):
            # What the solver found breaks a condition, or is no better than what was known.
            solved = solved and self._holds(found)
            assert known and self._holds(known), solver.getModelStatus()
            found = known
        self.found = found
        reached = _sum(found, aim)
        bound = solver.getInfo().mip_dual_bound / _scale(aim)
        self.bound = (
            reached if solved else min(reached, ceil(bound - 0.5) if isfinite(bound) else 0)
        )
        self.proven = self.proven and solved
        return reached

    def worth(self, aim: Row, conditions: int) -> list[int]:
        """Return the prices of the first conditions in the linear program, to the whole fen."""
        solver = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, value in _OPTIONS.items():
            solver.setOptionValue(option, value)
        model = self._model(aim)
        model.integrality_ = []
        solver.passModel(model)
        solver.run()
        duals = list(solver.getSolution().row_dual)[:conditions]
        if len(duals) < conditions:
            return [0] * conditions
        per_tonne = [
            dual * _scale(row) / _scale(aim)
            for dual, (_, _, row) in zip(duals, self.rows, strict=False)
        ]
        return [max(0, round(value)) for value in per_tonne]

    def _holds(self, found: Sequence[int]) -> bool:
        return all(0 <= x <= most for x, most in zip(found, self.bounds, strict=True)) and all(
            least <= _sum(found, row) <= most for least, most, row in self.rows
        )

    def _model(self, aim: Row) -> highspy.HighsLp:
        columns, rows = len(self.bounds), len(self.rows)
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = columns, rows
        costs = np.zeros(columns)
        costs[list(aim)] = [value * _scale(aim) for value in aim.values()]
        model.col_cost_ = costs
        model.col_lower_ = np.zeros(columns)
        model.col_upper_ = np.array(self.bounds, dtype=float)
        model.integrality_ = [highspy.HighsVarType.kInteger] * columns
        # Sums are whole, so half a unit of play at each bound lets nothing through but rounding.
        scales = [_scale(row) for _, _, row in self.rows]
        bounds = [
            ((least - 0.5) * scale, (most + 0.5) * scale)
            for (least, most, _), scale in zip(self.rows, scales, strict=True)
        ]
        model.row_lower_ = np.array([least for least, _ in bounds], dtype=float)
        model.row_upper_ = np.array([most for _, most in bounds], dtype=float)
        matrix = model.a_matrix_
        matrix.format_ = highspy.MatrixFormat.kRowwise
        sizes = [len(row) for _, _, row in self.rows]
        matrix.start_ = np.concatenate(([0], np.cumsum(sizes))).astype(np.int32)
        matrix.index_ = np.array([at for _, _, row in self.rows for at in row], dtype=np.int32)
        matrix.value_ = np.array(
            [
                value * scale
                for (_, _, row), scale in zip(self.rows, scales, strict=True)
                for value in row.values()
            ],
            dtype=float,
        )
        return model


def _scale(row: Row) -> float:
    """Return the power of two by which the largest coefficient becomes about one thousand.

    The solver's tolerances are absolute: beside coefficients of ten million they are smaller than
    its arithmetic can tell, and it then takes for the best what is not.
    """
    largest = max((abs(value) for value in row.values()), default=1)
    return float(2.0 ** -max(0, largest.bit_length() - 10))


def _sum(found: Sequence[int], row: Row) -> int:
    return sum(found[variable] * factor for variable, factor in row.items())


_OPTIONS: Mapping[str, bool | int | float] = {
    "output_flag": False,
    "threads": 1,
    "random_seed": 1,
    "mip_rel_gap": 0.0,
    "mip_abs_gap": 0.0,
    "mip_feasibility_tolerance": 1e-7,
    # Counted, not timed, so that the same market gives the same bundle on every machine.
    "mip_max_nodes": MOST_NODES,
}


def _fewest(asked: _Question) -> tuple[_Market, Row]:
    """Return the market, and the aim "few batches": how many lots are bought from."""
    serves = reduction.serving(asked.lots, asked.groups)
    places = reduction.needed_for_few(
        [place for place, kg in enumerate(asked.most) if kg],
        asked.most,
        asked.lots,
        serves,
        len(asked.known),
    )
    # The cheapest bundle is where the search begins, whether or not its lots are needed.
    places = sorted({*places, *asked.known})
    market = _Market(
        asked.need_kg,
        asked.lots,
        asked.groups,
        [asked.pool_of(place, serves[place]) for place in places],
    )
    market.begin_with(asked.known)
    program, aim = market.program, {}
    for x in market.granules:
        bought = program.whole(1)
        program.at_most({x: 1, bought: -program.bounds[x]}, 0)
        program.found.append(int(program.found[x] > 0))
        aim[bought] = 1
    return market, aim


def _households(asked: _Question) -> tuple[_Market, Row]:
    """Return the market, and the aim "many households": minus those of all projects bought from
    in earnest."""
    projects: dict[UUID, list[int]] = {}
    for place, lot in enumerate(asked.lots):
        if lot.project_id is not None and lot.households and lot.available_kg:
            projects.setdefault(lot.project_id, []).append(place)
    wanted: dict[UUID, int] = {}
    for project_id, places in sorted(projects.items()):
        there = sum(
            min(lot.available_kg, reduction.up(asked.need_kg, lot.granularity_kg))
            for lot in (asked.lots[place] for place in places)
        )
        least_kg = min(there, -(-asked.need_kg * IN_EARNEST_PERCENT // 100))
        if reduction.can_be_reached(least_kg, places, asked.most, asked.low, asked.allowed):
            wanted[project_id] = least_kg
    apart = {place: name for name in wanted for place in projects[name]}
    pools = [
        pool
        for pool in reduction.pools(asked.need_kg, asked.lots, asked.groups, apart)
        if any(asked.most[place] for place in pool.places)
    ]
    market = _Market(asked.need_kg, asked.lots, asked.groups, pools)
    market.begin_with(asked.known)
    program, aim = market.program, {}
    of_project: dict[UUID, dict[int, int]] = {}
    for x, pool in zip(market.granules, pools, strict=True):
        if pool.places[0] in apart:
            of_project.setdefault(apart[pool.places[0]], {})[x] = pool.granularity_kg
    for name, least_kg in wanted.items():
        supported = program.whole(1)
        program.at_least({**of_project[name], supported: -least_kg}, 0)
        bought = sum(program.found[x] * kg for x, kg in of_project[name].items())
        program.found.append(int(bought >= least_kg))
        aim[supported] = -(asked.lots[projects[name][0]].households or 0)
    return market, aim


_PREFERENCES = {Prefer.FEWEST: _fewest, Prefer.HOUSEHOLDS: _households}
