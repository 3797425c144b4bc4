"""What an event uses beside travel, on the wire."""

from typing import Any

from marshmallow import ValidationError, post_load

from puhui.events.activity import ACTIVITIES, Level
from puhui.events.city import PROVINCES
from puhui.events.draft import InventoryDraft
from puhui.events.estimate import Entry
from puhui.events.schema.event import REGION
from puhui.kernel.errors import Fault
from puhui.kernel.text import N_
from puhui.web.schema import Code, DecimalString, Enum, List, Nested, Schema, Text, Whole

MOST_ENTRIES = 500
ASSUMPTION = r"[a-z0-9]+([.-][a-z0-9]+){0,5}"


class EventAmountDraftSchema(Schema):
    """An amount of an activity."""

    activity = Code("[a-z_]+", required=True, example="electricity")
    amount = DecimalString(minimum=0, required=True, example="1000")
    unit = Text(20, load_default="", may_be_blank=True, description="缺省为该活动的单位")
    level = Enum(Level, required=True)
    region = Code(REGION, load_default=None, allow_none=True, example="CN-FJ")
    note = Text(200, load_default="", may_be_blank=True)
    assumed = Code(
        ASSUMPTION, load_default="", description="专家假设的编号", example="hotel.star-5"
    )

    @post_load
    def _entry(self, told: dict[str, Any], **_: Any) -> Entry:
        activity = ACTIVITIES.get(told["activity"])
        if activity is None:
            raise ValidationError({"activity": [Fault("unknown_activity", N_("没有这种活动数据"))]})
        region = told["region"]
        if region is not None and region.startswith("CN-") and region not in PROVINCES:
            raise ValidationError({"region": [Fault("unknown_region", N_("没有这个地区"))]})
        return Entry(
            activity,
            told["amount"],
            told["unit"] or activity.unit,
            told["level"],
            region,
            told["note"],
            told["assumed"],
        )


class EventInventoryDraftSchema(Schema):
    """What an event uses beside the travel of its list."""

    entries = List(Nested(EventAmountDraftSchema), most=MOST_ENTRIES, required=True)
    people_per_room = DecimalString(
        minimum=1,
        maximum=20,
        places=2,
        load_default=None,
        allow_none=True,
        description="按名单晚数折算客房时，每间几人",
        example="1.5",
    )
    rooms_assumed = Code(
        ASSUMPTION,
        load_default=None,
        allow_none=True,
        description="按名单折算的客房所用专家假设的编号",
        example="hotel.star-5",
    )

    @post_load
    def _draft(self, told: dict[str, Any], **_: Any) -> InventoryDraft:
        return InventoryDraft(
            tuple(told["entries"]), told["people_per_room"], told["rooms_assumed"]
        )


class EventAmountSchema(Schema):
    """An amount as it is kept."""

    activity = Code("[a-z_]+", required=True)
    amount = DecimalString(required=True)
    unit = Text(20, required=True)
    level = Enum(Level, required=True)
    region = Code(REGION, required=True, allow_none=True)
    note = Text(200, required=True, may_be_blank=True)
    assumed = Text(60, required=True, may_be_blank=True)


class EventInventorySchema(Schema):
    """What was entered."""

    entries = List(Nested(EventAmountSchema), most=MOST_ENTRIES, required=True)
    people_per_room = DecimalString(places=2, required=True, allow_none=True)
    rooms_assumed = Code(ASSUMPTION, required=True, allow_none=True)
    version = Whole(minimum=1, required=True)
