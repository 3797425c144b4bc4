"""What an action earns. A rule is a row of data with a version; a record keeps which it was.

Points are thanks. They measure no carbon, and nothing turns them into anything that does.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from puhui.kernel.text import N_


class Measure(StrEnum):
    """What a rule counts."""

    TREE = "tree"
    UNIT = "unit"
    """One labelled unit of a product."""


class Cap(StrEnum):
    """Which limit an award met."""

    DAY = "day"
    YEAR = "year"


@dataclass(frozen=True)
class Rule:
    """One version of what an action earns, in whole points."""

    key: str
    version: str
    measures: Measure
    points_per_unit: int
    most_per_day: int | None
    """Points a person can earn by this rule for deeds of one day; None for no limit."""
    most_per_year: int | None
    valid_from: date
    valid_until: date | None
    """The last day it holds; None until a later version takes over."""
    name_zh: str
    name_en: str
    reason_zh: str
    reason_en: str

    def __post_init__(self) -> None:
        assert self.points_per_unit > 0, self.points_per_unit
        assert self.valid_until is None or self.valid_from <= self.valid_until, self

    @property
    def citation(self) -> str:
        """Return key and version, as an award keeps them: `planting@2026.1`."""
        return f"{self.key}@{self.version}"

    def holds_on(self, day: date) -> bool:
        """Whether the rule was in force on `day`, later versions aside."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


class Earlier(NamedTuple):
    """Points that the person has already earned by the rule's key."""

    that_day: int
    that_year: int


@dataclass(frozen=True)
class Earned:
    """What an action earned, and how it came to be so much."""

    points: int
    full_points: int
    """What it would have earned without limits."""
    capped_by: Cap | None


def rule_on(rules: Iterable[Rule], key: str, day: date) -> Rule | None:
    """Return the rule for `key` on `day`: of those in force, the one that began last."""
    holding = [rule for rule in rules if rule.key == key and rule.holds_on(day)]
    return max(holding, key=lambda rule: rule.valid_from, default=None)


def earn(rule: Rule, quantity: int, earlier: Earlier) -> Earned:
    """Return what `quantity` of what the rule measures earns.

    The day's limit and the year's are what a person can earn in all; the award takes what is
    left. When both bind alike, the year is named: waiting for tomorrow would not help.
    """
    assert quantity > 0, quantity
    full = quantity * rule.points_per_unit
    left_today = _left(rule.most_per_day, earlier.that_day, full)
    left_this_year = _left(rule.most_per_year, earlier.that_year, full)
    points = min(left_today, left_this_year)
    if points == full:
        return Earned(full, full, None)
    return Earned(points, full, Cap.YEAR if left_this_year <= left_today else Cap.DAY)


class Said(NamedTuple):
    """A sentence for people: Chinese with `%(name)s` places, and what goes into them."""

    message: str
    values: Mapping[str, object]


_COUNTED = {
    Measure.TREE: N_("%(quantity)s 株 × 每株 %(each)s 积分 = %(full)s 积分"),
    Measure.UNIT: N_("%(quantity)s 件 × 每件 %(each)s 积分 = %(full)s 积分"),
}
_CAPPED = {
    Cap.DAY: N_("这条规则一天最多 %(most)s 积分，当天此前已得 %(earlier)s，所以这次得 %(points)s"),
    Cap.YEAR: N_("这条规则一年最多 %(most)s 积分，当年此前已得 %(earlier)s，所以这次得 %(points)s"),
}


def explain(rule: Rule, quantity: int, earlier: Earlier, earned: Earned) -> list[Said]:
    """Return how the points came about, so that anyone can recompute them."""
    found = [
        Said(
            _COUNTED[rule.measures],
            {"quantity": quantity, "each": rule.points_per_unit, "full": earned.full_points},
        )
    ]
    if earned.capped_by is not None:
        by_day = earned.capped_by is Cap.DAY
        values = {
            "most": rule.most_per_day if by_day else rule.most_per_year,
            "earlier": earlier.that_day if by_day else earlier.that_year,
            "points": earned.points,
        }
        found.append(Said(_CAPPED[earned.capped_by], values))
    return found


def _left(most: int | None, earned: int, full: int) -> int:
    return full if most is None else min(full, max(0, most - earned))
