"""An event's emissions: by line, by source, in total.

A line is an amount of an activity times one factor. The total is the sum of the lines and
nothing is rounded on the way; what must be retired is the total rounded up to the kilogram.
Factors that count CO2 alone (Chinese electricity, high-speed rail and domestic flights) stand
beside factors that count all gases, because no others are published: the two parts are told
apart, and the total is called what it is. Radiative forcing is never inside the total.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_UP, Decimal
from enum import StrEnum

from puhui.events.activity import ACTIVITIES, Activity, Level, Place, Source
from puhui.events.assumption import Assumption
from puhui.events.city import table
from puhui.events.travel import (
    CABINS,
    Band,
    Detour,
    Mode,
    bands,
    detours,
    great_circle,
    guess_mode,
    kind_of_travel,
)
from puhui.factors.factor import Boundary, Factor, Gases
from puhui.kernel.city import City
from puhui.kernel.errors import Fault, Invalid
from puhui.kernel.quantity import EXACT, Co2e, Distance
from puhui.kernel.text import N_
from puhui.kernel.unit import UNITS

_MICRO = Decimal("0.000001")


class Stage(StrEnum):
    """Before the event, or after it."""

    PLAN = "plan"
    ACTUAL = "actual"


class Mark(StrEnum):
    """What a reader must know about a line."""

    GUESSED_MODE = "guessed_mode"
    EXTRAPOLATED = "extrapolated"
    NIGHTS_FROM_LIST = "nights_from_list"
    EARLIER_YEAR = "earlier_year"
    LATER_YEAR = "later_year"
    OTHER_REGION = "other_region"
    CO2_ONLY = "co2_only"
    AVERAGE_CABIN = "average_cabin"
    EXPERT_ASSUMPTION = "expert_assumption"
    NO_BASIS = "no_basis"


MARK_NAMES: Mapping[Mark, str] = {
    Mark.GUESSED_MODE: N_("交通方式按距离推测"),
    Mark.EXTRAPOLATED: N_("未登记人员按已登记人员推算"),
    Mark.NIGHTS_FROM_LIST: N_("按名单晚数与每间人数折算"),
    Mark.EARLIER_YEAR: N_("采用活动年份之前最近一年的因子"),
    Mark.LATER_YEAR: N_("活动年份之前没有因子，采用之后最早一年的"),
    Mark.OTHER_REGION: N_("采用其他地区的因子代替"),
    Mark.CO2_ONLY: N_("因子仅含二氧化碳"),
    Mark.AVERAGE_CABIN: N_("没有公布分舱位的因子，采用各舱平均"),
    Mark.EXPERT_ASSUMPTION: N_("按专家假设调整"),
    Mark.NO_BASIS: N_("缺省估计，没有说明依据"),
}


@dataclass(frozen=True)
class Bound:
    """Whether a source is inside the boundary; if not, the reason that is printed."""

    source: Source
    included: bool
    reason_zh: str = ""
    reason_en: str = ""


@dataclass(frozen=True)
class Group:
    """People who come from one city in one way. Nothing else is kept of them."""

    city: City
    mode: Mode | None
    people: int
    nights: int | None = None
    sharing: int = 1
    """How many share a car."""


@dataclass(frozen=True)
class Entry:
    """An amount that the organiser entered."""

    activity: Activity
    amount: Decimal
    unit: str
    level: Level
    region: str | None = None
    note: str = ""
    assumed: str = ""
    """Key of what an expert assumes of it; blank for nothing."""
    assumption: Assumption | None = None
    """The version of it that counts, once it has been looked up."""


@dataclass(frozen=True)
class Plan:
    """Everything that an estimate rests on, factors apart."""

    venue: City
    starts_on: date
    ends_on: date
    attendees: int
    boundary: tuple[Bound, ...]
    groups: tuple[Group, ...] = ()
    entries: tuple[Entry, ...] = ()
    people_per_room: Decimal | None = None
    rooms_assumed: Assumption | None = None
    """What is assumed of the hotels of those whose nights come from the list."""
    detours: Mapping[str, Detour] = field(default_factory=detours)
    bands: tuple[Band, ...] = field(default_factory=bands)

    @property
    def days(self) -> int:
        """Return how many days the event lasts."""
        return (self.ends_on - self.starts_on).days + 1

    @property
    def listed(self) -> int:
        """Return how many people the attendee list holds."""
        return sum(group.people for group in self.groups)

    def includes(self, source: Source) -> bool:
        """Whether the source is inside the boundary."""
        return any(bound.included for bound in self.boundary if bound.source is source)


@dataclass(frozen=True)
class Need:
    """A factor that is asked for. Regions are in order of preference."""

    subject: str
    boundary: Boundary | None
    regions: tuple[str, ...]
    or_any: bool = False
    """Whether a factor of any other region may stand in, marked."""


@dataclass(frozen=True)
class Choice:
    """The factor that answers a need, and what must be said about it."""

    factor: Factor
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True)
class Leg:
    """A group's way to the venue and back."""

    group: Group
    mode: Mode
    guessed: bool
    activity: Activity
    great_circle: Distance
    one_way: Distance
    amount: Decimal


