"""Thresholds, places and tickets on the wire."""

from typing import Any

from marshmallow import post_load

from puhui.evidence.geodesy import Datum, Place
from puhui.rewards.queries.places import Spot
from puhui.rewards.threshold import MOST, shipped
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
    Schema,
    Text,
    Uuid,
    Whole,
)


class ThresholdSchema(Schema):
    """One threshold: a whole number in its unit."""

    key = Code(pattern="[A-Za-z0-9_.]+", most=32, required=True, example="P2.bits")
    value = Whole(minimum=0, maximum=MOST, required=True, example=15)


_EXAMPLE = [{"key": key, "value": value} for key, value in shipped()[-1].values.items()]


class ThresholdDraftSchema(Schema):
    """All thresholds of a version."""

    valid_from = Day(required=True, description="自这一天起生效，至少为次日")
    values = List(Nested(ThresholdSchema), most=200, required=True, metadata={"example": _EXAMPLE})

    @post_load
    def _values(self, loaded: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**loaded, "values": {one["key"]: one["value"] for one in loaded["values"]}}


class StatedThresholdSchema(ThresholdSchema):
    """One threshold with what it stands for."""

    unit = Text(16, required=True)
    name_zh = Text(120, required=True)
    name_en = Text(160, required=True)


class ThresholdsSchema(Schema):
    """A version of all thresholds."""

    version = Code(pattern="[0-9A-Za-z.]+", most=32, required=True, example="2026.1")
    valid_from = Day(required=True)
    values = List(Nested(StatedThresholdSchema), most=200, required=True, attribute="stated")


ThresholdsPageSchema = page_schema(ThresholdsSchema)


class SpotSchema(Schema):
    """Where a base lies: its middle, and the metres to its farthest corner."""

    latitude = DecimalString(minimum=-90, maximum=90, required=True, example="26.7321")
    longitude = DecimalString(minimum=-180, maximum=180, required=True, example="117.4712")
    datum = Enum(Datum, required=True, description="WGS-84（卫星定位）或 GCJ-02（国内地图）")
    radius_m = Whole(minimum=1, maximum=100_000, required=True, example=80)

    @post_load
    def _spot(self, values: dict[str, Any], **_: Any) -> Spot:
        return Spot(
            Place(values["latitude"], values["longitude"], values["datum"]), values["radius_m"]
        )


class NotedSpotSchema(Schema):
    """Where a base lies, as last noted."""

    latitude = DecimalString(required=True, attribute="centre.latitude")
    longitude = DecimalString(required=True, attribute="centre.longitude")
    datum = Enum(Datum, required=True, attribute="centre.datum")
    radius_m = Whole(required=True)


class TicketDraftSchema(Schema):
    """What a capture ticket is asked for."""

    base_id = Uuid(required=True)
    offline = Boolean(load_default=False, description="去没有信号的地方时为 true，有效时间更长")


class TicketSchema(Schema):
    """Leave to photograph a base, for one planting."""

    ticket_id = Uuid(required=True)
    base_id = Uuid(required=True, attribute="place_id")
    issued_at = Instant(required=True)
    valid_until = Instant(required=True)
    spent_on = Uuid(required=True, allow_none=True, description="已用于哪次植树")
