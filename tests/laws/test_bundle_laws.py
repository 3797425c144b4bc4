"""A bundle covers its need at the least possible price, whatever is on sale."""

from datetime import date
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from puhui.credits.bundle import Lot, Prefer, Wishes, choose, choose_for_budget
from puhui.credits.errors import BudgetTooSmall, NotEnoughCredits
from puhui.credits.kind import RULES, Kind

BY_GRANULARITY = {1: Kind.FOREST_TICKET, 10: Kind.ONE_YUAN, 1000: Kind.FFCER}
PRICES = st.sampled_from([1, 7, 999, 1000, 1402, 1555, 1915, 10_000])


def lot(number: int, kind: Kind, granules: int, price: int) -> Lot:
    kg = granules * RULES[kind].granularity_kg
    return Lot(UUID(int=number), kind, "350428", date(2020, 12, 31), kg, price)


@st.composite
def markets(draw, kinds=tuple(Kind), most=4, granules=10_000):
    """Draw a few lots, in no order."""
    chosen = draw(st.lists(st.sampled_from(kinds), max_size=most))
    return [
        lot(number, kind, draw(st.integers(0, granules)), draw(PRICES))
        for number, kind in enumerate(chosen, start=1)
    ]


def exact(lines) -> int:
    return sum(line.quantity_kg * line.price_fen_per_t for line in lines)


