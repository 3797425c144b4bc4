"""Photographs, plantings and reviews on the wire."""

from typing import Any

from marshmallow import post_load

from puhui.rewards.planting import (
    MOST_PHOTOS,
    MOST_TREES,
    Datum,
    PlantingDraft,
    Point,
    State,
)
from puhui.rewards.review import MOST_WORDS, Judgement, Reason, Verdict
from puhui.rewards.schema.base import SPECIES
from puhui.rewards.schema.said import Sentence
from puhui.rewards.schema.second_look import PlantingQuestionSchema, RulesDecisionSchema
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


class Sha256(Strict):
    """A digest in hexadecimal."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **_: Any) -> Any:
        return value.hex()

    def wire(self) -> dict[str, Any]:
        return {"type": "string", "pattern": "^[0-9a-f]{64}$"}


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
    ticket_id = Uuid(allow_none=True, load_default=None, description="拍摄凭证，可不填")
    device_id = Uuid(
        allow_none=True, load_default=None, description="安装编号，随机生成；只存散列值，保留 30 天"
    )

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
    decision = Nested(
        RulesDecisionSchema, required=True, allow_none=True, description="核对规则的结论及其理由"
    )
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
    distance_m = Whole(
        required=True, allow_none=True, attribute="distance.least_m", dump_default=None,
        description="离基地中心几米；两种坐标系中取较近的",
    )  # fmt: skip
    radius_m = Whole(required=True, description="基地半径；未知为 0")
    questions = List(Nested(PlantingQuestionSchema), required=True)


DeskPageSchema = page_schema(DeskSchema)


class JudgementSchema(Schema):
    """What a verifier decides."""

    verdict = Enum(Verdict, required=True)
    reason = Enum(Reason, allow_none=True, load_default=None, description="不通过时必填")
    words = Text(MOST_WORDS, may_be_blank=True, load_default="", description="给种树人的说明")

    @post_load
    def _judgement(self, values: dict[str, Any], **_: Any) -> Judgement:
        return Judgement(**values)


class PlantingFormSchema(Schema):
    """The page's form: the number as a chip or written, photographs already taken in."""

    base_id = Uuid(required=True)
    species = Code(**SPECIES, required=True)
    trees = Whole(minimum=1, maximum=MOST_TREES, load_default=None)
    more_trees = Whole(minimum=1, maximum=MOST_TREES, load_default=None)
    planted_on = Day(required=True)
    photo_ids = List(Uuid(), most=MOST_PHOTOS, load_default=list)
