"""Rewards on the wire."""

from typing import Any

from marshmallow import post_load

from puhui.rewards.base import BaseDraft
from puhui.rewards.planting import (
    MOST_PHOTOS,
    MOST_TREES,
    Datum,
    PlantingDraft,
    Point,
    State,
)
from puhui.rewards.points import Cap, Measure
from puhui.rewards.review import MOST_WORDS, Judgement, Reason, Verdict
from puhui.rewards.species import Form
from puhui.web import locale
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
    Strict,
    Text,
    Uuid,
    Whole,
)

SPECIES: dict[str, Any] = {"pattern": "[a-z_]+", "most": 64, "example": "cinnamomum_camphora"}
COUNTY: dict[str, Any] = {"pattern": "[0-9]{6}", "most": 6, "example": "350428"}
MOST_SPECIES = 100


class Sentence(Strict):
    """Something with `message` and `values`, said in the reader's language."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **_: Any) -> Any:
        return None if value is None else locale.said(value.message, **value.values)

    def wire(self) -> dict[str, Any]:
        return {"type": "string", "maxLength": 1000}


class Sha256(Strict):
    """A digest in hexadecimal."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **_: Any) -> Any:
        return value.hex()

    def wire(self) -> dict[str, Any]:
        return {"type": "string", "pattern": "^[0-9a-f]{64}$"}


class SpeciesSchema(Schema):
    """A species of the catalogue."""

    key = Code(**SPECIES, required=True)
    name_zh = Text(60, required=True, example="樟")
    name_en = Text(60, required=True, example="Camphor tree")
    scientific_name = Text(80, required=True, example="Cinnamomum camphora")
    form = Enum(Form, required=True)


SpeciesPageSchema = page_schema(SpeciesSchema)


class BaseDraftSchema(Schema):
    """A planting base as an operator registers it."""

    name_zh = Text(80, required=True, example="常口村义务植树基地")
    name_en = Text(120, required=True, example="Changkou planting base")
    county_code = Code(**COUNTY, required=True, description="县级行政区划代码（GB/T 2260）")
    address_zh = Text(200, required=True, example="福建省三明市将乐县高唐镇常口村")
    address_en = Text(200, required=True, example="Changkou, Gaotang, Jiangle, Sanming, Fujian")
    area_m2 = Whole(minimum=1, maximum=1_000_000_000, required=True, example=20_000)
    species = List(
        Code(**SPECIES),
        least=1,
        most=MOST_SPECIES,
        required=True,
        metadata={"example": ["cinnamomum_camphora"]},
    )
    season_from = Whole(minimum=1, maximum=12, required=True, description="植树季首月")
    season_until = Whole(minimum=1, maximum=12, required=True, description="植树季末月")
    organisation_id = Uuid(allow_none=True, load_default=None, description="管护单位")

    @post_load
    def _draft(self, values: dict[str, Any], **_: Any) -> BaseDraft:
        return BaseDraft(**{**values, "species": tuple(values["species"])})


class BaseSchema(Schema):
    """A planting base."""

    base_id = Uuid(required=True)
    name_zh = Text(80, required=True)
    name_en = Text(120, required=True)
    county_code = Code(**COUNTY, required=True)
    address_zh = Text(200, required=True)
    address_en = Text(200, required=True)
    area_m2 = Whole(required=True)
    species = List(Nested(SpeciesSchema), most=MOST_SPECIES, required=True)
    season_from = Whole(minimum=1, maximum=12, required=True)
    season_until = Whole(minimum=1, maximum=12, required=True)
    organisation_id = Uuid(required=True, allow_none=True)


BasePageSchema = page_schema(BaseSchema)


class RuleSchema(Schema):
    """One version of what an action earns."""

    citation = Text(64, required=True, example="planting@2026.1")
    key = Code(most=32, required=True, example="planting")
    version = Code(most=32, required=True, example="2026.1")
    measures = Enum(Measure, required=True)
    points_per_unit = Whole(minimum=1, required=True, example=20)
    most_per_day = Whole(required=True, allow_none=True, description="每人每日积分上限")
    most_per_year = Whole(required=True, allow_none=True, description="每人每年积分上限")
    valid_from = Day(required=True)
    valid_until = Day(required=True, allow_none=True)
    name_zh = Text(80, required=True)
    name_en = Text(80, required=True)
    reason_zh = Text(500, required=True)
    reason_en = Text(500, required=True)


RulePageSchema = page_schema(RuleSchema)


class PhotoSchema(Schema):
    """What is known of a photograph; the picture itself is at `/photos/<id>.jpg`."""

    photo_id = Uuid(required=True)
    width = Whole(required=True)
    height = Whole(required=True)
    original_sha256 = Sha256(required=True, description="上传文件的 SHA-256")
    stored_sha256 = Sha256(required=True, description="本平台所存副本的 SHA-256")
    taken_at = Instant(required=True, allow_none=True, description="照片记录的拍摄时间")
    zone_assumed = Boolean(required=True, description="照片未记时区，按北京时间理解")
    latitude = DecimalString(required=True, allow_none=True, description="WGS-84，经本人同意才保留")
    longitude = DecimalString(required=True, allow_none=True)
    received_at = Instant(required=True)


