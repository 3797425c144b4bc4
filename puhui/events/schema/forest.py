"""New forests on the wire."""

from typing import Any

from marshmallow import post_load

from puhui.events.forest import ForestDraft, Reminder, RouteState
from puhui.web.schema import Day, DecimalString, Enum, List, Schema, Text, Uuid, Whole


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
