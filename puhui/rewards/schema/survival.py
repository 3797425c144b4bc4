"""Surveys and estimates on the wire."""

from typing import Any

from marshmallow import post_load

from puhui.rewards.allometry import Group, Shape, Use
from puhui.rewards.planting import MOST_PHOTOS, MOST_TREES
from puhui.rewards.schema.base import SPECIES
from puhui.rewards.schema.said import Sentence
from puhui.rewards.survival import MOST_WORDS, DeathCause, Stage, SurveyDraft
from puhui.web.paging import PageQuery, page_schema
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

MOST_CM, MOST_M, MOST_AREA_M2 = 300, 100, 1_000_000_000


class DeathSchema(Schema):
    """Trees that died of one cause."""

    cause = Enum(DeathCause, required=True)
    trees = Whole(minimum=1, maximum=MOST_TREES, required=True)


class SurveyFields(Schema):
    """What was seen."""

    stage = Enum(Stage, required=True)
    surveyed_on = Day(required=True)
    alive = Whole(minimum=0, maximum=MOST_TREES, required=True, description="成活株数")
    dbh_cm = DecimalString(
        minimum=0,
        maximum=MOST_CM,
        places=1,
        allow_none=True,
        load_default=None,
        description="成活树的平均胸径",
    )
    height_m = DecimalString(
        more_than=0,
        maximum=MOST_M,
        places=2,
        allow_none=True,
        load_default=None,
        description="成活树的平均高",
    )
    area_m2 = Whole(
        minimum=1,
        maximum=MOST_AREA_M2,
        allow_none=True,
        load_default=None,
        description="竹和红树的成活面积",
    )
    words = Text(MOST_WORDS, may_be_blank=True, load_default="")


class SurveyDraftSchema(SurveyFields):
    """What somebody saw of a planting."""

    planting_id = Uuid(required=True)
    deaths = List(
        Nested(DeathSchema),
        most=len(DeathCause),
        load_default=list,
        metadata={"description": "上次调查以来的死亡株数，按死因"},
    )
    photo_ids = List(Uuid(), least=1, most=MOST_PHOTOS, required=True)

    @post_load
    def _draft(self, values: dict[str, Any], **_: Any) -> SurveyDraft:
        deaths = tuple((DeathCause(one["cause"]), one["trees"]) for one in values.pop("deaths"))
        photo_ids = tuple(values.pop("photo_ids"))
        return SurveyDraft(**values, deaths=deaths, photo_ids=photo_ids)


class _SurveyForm(SurveyFields):
    """The page's form: photographs come as files."""

    photo_ids = List(Uuid(), most=MOST_PHOTOS, load_default=list)

    @post_load
    def _deaths(self, values: dict[str, Any], **_: Any) -> dict[str, Any]:
        died = {cause: values.pop(f"died_{cause}") for cause in DeathCause}
        return {**values, "deaths": tuple((cause, died[cause]) for cause in died if died[cause])}


SurveyFormSchema = type(
    "SurveyFormSchema",
    (_SurveyForm,),
    {
        f"died_{cause}": Whole(minimum=0, maximum=MOST_TREES, load_default=None)
        for cause in DeathCause
    },
)
"""Deaths come cause by cause, a field each."""


class SurveySchema(Schema):
    """A survey, and what became of the report."""

    survey_id = Uuid(required=True)
    planting_id = Uuid(required=True, attribute="draft.planting_id")
    reported_by = Uuid(required=True)
    stage = Enum(Stage, required=True, attribute="draft.stage")
    surveyed_on = Day(required=True, attribute="draft.surveyed_on")
    alive_before = Whole(required=True)
    alive = Whole(required=True, attribute="draft.alive")
    deaths = List(Nested(DeathSchema), required=True)
    dbh_cm = DecimalString(places=1, required=True, allow_none=True, attribute="draft.dbh_cm")
    height_m = DecimalString(places=2, required=True, allow_none=True, attribute="draft.height_m")
    area_m2 = Whole(required=True, allow_none=True, attribute="draft.area_m2")
    photo_ids = List(Uuid(), most=MOST_PHOTOS, required=True, attribute="draft.photo_ids")
    words = Text(MOST_WORDS, required=True, may_be_blank=True, attribute="draft.words")
    state = Code(most=16, required=True, description="reported、confirmed 或 refused")
    reported_at = Instant(required=True)
    decided_at = Instant(required=True, allow_none=True)
    reason = Text(MOST_WORDS, required=True, allow_none=True)


