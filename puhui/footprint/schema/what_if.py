"""Changes that are only asked about, and what they would make of a footprint."""

from typing import Any

from marshmallow import post_load

from puhui.footprint.inventory import Stage
from puhui.footprint.schema.inventory import InventoryCells
from puhui.footprint.submission import MOST_LINES
from puhui.footprint.whatif import Change, Difference
from puhui.web.schema import Boolean, DecimalString, Enum, List, Nested, Schema, Text, Whole

MOST_CHANGES = 200


class LineChangeSchema(Schema):
    """One line in other words; a new one when `row` is null."""

    row = Whole(minimum=1, maximum=MOST_LINES, load_default=None, allow_none=True, example=6)
    remove = Boolean(load_default=False)
    cells = InventoryCells(load_default=dict, example={"amount": "300000"})

    @post_load
    def _change(self, data: dict[str, Any], **_: Any) -> Any:
        return Change(**data)


class WhatIfSchema(Schema):
    """Which lines would be others."""

    changes = List(Nested(LineChangeSchema), least=1, most=MOST_CHANGES, required=True)


def _kilograms(**options: Any) -> DecimalString:
    return DecimalString(required=True, minimum=-(10**15), places=12, **options)


class StageStepSchema(Schema):
    """A stage before and after."""

    stage = Enum(Stage, required=True)
    before_kg = _kilograms(allow_none=True)
    after_kg = _kilograms(allow_none=True)


class LineStepSchema(Schema):
    """A line before and after; new lines are counted behind the last."""

    row = Whole(required=True, minimum=1)
    name = Text(300, required=True)
    before_kg = _kilograms(allow_none=True)
    after_kg = _kilograms(allow_none=True)


class DifferenceSchema(Schema):
    """What the changes would make of the footprint of one declared unit, in kg CO2e."""

    before_kg = _kilograms()
    after_kg = _kilograms()
    change_kg = _kilograms()
    change_percent = _kilograms()
    likely_low_kg = _kilograms(description="95 % 区间下限，未变的数据同时抽样")
    likely_high_kg = _kilograms(description="95 % 区间上限")
    stages = List(Nested(StageStepSchema), required=True)
    lines = List(Nested(LineStepSchema), required=True)


def difference_wire(found: Difference) -> dict[str, Any]:
    """Return a difference as it stands on the wire."""
    return {
        "before_kg": found.before_kg,
        "after_kg": found.after_kg,
        "change_kg": found.change_kg,
        "change_percent": found.change_percent,
        "likely_low_kg": found.likely.low,
        "likely_high_kg": found.likely.high,
        "stages": [{"stage": stage, **vars(step)} for stage, step in found.stages.items()],
        "lines": [
            {"row": row, "name": name, **vars(step)} for row, (name, step) in found.lines.items()
        ],
    }
