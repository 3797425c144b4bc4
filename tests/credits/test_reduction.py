"""What is left out of a large market is never part of the best bundle."""

from datetime import date
from random import Random
from uuid import UUID

import pytest

from puhui.credits import optimum
from puhui.credits.bundle import choose
from puhui.credits.kind import RULES, Kind
from puhui.credits.optimum import IN_EARNEST_PERCENT, solve
from puhui.credits.reduction import floor, most_of_each, pools
from puhui.credits.wish import Lot, Prefer, Wishes

NEED_KG = 139_560


def market(seed: int, size: int = 45) -> list[Lot]:
    """A market in order of price: up to 500 t a lot, three lots a project."""
    dice = Random(seed)
    lots = []
    for number in range(size):
        kind = dice.choice(list(Kind))
        granule = RULES[kind].granularity_kg
        lots.append(
            Lot(
                UUID(int=number + 1),
                kind,
                dice.choice(["350428", "350721", "350123"]),
                date(dice.choice([2019, 2020]), 12, 31),
                dice.randint(1, 500_000) // granule * granule,
                dice.randint(1_000, 4_000),
                UUID(int=1_000 + number // 3),
                number // 3 % 40 * 10,
            )
        )
    return sorted(lots, key=lambda lot: (lot.price_fen_per_t, lot.period_ends, lot.batch_id))


def in_full(need_kg: int, lots: list[Lot], wishes: Wishes) -> tuple[int, int]:
    """Return the least cost, and how well the preference can be served, with nothing left out."""
    program = optimum._Program()
    amounts = [
        program.whole(min(lot.available_kg, -(-need_kg // lot.granularity_kg) * lot.granularity_kg)
                      // lot.granularity_kg)
        for lot in lots
    ]  # fmt: skip
    kilograms = {x: lot.granularity_kg for x, lot in zip(amounts, lots, strict=True)}
    cost = {x: kilograms[x] * lot.price_fen_per_t for x, lot in zip(amounts, lots, strict=True)}
    program.at_least(kilograms, need_kg)
    for group in wishes.groups(lots):
        served = {amounts[at]: kilograms[amounts[at]] for at in group.places}
        program.at_least(served, group.least_kg(need_kg))
    least = program.least(cost)
    if wishes.prefer is Prefer.NOTHING:
        return least, 0
    program.at_most(cost, least * (100 + wishes.dearer_percent) // 100)
    aim = {}
    if wishes.prefer is Prefer.FEWEST:
        for x in amounts:
            bought = program.whole(1)
            program.at_most({x: 1, bought: -program.bounds[x]}, 0)
            aim[bought] = 1
    else:
        for project in sorted({lot.project_id for lot in lots}):
            at = [n for n, lot in enumerate(lots) if lot.project_id == project]
            there = sum(program.bounds[amounts[n]] * lots[n].granularity_kg for n in at)
            least_kg = min(there, -(-need_kg * IN_EARNEST_PERCENT // 100))
            if least_kg and lots[at[0]].households:
                supported = program.whole(1)
                program.at_least(
                    {**{amounts[n]: lots[n].granularity_kg for n in at}, supported: -least_kg}, 0
                )
                aim[supported] = -lots[at[0]].households
    return least, program.least(aim)


def served(need_kg: int, lots: list[Lot], wishes: Wishes, taken) -> int:
    """Return how well a bundle serves the preference, less being better."""
    if wishes.prefer is Prefer.NOTHING:
        return 0
    if wishes.prefer is Prefer.FEWEST:
        return len(taken)
    found = 0
    for project in {lot.project_id for lot in lots}:
        at = [n for n, lot in enumerate(lots) if lot.project_id == project]
        there = sum(
            min(
                lots[n].available_kg, -(-need_kg // lots[n].granularity_kg) * lots[n].granularity_kg
            )
            for n in at
        )
        least_kg = min(there, -(-need_kg * IN_EARNEST_PERCENT // 100))
        bought = sum(taken.get(n, 0) for n in at)
        found -= (lots[at[0]].households or 0) if least_kg and bought >= least_kg else 0
    return found


SHARES = {"county_shares": {"350721": 30}, "vintage_shares": {2020: 25}}


@pytest.mark.parametrize("seed", [1])
@pytest.mark.parametrize(
    "wishes",
    [
        Wishes(**SHARES),
        Wishes(prefer=Prefer.FEWEST, dearer_percent=5),
        Wishes(prefer=Prefer.HOUSEHOLDS, dearer_percent=5),
        Wishes(prefer=Prefer.HOUSEHOLDS, dearer_percent=5, **SHARES),
    ],
)
def test_nothing_that_the_best_bundle_needs_is_left_out(seed: int, wishes: Wishes) -> None:
    lots = market(seed)
    least, best = in_full(NEED_KG, lots, wishes)
    answer = solve(NEED_KG, lots, wishes)
    assert answer.proven
    cost = sum(kg * lots[at].price_fen_per_t for at, kg in answer.taken.items())
    assert least <= cost <= least * (100 + wishes.dearer_percent) // 100
    assert answer.least == least
    assert served(NEED_KG, lots, wishes, answer.taken) == best


def test_a_large_market_becomes_a_small_one() -> None:
    lots = market(3, 3_000)
    wishes = Wishes(**SHARES)
    left = pools(NEED_KG, lots, wishes.groups(lots))
    # Three granularities and which of two shares a lot serves: twelve classes of a few lots each.
    assert len(left) < 60


def test_any_prices_give_a_floor_below_every_bundle() -> None:
    lots = market(4)
    groups = Wishes(**SHARES).groups(lots)
    answer = solve(NEED_KG, lots, Wishes(**SHARES))
    cost = sum(kg * lots[at].price_fen_per_t for at, kg in answer.taken.items())
    for worth in ([0, 0, 0], [1_000, 0, 0], [1_100, 50, 20], [9_999, 9_999, 9_999]):
        low = floor(NEED_KG, lots, groups, worth)
        assert low.least <= cost
        most = most_of_each(NEED_KG, lots, low, cost)
        assert all(kg <= most[at] for at, kg in answer.taken.items())


def test_a_search_that_is_cut_short_says_so_and_how_far_off_it_may_be(monkeypatch) -> None:
    lots, wishes = market(5, 150), Wishes(prefer=Prefer.HOUSEHOLDS, dearer_percent=5)
    whole = choose(NEED_KG, lots, wishes)
    assert (whole.proven, whole.at_least_fen) == (True, None)
    # As if no search beyond the first bundle were allowed.
    monkeypatch.setitem(optimum._OPTIONS, "mip_max_nodes", 0)
    monkeypatch.setitem(optimum._OPTIONS, "presolve", "off")
    cut = choose(NEED_KG, lots, wishes)
    assert cut.total_kg >= NEED_KG
    assert not cut.proven
    assert cut.at_least_fen <= whole.total_fen