@dataclass(frozen=True)
class Amount:
    """So much of an activity, before its factor is known."""

    activity: Activity
    amount: Decimal
    unit: str
    level: Level
    regions: tuple[str, ...]
    marks: tuple[Mark, ...] = ()
    note: str = ""
    assumption: Assumption | None = None

    @property
    def need(self) -> Need:
        """Return the factor that the amount needs."""
        anywhere = self.activity.place is Place.ANY
        return Need(self.activity.subject, self.activity.boundary, self.regions, anywhere)


@dataclass(frozen=True)
class Line:
    """So many kilograms, and how they came about."""

    source: Source
    activity: str
    amount: Decimal
    unit: str
    factor: Factor
    level: Level
    marks: tuple[Mark, ...] = ()
    note: str = ""
    assumption: Assumption | None = None

    @property
    def multiplier(self) -> Decimal:
        """Return what is assumed beside the factor; 1 for nothing."""
        return self.assumption.multiplier if self.assumption else Decimal(1)

    @property
    def emission(self) -> Co2e:
        """Return amount × factor × what is assumed, exactly."""
        amount = in_unit(self.amount, self.unit, self.factor.unit)
        return Co2e(
            EXACT.multiply(EXACT.multiply(amount, self.factor.kg_per_unit), self.multiplier)
        )


@dataclass(frozen=True)
class Sensitivity:
    """What the total would be under another convention. Never part of the total."""

    name: str
    total: Co2e
    source: str


@dataclass(frozen=True)
class Estimate:
    """Lines that add up to the total."""

    lines: tuple[Line, ...]
    sensitivities: tuple[Sensitivity, ...] = ()
    legs: tuple[Leg, ...] = field(default=(), compare=False)

    @property
    def total(self) -> Co2e:
        """Return the sum of all lines."""
        return add_up(line.emission for line in self.lines)

    @property
    def co2_part(self) -> Co2e:
        """Return the sum of lines whose factor counts CO2 alone."""
        return add_up(x.emission for x in self.lines if x.factor.gases is Gases.CO2)

    @property
    def co2e_part(self) -> Co2e:
        """Return the sum of lines whose factor counts all gases."""
        return add_up(x.emission for x in self.lines if x.factor.gases is Gases.CO2E)

    @property
    def need_kg(self) -> int:
        """Return the whole kilograms that cover the total."""
        return self.total.ceil_kg()

    def of_source(self, source: Source) -> Co2e:
        """Return the sum of a source's lines."""
        return add_up(line.emission for line in self.lines if line.source is source)


def add_up(emissions: Iterable[Co2e]) -> Co2e:
    """Return the sum, exactly."""
    total = Co2e.zero()
    for emission in emissions:
        total = total + emission
    return total


def in_unit(amount: Decimal, unit: str, other: str) -> Decimal:
    """Return an amount of `unit` in `other`, which measures the same."""
    ratio = UNITS[unit].in_terms_of(UNITS[other])
    return EXACT.divide(
        EXACT.multiply(amount, Decimal(ratio.numerator)), Decimal(ratio.denominator)
    )


def choose(need: Need, published: Sequence[Factor], year: int) -> Choice | None:
    """Return the factor for an event of `year`, or None when none is published.

    The first region counts that has any; in it the event's own year, else the latest before it,
    else the earliest after it. A factor of another region or year is marked. One below zero
    never counts: it credits the event with what others save, as sorted waste net of its energy.
    """
    fitting = [
        factor
        for factor in published
        if factor.subject == need.subject
        and factor.gases in {Gases.CO2, Gases.CO2E}
        and factor.kg_per_unit >= 0
        and (need.boundary is None or factor.boundary is need.boundary)
    ]
    others = sorted({f.region for f in fitting} - set(need.regions)) if need.or_any else []
    regions = [*need.regions, *others]
    for place, region in enumerate(regions):
        here = [factor for factor in fitting if factor.region == region]
        if not here:
            continue
        before = [factor for factor in here if factor.year <= year]
        best_year = max(f.year for f in before) if before else min(f.year for f in here)
        # Of several versions that describe the same year the newest is the corrected one.
        factor = max((f for f in here if f.year == best_year), key=lambda f: _order(f.version))
        marks = []
        if factor.year < year:
            marks.append(Mark.EARLIER_YEAR)
        if factor.year > year:
            marks.append(Mark.LATER_YEAR)
        if place > 0 and region != "001":
            marks.append(Mark.OTHER_REGION)
        if factor.gases is Gases.CO2:
            marks.append(Mark.CO2_ONLY)
        return Choice(factor, tuple(marks))
    return None


