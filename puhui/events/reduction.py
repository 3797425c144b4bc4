"""What is to be done about an event's emissions, by whom, and what came of it.

A measure's expected saving is the difference that its scenario makes to the estimate of the day,
never a figure that somebody writes in. Each version of the plan is a document for good. After the
event the plan is held against the actual figures by source; a difference there is not said to be
the measures' doing, because attendance, weather and prices have their part in it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from puhui.events.activity import Source
from puhui.events.estimate import Estimate
from puhui.events.whatif import Difference, Scenario, scenario_as_json
from puhui.kernel.quantity import EXACT, plain
from puhui.kernel.text import N_

TYPE = "puhui.event.reduction_plan"


class MeasureState(StrEnum):
    """How far a measure is."""

    PLANNED = "planned"
    UNDER_WAY = "under_way"
    DONE = "done"
    DROPPED = "dropped"


MEASURE_STATE_NAMES: Mapping[MeasureState, str] = {
    MeasureState.PLANNED: N_("计划"),
    MeasureState.UNDER_WAY: N_("进行中"),
    MeasureState.DONE: N_("已完成"),
    MeasureState.DROPPED: N_("不再做"),
}


@dataclass(frozen=True)
class Measure:
    """Something that is to be done."""

    title_zh: str
    title_en: str
    responsible: str
    state: MeasureState
    note: str = ""
    scenario: Scenario | None = None
    """What it makes of the event; None where nobody can say, and then no saving is expected."""


@dataclass(frozen=True)
class Outcome:
    """A source before the event and after it, in kilograms; None where it was not counted."""

    source: Source
    planned_kg: Decimal | None
    actual_kg: Decimal | None

    @property
    def change_kg(self) -> Decimal | None:
        """Return what is more after than before, or None when one of the two is unknown."""
        if self.planned_kg is None or self.actual_kg is None:
            return None
        return EXACT.subtract(self.actual_kg, self.planned_kg)


def document_of_plan(
    event_id: UUID,
    number: int,
    measures: Sequence[tuple[Measure, Difference | None]],
    together: Difference | None,
    estimate_sha256: str | None,
    now: datetime,
) -> dict[str, Any]:
    """Return version `number` of an event's plan as a document.

    `together` is what all measures that were not dropped make of the event at once: savings
    overlap, so it is not their sum.
    """
    return {
        "v": 1,
        "type": TYPE,
        "event": str(event_id),
        "number": number,
        "made_at": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "estimate_sha256": estimate_sha256,
        "measures": [
            {
                "title_zh": measure.title_zh,
                "title_en": measure.title_en,
                "responsible": measure.responsible,
                "state": str(measure.state),
                "note": measure.note,
                "scenario": None
                if measure.scenario is None
                else scenario_as_json(measure.scenario),
                "expected": None if found is None else _expected(found),
            }
            for measure, found in measures
        ],
        "together": None if together is None else _expected(together),
    }


def _expected(found: Difference) -> dict[str, Any]:
    return {
        "before_kg": plain(found.total.before_kg),
        "after_kg": plain(found.total.after_kg),
        "saving_kg": plain(-found.total.change_kg),
        "assumed": [str(each) for each in found.assumed],
        "sources": {
            str(source): plain(-step.change_kg)
            for source, step in found.sources.items()
            if step.change_kg
        },
    }


def outcomes(planned: Estimate, actual: Estimate) -> tuple[Outcome, ...]:
    """Return each source as it was planned and as it turned out."""
    sources = {line.source for line in (*planned.lines, *actual.lines)}
    return tuple(
        Outcome(source, _of(planned, source), _of(actual, source))
        for source in Source
        if source in sources
    )


def combined(measures: Sequence[Measure]) -> Scenario | None:
    """Return all measures that are not dropped as one scenario, or None if no two agree.

    Shifts and swaps follow one another. Of what can be had only once, as a venue, two different
    wishes cannot be met at once.
    """
    wanted = [m.scenario for m in measures if m.scenario and m.state is not MeasureState.DROPPED]
    if not wanted:
        return None
    told: dict[str, Any] = {}
    for name in (
        "venue",
        "online_percent",
        "online_hours",
        "people_per_room",
        "hotel",
        "food_percent",
        "power_percent",
    ):
        values = {getattr(s, name) for s in wanted} - {None}
        if len(values) > 1:
            return None
        told[name] = values.pop() if values else None
    return Scenario(
        name="",
        shifts=tuple(shift for s in wanted for shift in s.shifts),
        swaps=tuple(swap for s in wanted for swap in s.swaps),
        **told,
    )


def _of(estimate: Estimate, source: Source) -> Decimal | None:
    if all(line.source is not source for line in estimate.lines):
        return None
    return estimate.of_source(source).value
