"""When an event may be called neutral, and what it is called until then.

MEE guide (notice 2019 no. 19): whoever promises neutrality reduces first and then covers the
*actual* emissions, no later than one year after the event has ended.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from puhui.events.estimate import Stage
from puhui.kernel.text import N_


class State(StrEnum):
    """Where an event stands. Its public page and badge say nothing stronger."""

    PLANNED = "planned"
    ESTIMATED = "estimated"
    FOREST_OPEN = "forest_open"
    """A new forest is to make up for it within six years; nothing of it counts yet."""
    OFFERED = "offered"
    PAID = "paid"
    COVERED = "covered"
    """Retired enough for the newest estimate, but no actual figures, or after the year."""
    NEUTRAL = "neutral"


STATE_NAMES: Mapping[State, str] = {
    State.PLANNED: N_("筹备中"),
    State.ESTIMATED: N_("已核算，尚未抵消"),
    State.FOREST_OPEN: N_("新造林抵消进行中，尚未碳中和"),
    State.OFFERED: N_("已预留碳信用，待付款"),
    State.PAID: N_("已付款，正在注销"),
    State.COVERED: N_("已注销足量碳信用，尚未达到碳中和条件"),
    State.NEUTRAL: N_("已实现碳中和"),
}


def deadline(ends_on: date) -> date:
    """Return the last day on which the event can still become neutral: one year on."""
    if (ends_on.month, ends_on.day) == (2, 29):
        return date(ends_on.year + 1, 2, 28)
    return ends_on.replace(year=ends_on.year + 1)


def is_neutral(stage: Stage, need_kg: int, retired_kg: int, ends_on: date, today: date) -> bool:
    """Whether the event is neutral from today on: actual figures, covered, in time."""
    return stage is Stage.ACTUAL and retired_kg >= need_kg and today <= deadline(ends_on)


def state_of(
    need_kg: int | None,
    retired_kg: int,
    *,
    declared: bool,
    paid: bool,
    held: bool,
    forest_open: bool = False,
) -> State:
    """Return where an event stands. `need_kg` is of the newest estimate, None without any."""
    if declared:
        return State.NEUTRAL
    if need_kg is None:
        return State.PLANNED
    if paid:
        return State.PAID
    if retired_kg >= need_kg:
        return State.COVERED
    if held:
        return State.OFFERED
    return State.FOREST_OPEN if forest_open else State.ESTIMATED