@given(markets(), st.integers(1, 5_000_000), st.randoms(use_true_random=False))
@settings(max_examples=400)
def test_a_bundle_covers_its_need_and_takes_no_more_than_there_is(lots, need_kg, random) -> None:
    try:
        found = choose(need_kg, lots)
    except NotEnoughCredits:
        assert sum(each.available_kg for each in lots) < need_kg
        return
    known = {each.batch_id: each for each in lots}
    assert found.total_kg >= need_kg
    for line in found.lines:
        assert 0 < line.quantity_kg <= known[line.batch_id].available_kg
        assert line.quantity_kg % RULES[line.kind].granularity_kg == 0
    # Without the smallest granule that was bought the need would not be covered.
    assert found.surplus_kg < min(RULES[line.kind].granularity_kg for line in found.lines)
    assert found.total_fen == -(-exact(found.lines) // 1000)
    assert found.total_fen <= found.greedy_fen
    shuffled = list(lots)
    random.shuffle(shuffled)
    assert choose(need_kg, shuffled) == found


# Small granules, so that everything can be tried: 1 kg and 10 kg as they are, and few tonnes.
@given(
    st.lists(
        st.tuples(st.sampled_from([1, 10, 1000]), st.integers(0, 14), PRICES),
        min_size=1,
        max_size=4,
    ),
    st.integers(1, 3_000),
)
@settings(max_examples=400)
def test_no_other_bundle_is_cheaper(offers, need_kg) -> None:
    lots = [
        lot(number, BY_GRANULARITY[granularity], count, price)
        for number, (granularity, count, price) in enumerate(offers, start=1)
    ]
    costs = [
        sum(n * g * price for n, (g, _, price) in zip(counts, offers, strict=True))
        for counts in product(*(range(count + 1) for _, count, _ in offers))
        if sum(n * g for n, (g, _, _) in zip(counts, offers, strict=True)) >= need_kg
    ]
    try:
        found = choose(need_kg, lots)
    except NotEnoughCredits:
        assert not costs
        return
    assert exact(found.lines) == min(costs)


@given(markets(kinds=(Kind.FFCER, Kind.ONE_YUAN, Kind.FOREST_TICKET)), st.data())
@settings(max_examples=200)
def test_a_wished_share_is_honoured_and_costs_nothing_beyond_it(lots, data) -> None:
    need_kg = data.draw(st.integers(1, 100_000))
    percent = data.draw(st.integers(1, 100))
    kind = data.draw(st.sampled_from([Kind.FFCER, Kind.ONE_YUAN, Kind.FOREST_TICKET]))
    try:
        found = choose(need_kg, lots, Wishes(shares={kind: percent}))
    except NotEnoughCredits:
        return
    of_kind = sum(line.quantity_kg for line in found.lines if line.kind is kind)
    assert of_kind * 100 >= need_kg * percent
    free = choose(need_kg, lots)
    assert exact(free.lines) <= exact(found.lines)
    if sum(line.quantity_kg for line in free.lines if line.kind is kind) * 100 >= need_kg * percent:
        # The cheapest bundle honours the wish by itself, but for the share's own rounding.
        granule = RULES[kind].granularity_kg
        assert found.surplus_kg < max(1000, granule)


VILLAGES = {"350428": (1, 1404), "350702": (2, 30), "350721": (3, None)}


@st.composite
def small_markets(draw):
    """Draw a market of which every bundle can be tried: few lots of few granules."""
    return [
        Lot(
            UUID(int=number),
            kind,
            county := draw(st.sampled_from(sorted(VILLAGES))),
            date(draw(st.integers(2019, 2020)), 12, 31),
            draw(st.integers(0, 5)) * RULES[kind].granularity_kg,
            draw(PRICES),
            UUID(int=VILLAGES[county][0]),
            VILLAGES[county][1],
        )
        for number, kind in enumerate(draw(st.lists(st.sampled_from(SPREAD), max_size=4)), start=1)
    ]


SPREAD = [Kind.FFCER, Kind.ONE_YUAN, Kind.FOREST_TICKET]
WISHES = st.builds(
    Wishes,
    shares=st.dictionaries(st.sampled_from(SPREAD), st.integers(1, 100), max_size=1),
    county_shares=st.dictionaries(st.sampled_from(["35", "3507", "350428"]), st.integers(1, 100)),
    vintage_shares=st.dictionaries(st.sampled_from([2019, 2020]), st.integers(1, 50)),
    prefer=st.sampled_from(Prefer),
    dearer_percent=st.sampled_from([0, 5, 50]),
)


def every_bundle(lots, need_kg, wishes):
    """Every amount of every lot that covers the need and the wished shares."""
    groups = wishes.groups(lots)
    choices = [range(0, lot.available_kg + 1, lot.granularity_kg) for lot in lots]
    for kilograms in product(*choices):
        if sum(kilograms) >= need_kg and all(
            sum(kilograms[at] for at in group.places) * 100 >= need_kg * group.percent
            for group in groups
        ):
            yield kilograms


def cost_of(lots, kilograms) -> int:
    return sum(kg * lot.price_fen_per_t for kg, lot in zip(kilograms, lots, strict=True))


def liked(lots, kilograms, need_kg, prefer) -> int:
    """How well a bundle serves a preference, counted by its definition; more is better."""
    if prefer is Prefer.FEWEST:
        return -sum(kg > 0 for kg in kilograms)
    of_project = {lot.project_id: [0, 0, lot.households or 0] for lot in lots}
    for kg, lot in zip(kilograms, lots, strict=True):
        needed = -(-need_kg // lot.granularity_kg) * lot.granularity_kg
        of_project[lot.project_id][0] += kg
        of_project[lot.project_id][1] += min(lot.available_kg, needed)
    return sum(
        households
        for bought, there, households in of_project.values()
        if bought and bought >= min(there, -(-need_kg // 10))
    )


@given(small_markets(), st.integers(1, 9_000), WISHES)
@settings(max_examples=60)
def test_no_other_bundle_serves_the_wishes_better(lots, need_kg, wishes) -> None:
    known = list(every_bundle(lots, need_kg, wishes))
    try:
        found = choose(need_kg, lots, wishes)
    except NotEnoughCredits:
        assert known == []
        return
    bought = {line.batch_id: line.quantity_kg for line in found.lines}
    kilograms = tuple(bought.get(lot.batch_id, 0) for lot in lots)
    assert kilograms in known
    least = min(cost_of(lots, each) for each in known)
    if wishes.prefer is Prefer.NOTHING:
        assert cost_of(lots, kilograms) == least
    else:
        allowed = [
            each
            for each in known
            if cost_of(lots, each) * 100 <= least * (100 + wishes.dearer_percent)
        ]
        best = max(liked(lots, each, need_kg, wishes.prefer) for each in allowed)
        assert liked(lots, kilograms, need_kg, wishes.prefer) == best
        # And no dearer than it must be for that.
        assert cost_of(lots, kilograms) == min(
            cost_of(lots, each)
            for each in allowed
            if liked(lots, each, need_kg, wishes.prefer) == best
        )
    assert choose(need_kg, lots[::-1], wishes) == found


@given(small_markets(), st.integers(1, 12_000), WISHES)
@settings(max_examples=40)
def test_a_budget_buys_the_most_that_it_can(lots, budget_fen, wishes) -> None:
    def pays(need_kg: int) -> bool:
        costs = [cost_of(lots, each) for each in every_bundle(lots, need_kg, wishes)]
        return bool(costs) and -(-min(costs) // 1000) <= budget_fen

    try:
        found = choose_for_budget(budget_fen, lots, wishes)
    except BudgetTooSmall:
        assert not pays(1)
        return
    assert found.total_fen <= budget_fen
    assert pays(found.need_kg)
    assert not pays(found.need_kg + 1)


def test_many_households_are_worth_what_the_buyer_allows() -> None:
    # 1,404 households of Shunchang at 100 yuan a tonne beside FFCER at 15.55.
    lots = [
        lot(1, Kind.FFCER, 300, 1555),
        Lot(
            UUID(int=2), Kind.ONE_YUAN, "350721", date(2020, 12, 31), 50_000, 10_000,
            UUID(int=9), 1404,
        ),
    ]  # fmt: skip
    ten_tonnes = 10_000
    cheapest = choose(ten_tonnes, lots, Wishes(prefer=Prefer.HOUSEHOLDS))
    assert [line.kind for line in cheapest.lines] == [Kind.FFCER]
    # A tonne of ten from the villages: 9 × 15.55 + 100 yuan, 54.3 % dearer than 155.50.
    generous = choose(ten_tonnes, lots, Wishes(prefer=Prefer.HOUSEHOLDS, dearer_percent=55))
    assert {line.kind: line.quantity_kg for line in generous.lines} == {
        Kind.FFCER: 9_000,
        Kind.ONE_YUAN: 1_000,
    }
    assert generous.total_fen == 9 * 1555 + 10_000


def test_two_lots_of_one_ticket_at_two_prices() -> None:
    # Changkou village, 2021: 2,723 t at 15 and 10,000 t at 10 yuan, 140,845 yuan in all.
    lots = [
        lot(1, Kind.FOREST_TICKET, 2_723_000, 1500),
        lot(2, Kind.FOREST_TICKET, 10_000_000, 1000),
    ]
    found = choose(12_723_000, lots)
    assert {line.batch_id.int: line.cost_fen for line in found.lines} == {
        1: 4_084_500,
        2: 10_000_000,
    }
    assert (found.total_fen, found.surplus_kg) == (14_084_500, 0)


def test_a_few_dear_kilograms_can_be_cheaper_than_a_whole_tonne() -> None:
    lots = [lot(1, Kind.FFCER, 300, 1555), lot(2, Kind.ONE_YUAN, 1_000, 10_000)]
    # 139.56 t: 139 t and 56 of the 560 kg in granules of ten would be 56 yuan, a tonne 15.55.
    assert choose(139_560, lots).surplus_kg == 440
    # 139.01 t: ten kilograms for one yuan instead.
    found = choose(139_010, lots)
    assert (found.surplus_kg, found.total_fen) == (0, 139 * 1555 + 100)


def test_what_the_wishes_leave_over_must_suffice() -> None:
    lots = [lot(1, Kind.FFCER, 5, 1555), lot(2, Kind.FOREST_TICKET, 500, 1402)]
    assert choose(5_500, lots).total_kg == 5_500
    with pytest.raises(NotEnoughCredits):
        choose(5_500, lots, Wishes(kinds=(Kind.FFCER,)))
    with pytest.raises(NotEnoughCredits):
        choose(5_000, lots, Wishes(shares={Kind.FOREST_TICKET: 11}))
    with pytest.raises(NotEnoughCredits):
        choose(100, lots, Wishes(counties=("3507",)))
    assert choose(500, lots, Wishes(highest_fen_per_t=1402)).lines[0].kind is Kind.FOREST_TICKET