def legs(plan: Plan) -> tuple[Leg, ...]:
    """Return the ways of all groups that count, there and back."""
    found = []
    # People of one city differ in mode and nights, not in how far it is.
    ways: dict[tuple[str, Mode | None], tuple[Mode, Activity, Distance, Distance] | None] = {}
    for group in sorted(plan.groups, key=_order_of_group):
        key = (group.city.code, group.mode)
        if key not in ways:
            ways[key] = _way(plan, group)
        if (way := ways[key]) is None:
            continue
        mode, activity, direct, one_way = way
        amount = EXACT.multiply(one_way.value, Decimal(2 * group.people))
        if activity.unit == "vkm":
            amount = _share(amount, group.sharing)
        found.append(Leg(group, mode, group.mode is None, activity, direct, one_way, amount))
    return tuple(found)


def _way(plan: Plan, group: Group) -> tuple[Mode, Activity, Distance, Distance] | None:
    """Return how a group comes, over the globe and as travelled; None if nothing counts."""
    mode = group.mode or guess_mode(group.city, plan.venue, plan.bands)
    kind = kind_of_travel(mode, group.city, plan.venue)
    if kind is None:
        return None
    direct = great_circle(group.city, plan.venue)
    return mode, ACTIVITIES[kind], direct, plan.detours[kind].over(direct)


def amounts(plan: Plan) -> tuple[Amount, ...]:
    """Return everything that happens inside the boundary, before factors.

    Raises:
        Invalid: a source inside the boundary has no data, or one outside it has; every such
            source is named.
    """
    faults = _faults(plan)
    if faults:
        raise Invalid(faults)
    found: list[Amount] = []
    if plan.includes(Source.TRAVEL):
        found += travel(plan)
    if plan.includes(Source.LODGING) and plan.people_per_room is not None:
        found += rooms(plan, plan.people_per_room)
    for entry in plan.entries:
        found.append(
            Amount(
                entry.activity,
                entry.amount,
                entry.unit,
                entry.level,
                _regions(entry.activity, entry.region, plan.venue),
                _marks_of_entry(entry),
                entry.note,
                entry.assumption,
            )
        )
    order = list(Source)
    return tuple(sorted(found, key=lambda a: order.index(a.activity.source)))


def compute(plan: Plan, choices: Mapping[Need, Choice]) -> Estimate:
    """Return the estimate. `choices` holds the factor of every need of `amounts(plan)`."""
    lines = []
    for amount in amounts(plan):
        choice = choices[amount.need]
        lines.append(
            Line(
                amount.activity.source,
                amount.activity.key,
                amount.amount,
                amount.unit,
                choice.factor,
                amount.level,
                (*amount.marks, *choice.marks),
                amount.note,
                amount.assumption,
            )
        )
    return Estimate(tuple(lines), (), legs(plan) if plan.includes(Source.TRAVEL) else ())


def with_radiative_forcing(estimate: Estimate, forced: Mapping[str, Factor]) -> Sensitivity | None:
    """Return the total if flights counted their effect at altitude, or None without flights.

    `forced` maps an activity to its published factor with radiative forcing; where there is
    none the CO2 part is multiplied by the published 1.7.
    """
    row = {row["name"]: row for row in table("sensitivities.csv")}["radiative_forcing_on_co2"]
    flights = [line for line in estimate.lines if line.activity.startswith("air_")]
    if not flights:
        return None
    total = estimate.total
    for line in flights:
        if (factor := forced.get(line.activity)) is not None:
            amount = in_unit(line.amount, line.unit, factor.unit)
            high = Co2e(EXACT.multiply(amount, factor.kg_per_unit))
        else:
            high = line.emission * Decimal(row["value"])
        total = total + (high - line.emission)
    return Sensitivity("radiative_forcing", total, row["source"])


def travel(plan: Plan) -> list[Amount]:
    """Return person-kilometres by mode; those who are not on the list travel like the rest."""
    sums: dict[tuple[str, bool, bool], Decimal] = {}
    for leg in legs(plan):
        averaged = leg.mode in CABINS and leg.activity.key == "air_domestic"
        key = (leg.activity.key, leg.guessed, averaged)
        sums[key] = EXACT.add(sums.get(key, Decimal(0)), leg.amount)
    found = []
    missing = plan.attendees - plan.listed
    order = list(ACTIVITIES)
    for (kind, guessed, averaged), amount in sorted(
        sums.items(), key=lambda s: (order.index(s[0][0]), s[0][1:])
    ):
        activity = ACTIVITIES[kind]
        level = Level.DEFAULT if guessed else Level.ACTIVITY
        marks = (Mark.GUESSED_MODE,) if guessed else ()
        if averaged:
            marks = (*marks, Mark.AVERAGE_CABIN)
        regions = _regions(activity, None, plan.venue)
        found.append(Amount(activity, amount, activity.unit, level, regions, marks))
        if missing > 0:
            more = _share(EXACT.multiply(amount, Decimal(missing)), plan.listed)
            found.append(
                Amount(
                    activity,
                    more,
                    activity.unit,
                    Level.DEFAULT,
                    regions,
                    (*marks, Mark.EXTRAPOLATED),
                )
            )
    return found


