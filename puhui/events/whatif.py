"""What would be if the event were another: elsewhere, by other means, with fewer on site.

A scenario changes the inputs of an estimate and nothing that is kept. People are moved in whole
persons, rounded down, so that no saving is promised that half a person would have to make. What a
scenario has to assume beyond its own words is said beside its figures.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from puhui.events.activity import ACTIVITIES, Level, Source
from puhui.events.assumption import Assumption
from puhui.events.estimate import Bound, Entry, Estimate, Group, Plan
from puhui.events.response import response_of
from puhui.events.travel import CABINS, Mode, great_circle, guess_mode
from puhui.events.uncertainty import change, spreads
from puhui.factors.uncertainty import Interval
from puhui.kernel.city import City
from puhui.kernel.errors import Fault, Invalid
from puhui.kernel.quantity import EXACT, plain
from puhui.kernel.text import N_

_HUNDRED = Decimal(100)
PER_HEAD = frozenset({Source.LOCAL_TRANSPORT, Source.LODGING, Source.CATERING})
"""Sources whose entered amounts go with the number of people on site."""
POWER = "electricity"


class Assumed(StrEnum):
    """What a scenario takes for granted."""

    MODES_GUESSED = "modes_guessed"
    GRID_OF_THE_PLACE = "grid_of_the_place"
    GOODS_UNCHANGED = "goods_unchanged"
    PER_HEAD_SCALED = "per_head_scaled"
    DIGITAL_COUNTED = "digital_counted"
    SAME_ROOMS = "same_rooms"


ASSUMED_NAMES: Mapping[Assumed, str] = {
    Assumed.MODES_GUESSED: N_("换城市后，各人怎么来按公布的距离区间重新推测"),
    Assumed.GRID_OF_THE_PLACE: N_("用电改按新城市所在省份的因子"),
    Assumed.GOODS_UNCHANGED: N_("用品、货运、废弃物、用水和住宿晚数不变"),
    Assumed.PER_HEAD_SCALED: N_("市内交通、住宿和餐饮的数量随到场人数减少"),
    Assumed.DIGITAL_COUNTED: N_("转为线上的人计入线上参会的排放"),
    Assumed.SAME_ROOMS: N_("总晚数不变，只改变每间几人"),
}


@dataclass(frozen=True)
class Shift:
    """So many per cent of those who come one way, from nearer than so far, come another way."""

    from_mode: Mode
    to_mode: Mode
    percent: Decimal
    below_km: Decimal | None = None
    """Over the globe; None for everybody."""


@dataclass(frozen=True)
class Swap:
    """So many per cent of one food's kilograms are of another on record."""

    from_activity: str
    to_activity: str
    percent: Decimal


@dataclass(frozen=True)
class Scenario:
    """How the event would be. What is None stays as it is."""

    name: str
    venue: City | None = None
    shifts: tuple[Shift, ...] = ()
    online_percent: Decimal | None = None
    online_hours: Decimal | None = None
    """How long each of those who join online does so."""
    people_per_room: Decimal | None = None
    hotel: str | None = None
    """Key of what an expert assumes of the hotels."""
    food_percent: Decimal | None = None
    """Kilograms of food, in per cent of now."""
    swaps: tuple[Swap, ...] = ()
    power_percent: Decimal | None = None
    """Kilowatt-hours of the venue, in per cent of now."""


@dataclass(frozen=True)
class Step:
    """Kilograms before and after."""

    before_kg: Decimal
    after_kg: Decimal

    @property
    def change_kg(self) -> Decimal:
        """Return what is more; less is below zero."""
        return EXACT.subtract(self.after_kg, self.before_kg)


@dataclass(frozen=True)
class Difference:
    """What a scenario makes of an estimate."""

    scenario: Scenario
    total: Step
    sources: Mapping[Source, Step]
    likely: Interval
    """Where the change lies when all that both share is off by the same."""
    assumed: tuple[Assumed, ...]


