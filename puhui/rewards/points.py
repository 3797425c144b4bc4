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
    HOUR = "hour"
    """A whole hour of work."""
    YUAN = "yuan"
    """A whole yuan given."""
    POINT = "point"
    """Points put right by hand."""


class Reporter(StrEnum):
    """Who may report what a person has done."""

    SELF = "self"
    BASE = "base"
    """The organisation that looks after a planting base."""
    RETAILER = "retailer"
    """Whoever sells or takes back labelled products."""
    PARTNER = "partner"
    """A partner platform's machine, after the person has authorised it."""
    OPERATOR = "operator"


class Evidence(StrEnum):
    """What a report must rest on."""

    PHOTO = "photo"
    DOCUMENT = "document"
    """The number of a receipt or certificate, with its picture when a person reports it."""
    SERIAL = "serial"
    """A labelled unit's serial, which this platform has printed."""
    NONE = "none"


class Cap(StrEnum):
    """Which limit an award met."""

    DAY = "day"
    YEAR = "year"
    ALL = "all"


LONGEST_YEARS = 10


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
    most_in_all: int | None = None
    matures_after_days: int = 0
    """Days after the award until the points can be spent; 0 for at once."""
    lasts_years: int = 5
    """Years until they expire: ten at most (Shenzhen's rules of carbon inclusion, 2022)."""
    warns_days: int = 90
    """Days before that in which the person is warned."""
    reporters: tuple[Reporter, ...] = (Reporter.SELF,)
    evidence: Evidence = Evidence.PHOTO
    reviewed: bool = True
    """Whether a verifier must agree to what a person reports of themselves."""

    def __post_init__(self) -> None:
        assert self.points_per_unit > 0, self.points_per_unit
        assert all(most is None or most > 0 for most in self.caps), self.caps
        assert 0 <= self.matures_after_days <= 365, self.matures_after_days
        assert 1 <= self.lasts_years <= LONGEST_YEARS, self.lasts_years
        assert self.warns_days > 0, self.warns_days
        assert self.reporters, self
        assert self.valid_until is None or self.valid_from <= self.valid_until, self

    @property
    def caps(self) -> tuple[int | None, int | None, int | None]:
        """Return the most points that a person can earn by it: per day, per year, in all."""
        return self.most_per_day, self.most_per_year, self.most_in_all

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
    in_all: int = 0


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

    The limits of a day, of a year and in all are what a person can earn together; the award
    takes what is left. When several bind alike, the longest is named: waiting for tomorrow
    would not help.
    """
    assert quantity > 0, quantity
    full = quantity * rule.points_per_unit
    left = {
        cap: _left(most, sofar, full)
        for cap, most, sofar in zip(Cap, rule.caps, earlier, strict=True)
    }
    points = min(left.values())
    if points == full:
        return Earned(full, full, None)
    return Earned(points, full, [cap for cap in Cap if left[cap] == points][-1])


class Said(NamedTuple):
    """A sentence for people: Chinese with `%(name)s` places, and what goes into them."""

    message: str
    values: Mapping[str, object]


_COUNTED = {
    Measure.TREE: N_("%(quantity)s 株 × 每株 %(each)s 积分 = %(full)s 积分"),
    Measure.UNIT: N_("%(quantity)s 件 × 每件 %(each)s 积分 = %(full)s 积分"),
    Measure.HOUR: N_("%(quantity)s 小时 × 每小时 %(each)s 积分 = %(full)s 积分"),
    Measure.YUAN: N_("%(quantity)s 元 × 每元 %(each)s 积分 = %(full)s 积分"),
    Measure.POINT: N_("人工更正 %(quantity)s 积分"),
}
_CAPPED = {
    Cap.DAY: N_("这条规则一天最多 %(most)s 积分，当天此前已得 %(earlier)s，所以这次得 %(points)s"),
    Cap.YEAR: N_("这条规则一年最多 %(most)s 积分，当年此前已得 %(earlier)s，所以这次得 %(points)s"),
    Cap.ALL: N_("这条规则一共最多 %(most)s 积分，此前已得 %(earlier)s，所以这次得 %(points)s"),
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
        place = list(Cap).index(earned.capped_by)
        values = {
            "most": rule.caps[place],
            "earlier": earlier[place],
            "points": earned.points,
        }
        found.append(Said(_CAPPED[earned.capped_by], values))
    return found


def _left(most: int | None, earned: int, full: int) -> int:
    return full if most is None else min(full, max(0, most - earned))
