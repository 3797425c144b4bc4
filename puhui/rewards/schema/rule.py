"""Rules of points on the wire."""

from puhui.rewards.points import Evidence, Measure, Reporter
from puhui.web.paging import page_schema
from puhui.web.schema import (
    Boolean,
    Code,
    Day,
    Enum,
    List,
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
    most_in_all = Whole(required=True, allow_none=True, description="每人一共积分上限")
    matures_after_days = Whole(required=True, description="到账后几天可用", example=0)
    lasts_years = Whole(required=True, description="积分有效年数，最多十年", example=5)
    warns_days = Whole(required=True, description="到期前几天提醒", example=90)
    reporters = List(Enum(Reporter), most=5, required=True, description="谁可以申报")
    evidence = Enum(Evidence, required=True, description="需要什么凭证")
    reviewed = Boolean(required=True, description="本人申报是否须经核查")
    valid_from = Day(required=True)
    valid_until = Day(required=True, allow_none=True)
    name_zh = Text(80, required=True)
    name_en = Text(80, required=True)
    reason_zh = Text(500, required=True)
    reason_en = Text(500, required=True)


RulePageSchema = page_schema(RuleSchema)
