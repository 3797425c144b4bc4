"""Laws of events: parts add up to what is shown, people are never lost, and up is the only way."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from puhui.events.activity import ACTIVITIES, Level, Source
from puhui.events.city import gazetteer
from puhui.events.estimate import Bound, Entry, Estimate, Group, Line, Plan
from puhui.events.shown import rounded_together
from puhui.events.travel import Mode
from puhui.events.whatif import Scenario, Shift, applied
from puhui.factors.factor import Boundary, Factor, Gases
from puhui.kernel.quantity import Co2e

KILOGRAMS = st.decimals("0", "1000000", places=8)
CITIES = [gazetteer().by_code(code) for code in ("350100", "110000", "350400", "350200", "310000")]


@given(st.dictionaries(st.text("abcdef", min_size=1), KILOGRAMS, min_size=1), st.integers(0, 3))
def test_rounded_parts_add_up_to_the_rounded_total_and_none_is_off_by_a_whole_step(
    parts: dict[str, Decimal], places: int
) -> None:
    shown = rounded_together(parts, places)
    step = Decimal(1).scaleb(-places)
    assert sum(shown.values()) == sum(parts.values()).quantize(step)
    assert all(abs(shown[key] - parts[key]) < step for key in parts)


@given(st.lists(st.tuples(st.sampled_from(Source), KILOGRAMS, st.sampled_from(Gases)), max_size=20))
def test_an_estimates_lines_sources_and_gases_add_up_to_its_total(
    told: list[tuple[Source, Decimal, Gases]],
) -> None:
    counted = [Gases.CO2, Gases.CO2E]
    lines = tuple(
        Line(source, "a", kg, "kg", Factor(
            "one", "2026.1", "one", "甲", "A", Decimal(1), "kg",
            counted[gases in {Gases.CO2E, Gases.CH4}], Boundary.COMBUSTION, False, "CN", 2026, "x",
        ), Level.ACTIVITY)
        for source, kg, gases in told
    )  # fmt: skip
    estimate = Estimate(lines)
    by_source = sum((estimate.of_source(source).value for source in Source), Decimal(0))
    assert estimate.total.value == by_source
    assert estimate.total == estimate.co2_part + estimate.co2e_part
    assert 0 <= estimate.need_kg - estimate.total.value < 1


@given(KILOGRAMS, st.sampled_from([1, 10, 1000]))
def test_what_is_retired_is_rounded_up_to_the_granularity_and_never_by_a_whole_one(
    kg: Decimal, granularity: int
) -> None:
    need = Co2e(kg).ceil_kg(granularity)
    assert need % granularity == 0
    assert 0 <= need - kg < granularity


GROUPS = st.lists(
    st.builds(
        Group,
        st.sampled_from(CITIES),
        st.sampled_from([None, Mode.AIR, Mode.CAR, Mode.ONLINE, Mode.HIGH_SPEED_RAIL]),
        st.integers(1, 40),
        st.one_of(st.none(), st.integers(0, 5)),
    ),
    min_size=1,
    max_size=8,
)


@given(GROUPS, st.integers(0, 100), st.integers(0, 100))
def test_no_scenario_loses_or_invents_anybody(
    groups: list[Group], shifted: int, online: int
) -> None:
    everybody = sum(group.people for group in groups)
    plan = Plan(
        venue=CITIES[2],
        starts_on=date(2026, 3, 4),
        ends_on=date(2026, 3, 5),
        attendees=everybody,
        boundary=tuple(Bound(s, True) for s in Source),
        groups=tuple(groups),
        entries=(Entry(ACTIVITIES["canteen_food"], Decimal(100), "kg", Level.MEASURED),),
    )
    scenario = Scenario(
        "律",
        shifts=(Shift(Mode.AIR, Mode.HIGH_SPEED_RAIL, Decimal(shifted)),),
        online_percent=Decimal(online),
        online_hours=Decimal(1),
    )
    other, _ = applied(plan, scenario, {})
    assert sum(group.people for group in other.groups) == everybody
    assert all(group.people > 0 for group in other.groups)
    there = sum(g.people for g in groups if g.mode is not Mode.ONLINE)
    stayed = sum(g.people for g in other.groups if g.mode is not Mode.ONLINE)
    # Whole persons, rounded down: never more saved than asked for.
    assert there - stayed == there * online // 100
    assert plan.groups == tuple(groups)