@dataclass
class _Changing:
    """A plan on its way through a scenario."""

    plan: Plan
    assumed: list[Assumed] = field(default_factory=list)


def applied(
    plan: Plan, scenario: Scenario, known: Mapping[str, Assumption]
) -> tuple[Plan, tuple[Assumed, ...]]:
    """Return the plan as the scenario would have it, and what that takes for granted.

    Raises:
        Invalid: everything in the scenario that the plan has no data for.
    """
    if faults := list(_faults(plan, scenario, known)):
        raise Invalid(faults)
    changing = _Changing(plan)
    if scenario.venue is not None:
        _move(changing, scenario.venue)
    for shift in scenario.shifts:
        _shift(changing, shift)
    if scenario.online_percent:
        assert scenario.online_hours is not None, scenario
        _online(changing, scenario.online_percent, scenario.online_hours)
    if scenario.people_per_room is not None:
        changing.plan = replace(changing.plan, people_per_room=scenario.people_per_room)
        changing.assumed.append(Assumed.SAME_ROOMS)
    if scenario.hotel is not None:
        _rehouse(changing, known[scenario.hotel])
    _serve(changing, scenario)
    if scenario.power_percent is not None:
        _scale(changing, scenario.power_percent, lambda entry: entry.activity.key == POWER)
    return changing.plan, tuple(dict.fromkeys(changing.assumed))


def difference(
    scenario: Scenario,
    before: tuple[Plan, Estimate],
    after: tuple[Plan, Estimate],
    assumed: tuple[Assumed, ...],
) -> Difference:
    """Return how an estimate and what the scenario makes of it differ."""
    old, new = before[1], after[1]
    counted = [
        source for source in Source if before[0].includes(source) or after[0].includes(source)
    ]
    return Difference(
        scenario,
        Step(old.total.value, new.total.value),
        {s: Step(old.of_source(s).value, new.of_source(s).value) for s in counted},
        change(*(_with_spreads(*each) for each in (before, after))),
        assumed,
    )


def _with_spreads(plan: Plan, estimate: Estimate) -> tuple[Any, Any]:
    return estimate.lines, spreads(
        estimate.lines, plan.starts_on.year, plan.venue.country, response_of(plan, estimate)
    )


def _faults(plan: Plan, scenario: Scenario, known: Mapping[str, Assumption]) -> Iterator[Fault]:
    entered = {entry.activity.key for entry in plan.entries}
    asked = replace(scenario, name="", online_hours=None)
    if asked == Scenario(""):
        yield Fault("nothing_asked", N_("请至少改变一项"), field="name")
    if scenario.venue is not None and plan.includes(Source.TRAVEL) and not plan.groups:
        yield Fault("no_list", N_("没有参会名单，无法按城市或交通方式推算"), field="venue")
    if scenario.shifts and not plan.groups:
        yield Fault("no_list", N_("没有参会名单，无法按城市或交通方式推算"), field="shifts")
    for shift in scenario.shifts:
        if shift.from_mode is shift.to_mode or shift.to_mode is Mode.ONLINE:
            yield Fault(
                "shift_nowhere",
                N_("请换成另一种交通方式；转为线上另有一栏"),
                field="shifts",
            )
    if scenario.online_percent and scenario.online_hours is None:
        yield Fault("hours_needed", N_("请写明线上每人参会几小时"), field="online_hours")
    if scenario.online_percent and not plan.groups:
        yield Fault("no_list", N_("没有参会名单，无法按城市或交通方式推算"), field="online_percent")
    nights = any(group.nights is not None for group in plan.groups)
    if scenario.people_per_room is not None and (plan.people_per_room is None or not nights):
        yield Fault(
            "rooms_not_from_list",
            N_("住宿不是按名单晚数折算的，无法改变每间几人"),
            field="people_per_room",
        )
    if scenario.hotel is not None:
        if scenario.hotel not in known:
            yield Fault(
                "unknown_assumption",
                N_("没有登记这个专家假设，或它不适用于这种活动数据：%(key)s"),
                field="hotel",
                values={"key": scenario.hotel},
            )
        if "room_night" not in entered and plan.people_per_room is None:
            yield Fault("no_rooms", N_("没有客房间夜的数据"), field="hotel")
    food = any(entry.activity.source is Source.CATERING for entry in plan.entries)
    if (scenario.food_percent is not None or scenario.swaps) and not food:
        yield Fault("no_food", N_("没有餐饮数据"), field="food_percent")
    for swap in scenario.swaps:
        for key in (swap.from_activity, swap.to_activity):
            if key not in ACTIVITIES or ACTIVITIES[key].source is not Source.CATERING:
                yield Fault("not_food", N_("只能在有因子的餐食之间替换"), field="swaps")
    if scenario.power_percent is not None and POWER not in entered:
        yield Fault("no_power", N_("没有场馆外购电力的数据"), field="power_percent")


