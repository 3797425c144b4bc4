"""Events on the wire, and where they stand."""

from typing import Any

from marshmallow import post_load

from puhui.events.activity import Source
from puhui.events.city import gazetteer
from puhui.events.draft import EventDraft
from puhui.events.estimate import Bound, Stage
from puhui.events.neutrality import State
from puhui.kernel.quantity import plain
from puhui.kernel.text import N_
from puhui.web.paging import page_schema
from puhui.web.schema import (
    Boolean,
    Code,
    Day,
    Enum,
    Instant,
    List,
    Nested,
    Schema,
    Sentences,
    Strict,
    Text,
    Uuid,
    Whole,
)

CITY_CODE = "[0-9]{6}|[a-z]{2}-[a-z-]{1,40}"
REGION = "[A-Z]{2}(-[A-Z0-9]{1,3})?"


class Place(Strict):
    """A city by its name, as people write it, or its code; loads to the city."""

    default_error_messages: Sentences = {
        "not_text": N_("这里应当是文字"),
        "unknown_city": N_("不认识这个城市：请写地级市或以上的名称"),
        "ambiguous_city": N_("这个名称可能指：%(cities)s；请写明省份"),
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Any:
        if not isinstance(value, str) or len(value) > 60:
            raise self.make_error("not_text")
        if (by_code := gazetteer().by_code(value)) is not None:
            return by_code
        found = gazetteer().find(value)
        if not found:
            raise self.make_error("unknown_city")
        if len(found) > 1:
            raise self.make_error("ambiguous_city", cities="、".join(c.name_zh for c in found))
        return found[0]

    def _serialize(self, value: Any, attr: str | None, obj: Any, **_: Any) -> Any:
        return None if value is None else value.code

    def wire(self) -> dict[str, Any]:
        return {"type": "string", "minLength": 1, "maxLength": 60}


class Kilograms(Strict):
    """Exact kilograms, in answers only: as many decimals as they have."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **_: Any) -> Any:
        return None if value is None else plain(value)

    def wire(self) -> dict[str, Any]:
        return {"type": "string", "format": "decimal", "pattern": r"^[0-9]+(\.[0-9]+)?$"}


class CitySchema(Schema):
    """A city of our table."""

    code = Code(CITY_CODE, required=True, example="350400")
    name_zh = Text(40, required=True, example="三明市")
    name_en = Text(40, required=True, example="Sanming")
    region = Code(REGION, required=True, example="CN-FJ")


class BoundarySourceSchema(Schema):
    """Whether a source of emissions is counted; if not, the reason that is printed."""

    source = Enum(Source, required=True)
    included = Boolean(required=True)
    reason_zh = Text(200, may_be_blank=True, load_default="")
    reason_en = Text(200, may_be_blank=True, load_default="")

    @post_load
    def _bound(self, told: dict[str, Any], **_: Any) -> Bound:
        return Bound(**told)


class EventDraftSchema(Schema):
    """An event as its organiser describes it."""

    organisation_id = Uuid(required=True)
    title_zh = Text(120, required=True, example="林下经济现场会")
    title_en = Text(160, may_be_blank=True, load_default="")
    venue = Place(required=True, description="会场所在城市，名称或代码", example="三明市")
    venue_county = Text(40, may_be_blank=True, load_default="", description="区县")
    starts_on = Day(required=True)
    ends_on = Day(required=True)
    attendees = Whole(minimum=1, maximum=1_000_000, required=True, description="预计参会人数")
    boundary = List(
        Nested(BoundarySourceSchema), least=1, most=20, required=True, description="每个来源一项"
    )
    is_public = Boolean(load_default=False, description="是否公开活动页")

    @post_load
    def _draft(self, told: dict[str, Any], **_: Any) -> EventDraft:
        return EventDraft(**{**told, "boundary": tuple(told["boundary"])})


class EstimateSummarySchema(Schema):
    """An estimate's figures."""

    estimate_id = Uuid(required=True)
    number = Whole(minimum=1, required=True)
    stage = Enum(Stage, required=True)
    total_kg = Kilograms(required=True, description="合计")
    co2_kg = Kilograms(required=True, description="因子仅含二氧化碳的部分")
    co2e_kg = Kilograms(required=True, description="因子含全部温室气体的部分")
    need_kg = Whole(minimum=0, required=True, description="应注销量，向上取整到千克")
    made_at = Instant(required=True)
    sha256 = Code("[0-9a-f]{64}", required=True)


class EventStandingSchema(Schema):
    """Where an event stands."""

    state = Enum(State, required=True)
    estimate = Nested(EstimateSummarySchema, required=True, allow_none=True)
    retired_kg = Whole(minimum=0, required=True)
    lacking_kg = Whole(minimum=0, required=True)
    surplus_kg = Whole(minimum=0, required=True)
    neutral_since = Instant(required=True, allow_none=True)
    forest_until = Day(
        required=True, allow_none=True, description="新造林路线的六年期限；不计入注销量"
    )


class EventSchema(Schema):
    """An event and where it stands."""

    event_id = Uuid(required=True)
    organisation_id = Uuid(required=True)
    organiser = Text(120, required=True)
    title_zh = Text(120, required=True)
    title_en = Text(160, may_be_blank=True, required=True)
    venue = Nested(CitySchema, required=True)
    venue_county = Text(40, may_be_blank=True, required=True)
    starts_on = Day(required=True)
    ends_on = Day(required=True)
    neutral_by = Day(required=True, description="结束后一年：实现碳中和的期限")
    attendees = Whole(minimum=1, required=True)
    boundary = List(Nested(BoundarySourceSchema), most=20, required=True)
    is_public = Boolean(required=True)
    version = Whole(minimum=1, required=True)
    standing = Nested(EventStandingSchema, required=True)


EventPageSchema = page_schema(EventSchema)
