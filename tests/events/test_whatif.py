"""What would be: by hand, from the shipped factors, and with the inputs left as they are."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from puhui.events.activity import ACTIVITIES, Level, Source
from puhui.events.assumption import Assumption
from puhui.events.city import gazetteer
from puhui.events.estimate import Bound, Entry, Group, Mark, Plan
from puhui.events.reckoning import reckon
from puhui.events.reduction import Measure, MeasureState, combined
from puhui.events.travel import Mode
from puhui.events.whatif import Assumed, Scenario, Shift, Swap, applied, difference
from puhui.factors.library import read
from puhui.factors.service import shipped
from puhui.kernel.errors import Invalid

FACTORS = [row.factor for file, text in shipped() for row in read(file, text)[0]]
STARS = {
    "hotel.star-5": Assumption("hotel.star-5", 1, "room_night", Decimal(2), "五星", "5", "判断")
}
COUNTED = {Source.TRAVEL, Source.LODGING, Source.CATERING, Source.VENUE_ENERGY}


def city(name: str):
    (found,) = gazetteer().find(name)
    return found


def entry(activity: str, amount: int, **said) -> Entry:
    return Entry(
        ACTIVITIES[activity], Decimal(amount), ACTIVITIES[activity].unit, Level.MEASURED, **said
    )


def meeting(**said) -> Plan:
    """Ten from Beijing by air, ten from Fuzhou by car each, one night, two to a room."""
    told = {
        "venue": city("三明市"),
        "starts_on": date(2026, 3, 4),
        "ends_on": date(2026, 3, 5),
        "attendees": 20,
        "boundary": tuple(Bound(s, s in COUNTED, "另行核算") for s in Source),
        "groups": (
            Group(city("北京"), Mode.AIR, 10, 1),
            Group(city("福州市"), Mode.CAR, 10, 1),
        ),
        "entries": (entry("canteen_food", 100), entry("electricity", 1000, region="CN-FJ")),
        "people_per_room": Decimal(2),
        **said,
    }
    return Plan(**told)


def published(subject: str):
    return [factor for factor in FACTORS if factor.subject == subject]


def asked(scenario: Scenario, plan: Plan | None = None):
    plan = plan or meeting()
    other, assumed = applied(plan, scenario, STARS)
    before, after = (plan, reckon(plan, published)), (other, reckon(other, published))
    return other, difference(scenario, before, after, assumed)


def test_half_of_the_drivers_from_near_take_the_train() -> None:
    other, found = asked(
        Scenario("高铁", shifts=(Shift(Mode.CAR, Mode.HIGH_SPEED_RAIL, Decimal(50), Decimal(500)),))
    )
    # Fuzhou lies 169.7 km away. By car 254.55 km × 2 × 0.19567 kg each, by train
    # 203.64 km × 2 × 0.03048 kg each, for five people.
    by_car = Decimal("254.55") * 2 * Decimal("0.19567") * 5
    by_rail = Decimal("203.64") * 2 * Decimal("0.03048") * 5
    assert found.sources[Source.TRAVEL].change_kg == by_rail - by_car
    assert found.total.change_kg == by_rail - by_car
    assert sum(group.people for group in other.groups) == 20
    assert found.likely.low < found.total.change_kg < found.likely.high < 0


def test_only_those_from_nearer_than_told_are_moved() -> None:
    with_limit = Shift(Mode.AIR, Mode.HIGH_SPEED_RAIL, Decimal(100), Decimal(1000))
    # Beijing lies 1,522.9 km away.
    other, found = asked(Scenario("近", shifts=(with_limit,)))
    assert found.total.change_kg == 0
    assert other.groups == meeting().groups


def test_whole_persons_move_and_fewer_rather_than_more() -> None:
    shift = Shift(Mode.CAR, Mode.COACH, Decimal("39.99"))
    ones = tuple(Group(city("福州市"), Mode.CAR, 1, night) for night in range(10))
    for groups in (ones, (Group(city("福州市"), Mode.CAR, 10, 1),)):
        other, _ = asked(Scenario("客车", shifts=(shift,)), meeting(groups=groups, attendees=10))
        assert sum(g.people for g in other.groups if g.mode is Mode.COACH) == 3


def test_elsewhere_everybody_comes_as_the_distance_suggests_and_the_grid_is_the_new_one() -> None:
    other, found = asked(Scenario("北京", venue=city("北京")))
    assert {group.mode for group in other.groups} == {None}
    assert other.entries[1].region is None
    lines = {x.activity: x for x in reckon(other, published).lines}
    assert lines["electricity"].factor.region == "CN-BJ"
    assert "air_domestic" in lines  # Fuzhou to Beijing is more than 700 km
    assert Mark.GUESSED_MODE in lines["air_domestic"].marks
    assert Assumed.MODES_GUESSED in found.assumed
    # Those from Beijing are at home now.
    assert lines["air_domestic"].amount == reckon(other, published).legs[0].amount


def test_who_joins_online_neither_travels_nor_sleeps_nor_eats_but_streams() -> None:
    other, found = asked(Scenario("线上", online_percent=Decimal(50), online_hours=Decimal(8)))
    # Of twenty, ten: five of those from Beijing, five of those from Fuzhou.
    assert [g.people for g in other.groups if g.mode is Mode.ONLINE] == [5, 5]
    before = found.sources[Source.CATERING]
    assert (before.before_kg, before.after_kg) == (Decimal("276.00"), Decimal("138.00"))
    assert found.sources[Source.LODGING].after_kg == Decimal("267.5")  # five rooms
    # Ten people, eight hours, 0.04 kg an hour; the source was outside the boundary before.
    assert found.sources[Source.DIGITAL].after_kg == Decimal("3.2")
    assert Assumed.DIGITAL_COUNTED in found.assumed


def test_fewer_to_a_room_and_what_an_expert_assumes_of_the_hotel() -> None:
    _, alone = asked(Scenario("单间", people_per_room=Decimal(1)))
    assert alone.sources[Source.LODGING].change_kg == 10 * Decimal("53.5")
    other, five = asked(Scenario("五星", hotel="hotel.star-5"))
    assert five.sources[Source.LODGING].change_kg == 10 * Decimal("53.5")  # ten rooms, twice
    (room,) = [x for x in reckon(other, published).lines if x.source is Source.LODGING]
    assert Mark.EXPERT_ASSUMPTION in room.marks


def test_less_food_other_food_and_less_power() -> None:
    _, found = asked(Scenario("省", food_percent=Decimal(80), power_percent=Decimal(90)))
    assert found.sources[Source.CATERING].change_kg == -20 * Decimal("2.76")
    assert found.sources[Source.VENUE_ENERGY].change_kg == -100 * Decimal("0.4211")
    swap = Swap("canteen_food", "food_and_drink", Decimal(25))
    _, other = asked(Scenario("换", swaps=(swap,)))
    assert other.sources[Source.CATERING].change_kg == 25 * (
        Decimal("3.70140359") - Decimal("2.76")
    )


@pytest.mark.parametrize(
    ("scenario", "said", "code"),
    [
        (Scenario("空"), {}, "nothing_asked"),
        (Scenario("时", online_percent=Decimal(10)), {}, "hours_needed"),
        (Scenario("房", people_per_room=Decimal(1)), {"people_per_room": None},
         "rooms_not_from_list"),
        (Scenario("星", hotel="hotel.star-9"), {}, "unknown_assumption"),
        (Scenario("饭", food_percent=Decimal(50)), {"entries": ()}, "no_food"),
        (Scenario("电", power_percent=Decimal(50)), {"entries": ()}, "no_power"),
        (Scenario("城", venue=city("北京")), {"groups": ()}, "no_list"),
        (Scenario("同", shifts=(Shift(Mode.CAR, Mode.CAR, Decimal(10)),)), {}, "shift_nowhere"),
    ],
)  # fmt: skip
def test_what_there_is_no_data_of_is_refused_by_name(scenario, said, code) -> None:
    plan = replace(meeting(), **said)
    with pytest.raises(Invalid) as refused:
        applied(plan, scenario, STARS)
    assert code in {fault.code for fault in refused.value.faults}


def measure(scenario: Scenario | None, state: MeasureState = MeasureState.PLANNED) -> Measure:
    return Measure("措施", "", "会务组", state, "", scenario)


def test_measures_that_exclude_each_other_are_not_added_up() -> None:
    away, home = Scenario("甲", venue=city("北京")), Scenario("乙", venue=city("福州市"))
    food = Scenario("丙", food_percent=Decimal(80))
    assert combined([measure(away), measure(home)]) is None
    both = combined([measure(away), measure(food), measure(home, MeasureState.DROPPED)])
    assert (both.venue, both.food_percent) == (away.venue, food.food_percent)
    assert combined([measure(None)]) is None