def _move(changing: _Changing, venue: City) -> None:
    plan = changing.plan
    here = {plan.venue.region, plan.venue.country}
    changing.plan = replace(
        plan,
        venue=venue,
        # How people would come to another city nobody has told.
        groups=tuple(
            group if group.mode is Mode.ONLINE else replace(group, mode=None)
            for group in plan.groups
        ),
        entries=tuple(
            replace(entry, region=None) if entry.region in here else entry for entry in plan.entries
        ),
    )
    changing.assumed += [
        Assumed.MODES_GUESSED,
        Assumed.GRID_OF_THE_PLACE,
        Assumed.GOODS_UNCHANGED,
    ]


def _shift(changing: _Changing, shift: Shift) -> None:
    plan = changing.plan
    wanted = {shift.from_mode, *(CABINS if shift.from_mode is Mode.AIR else ())}

    def is_meant(group: Group) -> bool:
        mode = group.mode or guess_mode(group.city, plan.venue, plan.bands)
        if mode not in wanted or group.city.code == plan.venue.code:
            return False
        km = great_circle(group.city, plan.venue).value
        return shift.below_km is None or km < shift.below_km

    changing.plan = replace(
        plan,
        groups=_parted(
            plan.groups,
            is_meant,
            shift.percent,
            lambda group: replace(
                group,
                mode=shift.to_mode,
                sharing=group.sharing if shift.to_mode is Mode.CAR else 1,
            ),
        ),
    )


def _online(changing: _Changing, percent: Decimal, hours: Decimal) -> None:
    plan = changing.plan
    there = _on_site(plan.groups)
    groups = _parted(
        plan.groups,
        lambda group: group.mode is not Mode.ONLINE,
        percent,
        lambda group: replace(group, mode=Mode.ONLINE, nights=0, sharing=1),
    )
    moved = there - _on_site(groups)
    changing.plan = replace(plan, groups=groups)
    if not moved:
        return
    # The list stands for everybody: of those who are not on it the same share joins online.
    share = EXACT.divide(Decimal((there - moved) * 100), Decimal(there))
    _scale(changing, share, lambda entry: entry.activity.source in PER_HEAD)
    everybody = max(plan.attendees, plan.listed)
    joined = EXACT.divide(Decimal(moved * everybody), Decimal(plan.listed))
    streamed = Entry(
        ACTIVITIES["streaming"],
        _amount(EXACT.multiply(joined, hours)),
        "person_h",
        Level.DEFAULT,
        None,
        f"{moved}/{plan.listed}",
    )
    changing.plan = replace(
        changing.plan,
        entries=(*changing.plan.entries, streamed),
        boundary=tuple(
            Bound(Source.DIGITAL, True) if bound.source is Source.DIGITAL else bound
            for bound in plan.boundary
        ),
    )
    changing.assumed += [Assumed.PER_HEAD_SCALED, Assumed.DIGITAL_COUNTED]


