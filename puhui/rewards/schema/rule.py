"""Rules of points on the wire."""

from typing import Any

from marshmallow import post_load

from puhui.rewards.points import LONGEST_YEARS, Evidence, Measure, Reporter
from puhui.rewards.rulebook import MOST, RuleDraft
from puhui.web.paging import page_schema
from puhui.web.schema import (
    Boolean,
    Code,
    Day,
    Enum,
    List,
    Nested,
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


class RuleDraftSchema(Schema):
    """A version of a rule as an operator publishes it; it begins on a later day."""

    measures = Enum(Measure, required=True)
    points_per_unit = Whole(minimum=1, maximum=10_000, required=True, example=20)
    most_per_day = Whole(minimum=1, maximum=MOST, required=True, example=160)
    most_per_year = Whole(minimum=1, maximum=MOST, required=True, example=800)
    most_in_all = Whole(minimum=1, maximum=MOST, allow_none=True, load_default=None)
    matures_after_days = Whole(minimum=0, maximum=365, load_default=0)
    lasts_years = Whole(minimum=1, maximum=LONGEST_YEARS, load_default=5)
    warns_days = Whole(minimum=1, maximum=365, load_default=90)
    reporters = List(Enum(Reporter), least=1, most=5, required=True)
    evidence = Enum(Evidence, required=True)
    reviewed = Boolean(load_default=True)
    valid_from = Day(required=True)
    valid_until = Day(allow_none=True, load_default=None, description="活动等有期限的规则的末日")
    name_zh = Text(80, required=True)
    name_en = Text(80, required=True)
    reason_zh = Text(500, required=True)
    reason_en = Text(500, required=True)

    @post_load
    def _draft(self, values: dict[str, Any], **_: Any) -> RuleDraft:
        return RuleDraft(**{**values, "reporters": tuple(values["reporters"])})


class RuleFormSchema(RuleDraftSchema):
    """A draft with its name, as the operator's form sends it."""

    # What a name may look like is judged with the rest of the draft: all faults come at once.
    key = Text(64, required=True, example="planting")
    version = Text(64, required=True, example="2026.1")
    step = Code(most=16, load_default="preview")

    @post_load
    def _draft(self, values: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**values, "reporters": tuple(values["reporters"])}


class RuleChangeSchema(Schema):
    """A version that will begin, and the one that holds until then."""

    after = Nested(RuleSchema, required=True)
    before = Nested(RuleSchema, required=True, allow_none=True)


RuleChangePageSchema = page_schema(RuleChangeSchema)
RulePageSchema = page_schema(RuleSchema)
