"""Events on the wire."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, post_load

from puhui.credits.bundle import Prefer, Wishes
from puhui.credits.hold import HoldState
from puhui.credits.kind import Kind
from puhui.events.activity import ACTIVITIES, Level, Source
from puhui.events.city import PROVINCES, City, gazetteer
from puhui.events.draft import EventDraft, InventoryDraft
from puhui.events.estimate import Bound, Entry, Stage
from puhui.events.neutrality import State
from puhui.kernel.errors import Fault
from puhui.kernel.quantity import plain
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
    Sentences,
    Strict,
    Text,
    Uuid,
    Whole,
    Year,
)

MOST_ENTRIES = 500
MOST_DECISIONS = 1000
CITY_CODE = "[0-9]{6}|[a-z]{2}-[a-z-]{1,40}"
ASSUMPTION = r"[a-z0-9]+([.-][a-z0-9]+){0,5}"
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


class CityQuestionSchema(Schema):
    """A place that somebody has to decide about."""

    written = Text(60, required=True, may_be_blank=True, description="名单里的写法")
    rows = List(Whole(minimum=1), most=50_000, required=True, description="所在行")
    people = Whole(minimum=1, required=True)
    candidates = List(Nested(CitySchema), most=50, required=True)


class AttendeeListSchema(Schema):
    """An attendee list, reduced to what the sum needs. It names nobody."""

    list_id = Uuid(required=True)
    rows = Whole(minimum=0, required=True, description="有人的行")
    merged = Whole(minimum=0, required=True, description="合并掉的重复行")
    people = Whole(minimum=0, required=True)
    cities = Whole(minimum=0, required=True)
    columns = List(Code("[a-z]+"), most=20, required=True, description="认出的列")
    questions = List(Nested(CityQuestionSchema), most=50_000, required=True)
    uploaded_at = Instant(required=True)


class CityDecisionSchema(Schema):
    """Which city is meant by what was written: in all rows, or in one."""

    written = Text(60, required=True, may_be_blank=True)
    row = Whole(minimum=1, load_default=None, allow_none=True)
    city = Place(required=True, example="厦门市")


class CityDecisionsSchema(Schema):
    """Decisions about cities."""

    decisions = List(Nested(CityDecisionSchema), least=1, most=MOST_DECISIONS, required=True)

    @post_load
    def _decisions(self, told: dict[str, Any], **_: Any) -> Mapping[str, City | dict[int, City]]:
        found: dict[str, City | dict[int, City]] = {}
        for decision in told["decisions"]:
            written, row, city = decision["written"], decision["row"], decision["city"]
            if row is None:
                found[written] = city
            else:
                rows = found.setdefault(written, {})
                if isinstance(rows, dict):
                    rows[row] = city
        return found


class EventEstimateDraftSchema(Schema):
    """A wish for an estimate."""

    stage = Enum(Stage, required=True)


class EventEstimateSchema(EstimateSummarySchema):
    """An estimate with its document."""

    document = Object(required=True, description="规范 JSON，可由任何人重算")


EstimatePageSchema = page_schema(EstimateSummarySchema)


class WishedShareSchema(Schema):
    """At least so many per cent from a kind."""

    kind = Enum(Kind, required=True)
    percent = Whole(minimum=1, maximum=100, required=True)


class WishedCountyShareSchema(Schema):
    """At least so many per cent from a county or city."""

    county = Code("[1-9][0-9]{1,5}", most=6, required=True)
    percent = Whole(minimum=1, maximum=100, required=True)


class WishedVintageShareSchema(Schema):
    """At least so many per cent from credits of a year."""

    year = Year(required=True)
    percent = Whole(minimum=1, maximum=100, required=True)


class EventOfferDraftSchema(Schema):
    """What the buyer wants beyond a low price."""

    kinds = List(Enum(Kind), most=10, load_default=list)
    counties = List(Code("[0-9]{2,6}", most=6), most=50, load_default=list)
    shares = List(Nested(WishedShareSchema), most=10, load_default=list)
    highest_fen_per_t = Whole(minimum=1, load_default=None, allow_none=True)
    county_shares = List(Nested(WishedCountyShareSchema), most=10, load_default=list)
    vintage_shares = List(Nested(WishedVintageShareSchema), most=10, load_default=list)
    prefer = Enum(Prefer, load_default=Prefer.NOTHING, description="价格相近时更看重什么")
    dearer_percent = Whole(
        minimum=0, maximum=1000, load_default=0, description="为此最多比最便宜的贵百分之几"
    )

    @post_load
    def _wishes(self, told: dict[str, Any], **_: Any) -> Wishes:
        kinds, counties, vintages = (
            _shares(told, name, key)
            for name, key in (
                ("shares", "kind"),
                ("county_shares", "county"),
                ("vintage_shares", "year"),
            )
        )
        return Wishes(
            tuple(told["kinds"]),
            tuple(told["counties"]),
            kinds,
            told["highest_fen_per_t"],
            counties,
            vintages,
            told["prefer"],
            told["dearer_percent"],
        )


def _shares(told: dict[str, Any], name: str, key: str) -> dict[Any, int]:
    """Return one sort of wished shares; counties may lie in one another, the others may not."""
    shares = {share[key]: share["percent"] for share in told[name]}
    if len(shares) != len(told[name]) or (key != "county" and sum(shares.values()) > 100):
        raise ValidationError(
            {name: [Fault("bad_shares", N_("各类占比不能重复，合计不能超过百分之百"))]}
        )
    return shares


class EventOfferLineSchema(Schema):
    """So many kilograms of a batch, at a price."""

    batch_id = Uuid(required=True)
    kind = Enum(Kind, required=True)
    project = Text(200, required=True)
    quantity_kg = Whole(minimum=1, required=True)
    price_fen_per_t = Whole(minimum=1, required=True)
    cost_fen = Whole(minimum=0, required=True)


class EventOfferSchema(Schema):
    """Credits kept for an event at a frozen price."""

    offer_id = Uuid(required=True)
    state = Enum(HoldState, required=True)
    need_kg = Whole(minimum=1, required=True)
    total_kg = Whole(minimum=1, required=True)
    surplus_kg = Whole(minimum=0, required=True, description="超出部分，不可用于别的活动")
    total_fen = Whole(minimum=0, required=True)
    reference = Text(40, required=True, description="转账附言")
    expires_at = Instant(required=True)
    lines = List(Nested(EventOfferLineSchema), most=1000, required=True)
    certificate = Text(60, required=True, allow_none=True, description="证书编号，注销后才有")