def _rehouse(changing: _Changing, hotel: Assumption) -> None:
    plan = changing.plan
    changing.plan = replace(
        plan,
        rooms_assumed=hotel if plan.people_per_room is not None else None,
        entries=tuple(
            replace(entry, assumption=hotel) if entry.activity.key == "room_night" else entry
            for entry in plan.entries
        ),
    )


def _serve(changing: _Changing, scenario: Scenario) -> None:
    if scenario.food_percent is not None:
        _scale(
            changing,
            scenario.food_percent,
            lambda entry: entry.activity.source is Source.CATERING,
        )
    for swap in scenario.swaps:
        entries: list[Entry] = []
        for entry in changing.plan.entries:
            if entry.activity.key != swap.from_activity:
                entries.append(entry)
                continue
            other = _amount(_percent(entry.amount, swap.percent))
            entries += [
                replace(entry, amount=EXACT.subtract(entry.amount, other)),
                replace(entry, activity=ACTIVITIES[swap.to_activity], amount=other),
            ]
        changing.plan = replace(changing.plan, entries=tuple(entries))


def _scale(changing: _Changing, percent: Decimal, is_meant: Callable[[Entry], bool]) -> None:
    changing.plan = replace(
        changing.plan,
        entries=tuple(
            replace(entry, amount=_amount(_percent(entry.amount, percent)))
            if is_meant(entry)
            else entry
            for entry in changing.plan.entries
        ),
    )


def _parted(
    groups: Sequence[Group],
    is_meant: Callable[[Group], bool],
    percent: Decimal,
    other: Callable[[Group], Group],
) -> tuple[Group, ...]:
    """Return the groups with so many per cent of those meant turned into others.

    Whole persons, rounded down over all of them together: each group gives what the running sum
    has passed, so that a hundred groups of one person give as many as one group of a hundred.
    """
    found: list[Group] = []
    before = 0
    for group in groups:
        if not is_meant(group):
            found.append(group)
            continue
        after = before + group.people
        moved = _whole(after, percent) - _whole(before, percent)
        before = after
        if group.people > moved:
            found.append(replace(group, people=group.people - moved))
        if moved:
            found.append(replace(other(group), people=moved))
    return tuple(found)


def _whole(people: int, percent: Decimal) -> int:
    return int(_percent(Decimal(people), percent))


def _on_site(groups: Sequence[Group]) -> int:
    return sum(group.people for group in groups if group.mode is not Mode.ONLINE)


def _percent(amount: Decimal, percent: Decimal) -> Decimal:
    return EXACT.divide(EXACT.multiply(amount, percent), _HUNDRED)


def _amount(amount: Decimal) -> Decimal:
    """Return an amount to the millionth, as organisers can enter it."""
    return round(amount, 6)


def scenario_as_json(scenario: Scenario) -> dict[str, Any]:
    """Return a scenario as a plan keeps it; what it leaves alone is not there."""
    told: dict[str, Any] = {"name": scenario.name}
    if scenario.venue is not None:
        told["venue"] = scenario.venue.code
    if scenario.shifts:
        told["shifts"] = [
            {
                "from_mode": str(shift.from_mode),
                "to_mode": str(shift.to_mode),
                "percent": plain(shift.percent),
                "below_km": None if shift.below_km is None else plain(shift.below_km),
            }
            for shift in scenario.shifts
        ]
    if scenario.swaps:
        told["swaps"] = [
            {
                "from_activity": swap.from_activity,
                "to_activity": swap.to_activity,
                "percent": plain(swap.percent),
            }
            for swap in scenario.swaps
        ]
    if scenario.hotel is not None:
        told["hotel"] = scenario.hotel
    for name in ("online_percent", "online_hours", "people_per_room", "food_percent"):
        value = getattr(scenario, name)
        if value is not None:
            told[name] = plain(value)
    if scenario.power_percent is not None:
        told["power_percent"] = plain(scenario.power_percent)
    return told