class PointSchema(Schema):
    """A place, with the datum that its degrees refer to."""

    latitude = DecimalString(minimum=-90, maximum=90, required=True, example="26.7321")
    longitude = DecimalString(minimum=-180, maximum=180, required=True, example="117.4712")
    datum = Enum(Datum, required=True, description="WGS-84（手机定位）或 GCJ-02（国内地图）")
    accuracy_m = Whole(minimum=0, maximum=100_000, allow_none=True, load_default=None)

    @post_load
    def _point(self, values: dict[str, Any], **_: Any) -> Point:
        return Point(**values)


class PlantingDraftSchema(Schema):
    """What a person says they planted."""

    base_id = Uuid(required=True)
    species = Code(**SPECIES, required=True)
    trees = Whole(minimum=1, maximum=MOST_TREES, required=True, example=3)
    planted_on = Day(required=True)
    photo_ids = List(Uuid(), least=1, most=MOST_PHOTOS, required=True)
    point = Nested(PointSchema, allow_none=True, load_default=None)

    @post_load
    def _draft(self, values: dict[str, Any], **_: Any) -> PlantingDraft:
        return PlantingDraft(**{**values, "photo_ids": tuple(values["photo_ids"])})


class RefusalSchema(Schema):
    """Why a planting was refused, for the person who logged it."""

    reason = Enum(Reason, required=True)
    says = Sentence(required=True, attribute="sentence")
    words = Text(MOST_WORDS, required=True, may_be_blank=True, description="核查员的说明")


class PlantingSchema(Schema):
    """A planting, and what became of it."""

    planting_id = Uuid(required=True)
    base_id = Uuid(required=True, attribute="base.base_id")
    species = Code(**SPECIES, required=True, attribute="species.key")
    trees = Whole(required=True)
    planted_on = Day(required=True)
    photos = List(Nested(PhotoSchema), most=MOST_PHOTOS, required=True)
    point = Nested(PointSchema, required=True, allow_none=True)
    state = Enum(State, required=True)
    logged_at = Instant(required=True)
    decided_at = Instant(required=True, allow_none=True)
    approvals = Whole(required=True, description="已有几位核查员同意")
    approvals_needed = Whole(required=True, description="需要几位核查员同意")
    refusal = Nested(RefusalSchema, required=True, allow_none=True)
    award_id = Uuid(required=True, allow_none=True, attribute="award.award_id", dump_default=None)
    points = Whole(required=True, allow_none=True, attribute="award.points", dump_default=None)


PlantingPageSchema = page_schema(PlantingSchema)


class SignalSchema(Schema):
    """One thing to look at twice."""

    id = Text(8, required=True, example="P5")
    says = Sentence(required=True, attribute="said")


class LikenessSchema(Schema):
    """Another photograph that looks the same."""

    photo_id = Uuid(required=True)
    distance = Whole(minimum=0, maximum=256, required=True, description="256 位中相差几位")
    mirrored = Boolean(required=True)


class DeskSchema(Schema):
    """A planting on the verifier's desk."""

    planting = Nested(PlantingSchema, required=True)
    signals = List(Nested(SignalSchema), required=True)
    likenesses = List(Nested(LikenessSchema), required=True)


DeskPageSchema = page_schema(DeskSchema)


class JudgementSchema(Schema):
    """What a verifier decides."""

    verdict = Enum(Verdict, required=True)
    reason = Enum(Reason, allow_none=True, load_default=None, description="不通过时必填")
    words = Text(MOST_WORDS, may_be_blank=True, load_default="", description="给种树人的说明")

    @post_load
    def _judgement(self, values: dict[str, Any], **_: Any) -> Judgement:
        return Judgement(**values)


class AwardSchema(Schema):
    """Why points were given."""

    award_id = Uuid(required=True)
    cause_kind = Code(most=32, required=True, example="planting")
    cause_id = Uuid(required=True)
    product_id = Uuid(
        required=True, allow_none=True, attribute="about.product_id", dump_default=None
    )
    rule = Nested(RuleSchema, required=True)
    deed_on = Day(required=True)
    quantity = Whole(required=True)
    points = Whole(required=True)
    full_points = Whole(required=True, attribute="earned.full_points")
    capped_by = Enum(Cap, required=True, allow_none=True, attribute="earned.capped_by")
    explanation = List(Sentence(), required=True)
    awarded_at = Instant(required=True)


class WalletSchema(Schema):
    """What a person has."""

    balance = Whole(required=True, description="积分余额", example=60)
    plantings_waiting = Whole(required=True, description="等待核查的植树记录数")


class StatementLineSchema(Schema):
    """A line of a wallet, and why."""

    entry_id = Whole(required=True)
    transfer_id = Uuid(required=True)
    amount = Whole(required=True)
    balance_after = Whole(required=True)
    reason = Code(most=64, required=True, example="planting")
    occurred_at = Instant(required=True)
    award = Nested(AwardSchema, required=True, allow_none=True)


StatementLinePageSchema = page_schema(StatementLineSchema)


class PlantingFormSchema(Schema):
    """The page's form: the number as a chip or written, photographs already taken in."""

    base_id = Uuid(required=True)
    species = Code(**SPECIES, required=True)
    trees = Whole(minimum=1, maximum=MOST_TREES, load_default=None)
    more_trees = Whole(minimum=1, maximum=MOST_TREES, load_default=None)
    planted_on = Day(required=True)
    photo_ids = List(Uuid(), most=MOST_PHOTOS, load_default=list)
