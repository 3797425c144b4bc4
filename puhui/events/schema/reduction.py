"""Reduction plans and what became of them, on the wire."""

from typing import Any

from marshmallow import post_load

from puhui.events.activity import Source
from puhui.events.reduction import Measure, MeasureState
from puhui.events.schema.event import Kilograms
from puhui.events.schema.what_if import EventScenarioSchema, kilograms
from puhui.web.paging import page_schema
from puhui.web.schema import Code, Enum, Instant, List, Nested, Object, Schema, Text, Uuid, Whole

MOST_MEASURES = 40


class MeasureSchema(Schema):
    """Something that is to be done; its saving is computed from the scenario."""

    title_zh = Text(120, required=True, example="省内参会者改乘高铁")
    title_en = Text(160, may_be_blank=True, load_default="")
    responsible = Text(80, required=True, example="会务组")
    state = Enum(MeasureState, load_default=MeasureState.PLANNED)
    note = Text(400, may_be_blank=True, load_default="")
    scenario = Nested(EventScenarioSchema, load_default=None, allow_none=True)

    @post_load
    def _measure(self, told: dict[str, Any], **_: Any) -> Measure:
        return Measure(**told)


class ReductionPlanDraftSchema(Schema):
    """What is to be done about an event's emissions."""

    measures = List(Nested(MeasureSchema), least=1, most=MOST_MEASURES, required=True)


class ReductionPlanSchema(Schema):
    """A version of a reduction plan."""

    plan_id = Uuid(required=True)
    number = Whole(minimum=1, required=True)
    sha256 = Code("[0-9a-f]{64}", required=True)
    made_at = Instant(required=True)
    document = Object(required=True, description="规范 JSON")


ReductionPlanPageSchema = page_schema(ReductionPlanSchema)


class OutcomeSchema(Schema):
    """A source before the event and after it; null where it was not counted."""

    source = Enum(Source, required=True)
    planned_kg = Kilograms(required=True, allow_none=True)
    actual_kg = Kilograms(required=True, allow_none=True)
    change_kg = kilograms(allow_none=True)


class OutcomesSchema(Schema):
    """How the event turned out beside what was planned."""

    sources = List(Nested(OutcomeSchema), most=20, required=True)
