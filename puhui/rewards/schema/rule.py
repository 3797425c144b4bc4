"""Rules of points on the wire."""

from puhui.rewards.points import Measure
from puhui.web.paging import page_schema
from puhui.web.schema import (
    Code,
    Day,
    Enum,
    Schema,
    Text,
    Whole,
)


class RuleSchema(Schema):
    """One version of what an action earns."""

    citation = Text(64, required=True, example="planting@2026.1")
    key = Code(most=32, required=True, example="planting")
    version = Code(most=32, required=True, example="2026.1")
    measures = Enum(Measure, required=True)
    points_per_unit = Whole(minimum=1, required=True, example=20)
    most_per_day = Whole(required=True, allow_none=True, description="每人每日积分上限")
    most_per_year = Whole(required=True, allow_none=True, description="每人每年积分上限")
    valid_from = Day(required=True)
    valid_until = Day(required=True, allow_none=True)
    name_zh = Text(80, required=True)
    name_en = Text(80, required=True)
    reason_zh = Text(500, required=True)
    reason_en = Text(500, required=True)


RulePageSchema = page_schema(RuleSchema)