def rooms(plan: Plan, people_per_room: Decimal) -> list[Amount]:
    """Return room-nights from the list; guests who gave no nights stay the average."""
    told = [g for g in plan.groups if g.nights is not None]
    first = _quotient(_nights(told), people_per_room)
    found = [_room_nights(plan, first, Level.ACTIVITY)]
    away = [g for g in plan.groups if g.city.code != plan.venue.code and g.mode is not Mode.ONLINE]
    guests = [g for g in away if g.nights is not None]
    silent = sum(g.people for g in away if g.nights is None)
    if silent and guests:
        theirs = EXACT.divide(EXACT.multiply(_nights(guests), Decimal(silent)), people_per_room)
        more = _share(theirs, sum(g.people for g in guests))
        found.append(_room_nights(plan, more, Level.DEFAULT, Mark.EXTRAPOLATED))
    missing = plan.attendees - plan.listed
    if missing > 0:
        total = sum((a.amount for a in found), Decimal(0))
        more = _share(EXACT.multiply(total, Decimal(missing)), plan.listed)
        found.append(_room_nights(plan, more, Level.DEFAULT, Mark.EXTRAPOLATED))
    return found


def _room_nights(plan: Plan, amount: Decimal, level: Level, *marks: Mark) -> Amount:
    activity = ACTIVITIES["room_night"]
    if plan.rooms_assumed is not None:
        marks = (*marks, Mark.EXPERT_ASSUMPTION)
    return Amount(
        activity,
        amount,
        "room_night",
        level,
        _regions(activity, None, plan.venue),
        (Mark.NIGHTS_FROM_LIST, *marks),
        "",
        plan.rooms_assumed,
    )


def _marks_of_entry(entry: Entry) -> tuple[Mark, ...]:
    marks = []
    if entry.assumption is not None:
        marks.append(Mark.EXPERT_ASSUMPTION)
    if entry.level is Level.DEFAULT and not entry.note:
        marks.append(Mark.NO_BASIS)
    return tuple(marks)


def _nights(groups: Sequence[Group]) -> Decimal:
    return Decimal(sum(g.people * (g.nights or 0) for g in groups))


def _faults(plan: Plan) -> list[Fault]:
    entered = {entry.activity.source for entry in plan.entries}
    listed = {Source.TRAVEL} if plan.groups else set()
    if plan.people_per_room is not None and any(g.nights is not None for g in plan.groups):
        listed.add(Source.LODGING)
    faults = []
    for bound in plan.boundary:
        if bound.included and bound.source not in entered | listed:
            faults.append(
                Fault(
                    "no_data",
                    N_("这个来源在核算边界内却没有数据：请补充数据，或说明理由将其排除"),
                    field=str(bound.source),
                )
            )
        if not bound.included and bound.source in entered:
            faults.append(
                Fault(
                    "data_of_excluded_source",
                    N_("这个来源已被排除，却填写了数据：请纳入边界或删去数据"),
                    field=str(bound.source),
                )
            )
    if plan.groups and any(not entry.activity.entered for entry in plan.entries):
        faults.append(
            Fault(
                "travel_twice",
                N_("往返交通要么按参会名单计算，要么按订票记录填写，不能两样都有"),
                field=str(Source.TRAVEL),
            )
        )
    return faults


def _regions(activity: Activity, region: str | None, venue: City) -> tuple[str, ...]:
    """Return where the factor should come from, nearest first."""
    own = region or venue.region
    if activity.place is not Place.PROVINCE or own == own[:2]:
        return (own[:2],)
    return own, own[:2]


def _share(amount: Decimal, parts: int) -> Decimal:
    return _quotient(amount, Decimal(parts))


def _quotient(amount: Decimal, divisor: Decimal) -> Decimal:
    """Divide; what has no end is rounded up at the sixth decimal, so never to our advantage."""
    whole = EXACT.divide(amount, divisor)
    short = whole.quantize(_MICRO, ROUND_UP, EXACT)
    return whole if EXACT.multiply(whole, divisor) == amount and whole == short else short


def _order(version: str) -> tuple[int, int]:
    year, _, number = version.partition(".")
    return int(year), int(number)


def _order_of_group(group: Group) -> tuple[str, str, int, int]:
    return group.city.code, str(group.mode or ""), group.sharing, group.nights or 0
