"""Assumptions on the wire."""

from typing import Any

from marshmallow import post_load

from puhui.events.assumption import HIGHEST, AssumptionDraft
from puhui.events.schema.inventory import ASSUMPTION
from puhui.web.schema import Code, DecimalString, List, Nested, Schema, Text, Whole


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
