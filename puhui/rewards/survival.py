"""A tree's later life: when it is looked at again, what may have killed it, what cannot be right.

A survey says how many trees live, and of what those have died that lived at the survey before.
The first survival check is the one after a year; nothing is estimated before it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from puhui.kernel.errors import Fault
from puhui.kernel.text import N_
from puhui.rewards.allometry import BREAST_HEIGHT_M
from puhui.rewards.duty import trees_that_count
from puhui.rewards.planting import MOST_PHOTOS
from puhui.rewards.species import Form

MOST_DAYS_AGO = 30
"""Days after which a survey can no longer be reported."""
MOST_WORDS = 300


class Stage(StrEnum):
    """Which look at the trees it is."""

    DAY_1 = "day_1"
    YEAR_1 = "year_1"
    YEAR_3 = "year_3"
    YEAR_5 = "year_5"
    INCIDENT = "incident"
    """Something has happened in between: fire, felling, storm."""


@dataclass(frozen=True)
class Window:
    """Days after planting in which a stage can be surveyed, and the day it is due."""

    due: int
    opens: int
    closes: int


WINDOWS: Mapping[Stage, Window] = {
    Stage.DAY_1: Window(1, 0, 30),
    Stage.YEAR_1: Window(365, 335, 545),
    Stage.YEAR_3: Window(1095, 1065, 1275),
    Stage.YEAR_5: Window(1826, 1796, 2190),
}
"""A month before the day until half a year after it; the last one until a year after."""

CHECKS = frozenset({Stage.YEAR_1, Stage.YEAR_3, Stage.YEAR_5})
"""The survival checks, which estimates begin with and points of later stages follow from."""

DUTY_UNTIL_DAYS = WINDOWS[Stage.YEAR_1].closes
"""Days until which dead trees change the duty: survival is of the first year, later it is called
retention and changes the estimate alone."""


class DeathCause(StrEnum):
    """Of what trees have died."""

    DROUGHT = "drought"
    FLOOD = "flood"
    FROST = "frost"
    WIND = "wind"
    FIRE = "fire"
    PEST = "pest"
    ANIMALS = "animals"
    FELLING = "felling"
    CONSTRUCTION = "construction"
    NEGLECT = "neglect"
    UNKNOWN = "unknown"
    NEVER_PLANTED = "never_planted"
    """Nothing shows that they ever stood there."""


STAGE_NAMES: dict[Stage, str] = {
    Stage.DAY_1: N_("栽后第一天"),
    Stage.YEAR_1: N_("满一年"),
    Stage.YEAR_3: N_("满三年"),
    Stage.YEAR_5: N_("满五年"),
    Stage.INCIDENT: N_("中途变故"),
}
CAUSE_NAMES: dict[DeathCause, str] = {
    DeathCause.DROUGHT: N_("干旱"),
    DeathCause.FLOOD: N_("水涝"),
    DeathCause.FROST: N_("冻害"),
    DeathCause.WIND: N_("风折"),
    DeathCause.FIRE: N_("火灾"),
    DeathCause.PEST: N_("病虫害"),
    DeathCause.ANIMALS: N_("牲畜啃食"),
    DeathCause.FELLING: N_("砍伐"),
    DeathCause.CONSTRUCTION: N_("施工"),
    DeathCause.NEGLECT: N_("缺少管护"),
    DeathCause.UNKNOWN: N_("原因不明"),
    DeathCause.NEVER_PLANTED: N_("现场没有种过的迹象"),
}


@dataclass(frozen=True)
class SurveyDraft:
    """What somebody saw of a planting."""

    planting_id: UUID
    stage: Stage
    surveyed_on: date
    alive: int
    deaths: tuple[tuple[DeathCause, int], ...]
    """Trees that have died since the survey before, by cause, in the order of `DeathCause`."""
    photo_ids: tuple[UUID, ...]
    dbh_cm: Decimal | None = None
    """Mean of the living trees."""
    height_m: Decimal | None = None
    area_m2: int | None = None
    """Living area, for bamboo and mangrove."""
    words: str = ""

    def __post_init__(self) -> None:
        """Put the deaths in order, so that a report told in another order is the same report."""
        order = list(DeathCause)
        deaths = tuple(sorted(self.deaths, key=lambda death: order.index(death[0])))
        object.__setattr__(self, "deaths", deaths)


@dataclass(frozen=True)
class Before:
    """What is known of the planting before the survey."""

    planted: int
    planted_on: date
    alive: int
    form: Form


def due_on(planted_on: date, stage: Stage) -> date:
    """Return the day on which a stage is due."""
    return planted_on + timedelta(days=WINDOWS[stage].due)


def duty_change(before: Before, alive: int, days: int) -> int:
    """Return by how many trees a survey changes what the planting counts for the duty."""
    if days > DUTY_UNTIL_DAYS:
        return 0
    return trees_that_count(before.planted, alive) - trees_that_count(before.planted, before.alive)


def judge(draft: SurveyDraft, before: Before, today: date) -> list[Fault]:
    """Return everything that cannot be right with a survey."""
    return [*_times(draft, before, today), *_trees(draft, before), *_sizes(draft, before)]


def _times(draft: SurveyDraft, before: Before, today: date) -> list[Fault]:
    faults = []
    if draft.surveyed_on > today:
        faults.append(Fault("surveyed_in_future", N_("日期不能晚于今天"), field="surveyed_on"))
    if draft.surveyed_on < today - timedelta(days=MOST_DAYS_AGO):
        message = N_("只能登记 %(days)s 天以内的调查")
        faults.append(
            Fault("surveyed_too_long_ago", message, None, "surveyed_on", {"days": MOST_DAYS_AGO})
        )
    if draft.surveyed_on < before.planted_on:
        faults.append(Fault("before_planting", N_("调查日期早于植树日期"), field="surveyed_on"))
    window = WINDOWS.get(draft.stage)
    days = (draft.surveyed_on - before.planted_on).days
    if window is not None and not window.opens <= days <= window.closes:
        opens = before.planted_on + timedelta(days=window.opens)
        closes = before.planted_on + timedelta(days=window.closes)
        faults.append(
            Fault(
                "not_the_time",
                N_("这一阶段的调查应在 %(opens)s 至 %(closes)s 之间"),
                field="stage",
                values={"opens": opens.isoformat(), "closes": closes.isoformat()},
            )
        )
    return faults


def _trees(draft: SurveyDraft, before: Before) -> list[Fault]:
    faults = []
    dead = sum(trees for _, trees in draft.deaths)
    if draft.alive < 0 or any(trees < 1 for _, trees in draft.deaths):
        faults.append(Fault("bad_number", N_("株数不能是负数或零"), field="deaths"))
    if draft.alive + dead != before.alive:
        faults.append(
            Fault(
                "numbers_differ",
                N_("成活与死亡株数之和应等于上次成活的 %(alive)s 株"),
                field="alive",
                values={"alive": before.alive},
            )
        )
    causes = [cause for cause, _ in draft.deaths]
    if len(set(causes)) < len(causes):
        faults.append(Fault("cause_twice", N_("同一死因请合并为一行"), field="deaths"))
    if not 1 <= len(draft.photo_ids) <= MOST_PHOTOS:
        message = N_("请提供 1 到 %(most)s 张不同的照片")
        faults.append(
            Fault("photos_out_of_range", message, None, "photo_ids", {"most": MOST_PHOTOS})
        )
    return faults


def _sizes(draft: SurveyDraft, before: Before) -> list[Fault]:
    faults = []
    by_area = before.form in {Form.BAMBOO, Form.MANGROVE}
    if (draft.dbh_cm is None) != (draft.height_m is None):
        message = N_("胸径和树高要一起填，或都不填")
        faults.append(Fault("size_incomplete", message, field="dbh_cm"))
    elif draft.height_m is not None and draft.dbh_cm and draft.height_m <= BREAST_HEIGHT_M:
        message = N_("不到 1.3 米高的树没有胸径，请把胸径填为 0")
        faults.append(Fault("no_breast_height", message, field="dbh_cm"))
    if by_area and draft.dbh_cm is not None:
        faults.append(Fault("by_area", N_("竹和红树按面积估算，不填胸径"), field="dbh_cm"))
    if not by_area and draft.area_m2 is not None:
        faults.append(Fault("by_tree", N_("这个树种按株估算，不填面积"), field="area_m2"))
    return faults
