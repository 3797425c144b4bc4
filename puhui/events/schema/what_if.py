"""Scenarios and what they would change, on the wire."""

from typing import Any

from marshmallow import ValidationError, post_load

from puhui.events.activity import ACTIVITIES, Source
from puhui.events.schema.event import Place
from puhui.events.schema.inventory import ASSUMPTION
from puhui.events.travel import Mode
from puhui.events.whatif import Assumed, Difference, Scenario, Shift, Step, Swap
from puhui.kernel.errors import Fault
from puhui.kernel.text import N_
from puhui.web.schema import Code, DecimalString, Enum, List, Nested, Schema, Text

MOST_SCENARIOS = 6


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


def kilograms(**options: Any) -> DecimalString:
    """Return a field of kilograms, as text so that no digit is lost."""
    return DecimalString(required=True, minimum=-(10**15), places=12, **options)


class SourceStepSchema(Schema):
    """A source before and after."""

    source = Enum(Source, required=True)
    before_kg = kilograms()
    after_kg = kilograms()
    change_kg = kilograms()


class EventDifferenceSchema(Schema):
    """What a scenario would make of the estimate, in kg."""

    name = Text(80, required=True)
    before_kg = kilograms()
    after_kg = kilograms()
    change_kg = kilograms()
    likely_low_kg = kilograms(description="95 % 区间下限，未变的数据同时抽样")
    likely_high_kg = kilograms(description="95 % 区间上限")
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