SurveyPageSchema = page_schema(SurveySchema)


class SurveyVerdictSchema(Schema):
    """Confirmed, or refused with a reason."""

    confirmed = Boolean(required=True)
    reason = Text(MOST_WORDS, allow_none=True, load_default=None, description="不确认时必填")


class SurveyListQuery(PageQuery):
    """Which surveys: those that wait."""


class FigureSchema(Schema):
    """What one equation says of the whole planting."""

    equation = Text(64, required=True)
    co2_kg = Text(80, required=True, description="千克二氧化碳，十进制，未取整")
    sources = List(Text(500), required=True)
    is_check = Boolean(required=True, description="只作对照，不计入区间")


class EstimateSizeSchema(Schema):
    """The size that an estimate took."""

    dbh_cm = Text(80, required=True)
    height_m = Text(80, required=True)
    source = Text(500, required=True)


class EstimateSchema(Schema):
    """What a planting may have removed, by one survey: information, not tradable, no offset."""

    estimate_id = Uuid(required=True)
    survey_id = Uuid(required=True)
    method = Text(64, required=True, example="removal@2026.1")
    days = Whole(required=True, description="植树以来的天数")
    alive = Whole(required=True)
    least_g = Whole(required=True, allow_none=True, description="区间下限，克二氧化碳，向下取整")
    most_g = Whole(required=True, allow_none=True, description="区间上限，克二氧化碳，向上取整")
    why_unknown = Sentence(required=True, allow_none=True)
    size_from = Code(most=16, required=True, allow_none=True, description="measured、table 或 area")
    age_years = Text(80, required=True, attribute="made_of.age_years")
    size = Nested(EstimateSizeSchema, required=True, allow_none=True, attribute="made_of.size")
    area_m2 = Whole(required=True, allow_none=True, attribute="made_of.area_m2")
    figures = List(Nested(FigureSchema), required=True, attribute="made_of.figures")
    estimated_at = Instant(required=True)


class StepSchema(Schema):
    """One stage of a planting's life."""

    stage = Enum(Stage, required=True)
    due_on = Day(required=True, allow_none=True)
    is_open = Boolean(required=True, description="今天可以调查")
    survey = Nested(SurveySchema, required=True, allow_none=True)


class LifeSchema(Schema):
    """A planting's later life."""

    planting_id = Uuid(required=True)
    planted = Whole(required=True)
    planted_on = Day(required=True)
    alive = Whole(required=True)
    steps = List(Nested(StepSchema), required=True)
    estimates = List(Nested(EstimateSchema), required=True)


class EquationSchema(Schema):
    """One row of an equation: a part of a tree, the diameters it was made for, and its source."""

    equation = Text(64, required=True)
    species = Code(**SPECIES, required=True)
    part = Code(most=16, required=True)
    shape = Enum(Shape, required=True)
    a = DecimalString(places=15, required=True)
    b = DecimalString(places=15, required=True)
    c = DecimalString(places=15, required=True)
    kg_per_unit = DecimalString(places=6, required=True)
    carbon_fraction = DecimalString(places=6, required=True)
    dbh_from_cm = DecimalString(places=3, required=True)
    dbh_below_cm = DecimalString(places=3, required=True, allow_none=True)
    use = Enum(Use, required=True, description="range 计入区间，check 只作对照，proxy 不分树种")
    source = Text(500, required=True)


EquationPageSchema = page_schema(EquationSchema)


class TreeQuery(Schema):
    """One tree."""

    species = Code(**SPECIES, required=True, description=f"树种，或 {Group.BROADLEAF} 看通用方程")
    dbh_cm = DecimalString(minimum=0, maximum=MOST_CM, places=4, required=True, example="7.197")
    height_m = DecimalString(minimum=0, maximum=MOST_M, places=4, required=True, example="8.826")


class PartSchema(Schema):
    """The dry mass of one part of a tree."""

    part = Code(most=16, required=True)
    kg = Text(80, required=True)


class TreeFigureSchema(Schema):
    """What one equation says of one tree, in kilograms, unrounded."""

    equation = Text(64, required=True)
    above_kg = Text(80, required=True)
    below_kg = Text(80, required=True)
    biomass_kg = Text(80, required=True)
    carbon_kg = Text(80, required=True)
    co2_kg = Text(80, required=True)
    parts = List(Nested(PartSchema), required=True)
    use = Enum(Use, required=True)
    sources = List(Text(500), required=True)


TreeFigurePageSchema = page_schema(TreeFigureSchema)
