"""Scenarios, reduction plans, assumptions, forests and statements on the wire."""

from typing import Any

from marshmallow import ValidationError, post_load

from puhui.events.activity import ACTIVITIES, Source
from puhui.events.assumption import HIGHEST, AssumptionDraft
from puhui.events.forest import ForestDraft, Reminder, RouteState
from puhui.events.reduction import Measure, MeasureState
from puhui.events.schema import ASSUMPTION, Kilograms, Place
from puhui.events.statement import ConfirmationKind, StatementKind
from puhui.events.travel import Mode
from puhui.events.whatif import Assumed, Difference, Scenario, Shift, Step, Swap
from puhui.kernel.errors import Fault
from puhui.kernel.text import N_
from puhui.web.paging import page_schema
from puhui.web.schema import (
    Boolean,
    Code,
    Day,
    DecimalString,
    Enum,
    Instant,
    List,
    Nested,
    Object,
    Schema,
    Text,
    Uuid,
    Whole,
)

MOST_SCENARIOS = 6
MOST_MEASURES = 40


def _percent(description: str, most: int = 100) -> DecimalString:
    return DecimalString(
        minimum=0,
        maximum=most,
        places=2,
        load_default=None,
        allow_none=True,
        description=description,
        example="30",
    )


class ModeShiftSchema(Schema):
    """So many per cent of those who come one way come another."""

    from_mode = Enum(Mode, required=True)
    to_mode = Enum(Mode, required=True)
    percent = DecimalString(minimum=0, maximum=100, places=2, required=True, example="50")
    below_km = DecimalString(
        more_than=0,
        maximum=20_000,
        places=1,
        load_default=None,
        allow_none=True,
        description="只换大圆距离不足此数的人",
        example="800",
    )

    @post_load
    def _shift(self, told: dict[str, Any], **_: Any) -> Shift:
        return Shift(**told)


class MenuSwapSchema(Schema):
    """So many per cent of one food are of another that has a factor on record."""

    from_activity = Code("[a-z_]+", required=True, example="canteen_food")
    to_activity = Code("[a-z_]+", required=True, example="food_and_drink")
    percent = DecimalString(minimum=0, maximum=100, places=2, required=True, example="20")

    @post_load
    def _swap(self, told: dict[str, Any], **_: Any) -> Swap:
        for name in ("from_activity", "to_activity"):
            activity = ACTIVITIES.get(told[name])
            if activity is None or activity.source is not Source.CATERING:
                fault = Fault("not_food", N_("只能在有因子的餐食之间替换"))
                raise ValidationError({name: [fault]})
        return Swap(**told)


class EventScenarioSchema(Schema):
    """How the event would be; what is left out stays as it is."""

    name = Text(80, required=True, example="改在福州")
    venue = Place(load_default=None, allow_none=True, example="福州市")
    shifts = List(Nested(ModeShiftSchema), most=10, load_default=list)
    online_percent = _percent("改为线上参会的百分比")
    online_hours = DecimalString(
        minimum=0,
        maximum=1000,
        places=2,
        load_default=None,
        allow_none=True,
        description="线上每人参会小时数",
        example="8",
    )
    people_per_room = DecimalString(
        minimum=1, maximum=20, places=2, load_default=None, allow_none=True, example="2"
    )
    hotel = Code(
        ASSUMPTION,
        load_default=None,
        allow_none=True,
        description="酒店所用专家假设的编号",
        example="hotel.star-5",
    )
    food_percent = _percent("食物重量为现在的百分之几", 200)
    swaps = List(Nested(MenuSwapSchema), most=10, load_default=list)
    power_percent = _percent("场馆用电为现在的百分之几", 200)

    @post_load
    def _scenario(self, told: dict[str, Any], **_: Any) -> Scenario:
        return Scenario(**{**told, "shifts": tuple(told["shifts"]), "swaps": tuple(told["swaps"])})


class EventWhatIfSchema(Schema):
    """Scenarios to be put side by side."""

    scenarios = List(Nested(EventScenarioSchema), least=1, most=MOST_SCENARIOS, required=True)


def _kilograms(**options: Any) -> DecimalString:
    return DecimalString(required=True, minimum=-(10**15), places=12, **options)


class SourceStepSchema(Schema):
    """A source before and after."""

    source = Enum(Source, required=True)
    before_kg = _kilograms()
    after_kg = _kilograms()
    change_kg = _kilograms()


class EventDifferenceSchema(Schema):
    """What a scenario would make of the estimate, in kg."""

    name = Text(80, required=True)
    before_kg = _kilograms()
    after_kg = _kilograms()
    change_kg = _kilograms()
    likely_low_kg = _kilograms(description="95 % 区间下限，未变的数据同时抽样")
    likely_high_kg = _kilograms(description="95 % 区间上限")
    sources = List(Nested(SourceStepSchema), most=20, required=True)
    assumed = List(Enum(Assumed), most=20, required=True, description="情景默认的前提")


class EventDifferencesSchema(Schema):
    """Scenarios side by side."""

    scenarios = List(Nested(EventDifferenceSchema), most=MOST_SCENARIOS, required=True)


def differences_wire(found: list[Difference]) -> dict[str, Any]:
    """Return differences as they stand on the wire."""
    return {
        "scenarios": [
            {
                "name": each.scenario.name,
                **_step(each.total),
                "likely_low_kg": each.likely.low,
                "likely_high_kg": each.likely.high,
                "sources": [
                    {"source": source, **_step(step)} for source, step in each.sources.items()
                ],
                "assumed": each.assumed,
            }
            for each in found
        ]
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "before_kg": step.before_kg,
        "after_kg": step.after_kg,
        "change_kg": step.change_kg,
    }


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


class AssumptionDraftSchema(Schema):
    """What an expert assumes where nothing is published."""

    key = Code(ASSUMPTION, required=True, example="hotel.star-5")
    activity = Code("[a-z_]+", required=True, example="room_night")
    multiplier = DecimalString(more_than=0, maximum=HIGHEST, places=4, required=True, example="1.2")
    name_zh = Text(80, required=True, example="五星级酒店")
    name_en = Text(80, required=True, example="Five-star hotel")
    basis = Text(500, required=True, description="谁、何时、凭什么判断")

    @post_load
    def _draft(self, told: dict[str, Any], **_: Any) -> AssumptionDraft:
        return AssumptionDraft(**told)


class AssumptionSchema(Schema):
    """The newest version of an assumption."""

    key = Code(ASSUMPTION, required=True)
    version = Whole(minimum=1, required=True)
    activity = Code("[a-z_]+", required=True)
    multiplier = DecimalString(required=True, places=4)
    name_zh = Text(80, required=True)
    name_en = Text(80, required=True)
    basis = Text(500, required=True)


class AssumptionsSchema(Schema):
    """Every assumption that operators have entered."""

    items = List(Nested(AssumptionSchema), most=1000, required=True)


class ForestDraftSchema(Schema):
    """A new forest; it is never a credit."""

    place = Text(200, required=True, example="将乐县高唐镇常口村后山")
    latitude = DecimalString(minimum=-90, maximum=90, places=6, required=True, example="26.7")
    longitude = DecimalString(minimum=-180, maximum=180, places=6, required=True, example="117.5")
    area_mu = DecimalString(more_than=0, maximum=1_000_000, places=2, required=True)
    species = Text(200, required=True, example="杉木、木荷")
    planted_on = Day(required=True)
    plan = Text(1000, required=True, description="造林方案")
    monitoring = Text(1000, required=True, description="监测安排")
    methodology = Text(200, required=True, description="核算所用方法学")
    expected_kg = Whole(minimum=1, maximum=10**12, required=True)
    monitored_on = Day(load_default=None, allow_none=True, description="最近一次监测")
    certified_kg = Whole(minimum=1, maximum=10**12, load_default=None, allow_none=True)
    certified_on = Day(load_default=None, allow_none=True)
    certifier = Text(120, may_be_blank=True, load_default="", description="核证机构")

    @post_load
    def _draft(self, told: dict[str, Any], **_: Any) -> ForestDraft:
        return ForestDraft(**told)


class ForestSchema(ForestDraftSchema):
    """A new forest as it stands today."""

    route_id = Uuid(required=True)
    number = Whole(minimum=1, required=True)
    open_until = Day(required=True, description="活动结束后六年")
    state = Enum(RouteState, required=True)
    reminders = List(Enum(Reminder), most=5, required=True)


class ConfirmationDraftSchema(Schema):
    """An organisation's word that a statement is true."""

    organisation_id = Uuid(required=True, description="确认的单位：主办单位或独立机构")
    says_zh = Text(1000, required=True, example="本单位承诺声明内容真实。")
    says_en = Text(1000, may_be_blank=True, load_default="")


class EventConfirmationSchema(Schema):
    """A word that was given, and whether it is of the statement as it stands now."""

    confirmation_id = Uuid(required=True)
    kind = Enum(ConfirmationKind, required=True)
    organisation_id = Uuid(required=True)
    organisation = Text(120, required=True)
    says_zh = Text(1000, required=True)
    says_en = Text(1000, may_be_blank=True, required=True)
    sha256 = Code("[0-9a-f]{64}", required=True)
    confirmed_at = Instant(required=True)
    is_current = Boolean(required=True)


class EventStatementSchema(Schema):
    """What can be stated of an event now."""

    kind = Enum(StatementKind, required=True)
    sha256 = Code("[0-9a-f]{64}", required=True)
    document = Object(required=True, description="规范 JSON")
    confirmations = List(Nested(EventConfirmationSchema), most=1000, required=True)
    reversed_certificates = List(
        Text(60), most=1000, required=True, description="所注销项目后来发生逆转的证书"
    )


class OutcomeSchema(Schema):
    """A source before the event and after it; null where it was not counted."""

    source = Enum(Source, required=True)
    planned_kg = Kilograms(required=True, allow_none=True)
    actual_kg = Kilograms(required=True, allow_none=True)
    change_kg = _kilograms(allow_none=True)


class OutcomesSchema(Schema):
    """How the event turned out beside what was planned."""

    sources = List(Nested(OutcomeSchema), most=20, required=True)
