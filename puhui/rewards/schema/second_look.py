"""Decisions, questions, appeals and audits on the wire."""

from typing import Any

from puhui.rewards.review import MOST_WORDS
from puhui.rewards.schema.said import Sentence
from puhui.rewards.service.questions import MOST_MORE_PHOTOS
from puhui.rewards.signal import Effect, Outcome
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
    Text,
    Uuid,
    Whole,
)

VERDICT: dict[str, Any] = {"pattern": "[a-z]+", "most": 16}


class RuleSignalSchema(Schema):
    """One thing that the rules saw, in words."""

    id = Text(8, required=True, example="P5")
    says = Sentence(required=True, attribute="said")
    effect = Enum(Effect, required=True)
    score = Whole(minimum=0, required=True)


class RulesDecisionSchema(Schema):
    """What the rules decided, by which rule and thresholds, and why."""

    outcome = Enum(Outcome, required=True)
    rule = Text(64, required=True, example="planting_signals@2026.1")
    thresholds = Text(32, required=True, example="2026.1")
    score = Whole(minimum=0, required=True)
    signals = List(Nested(RuleSignalSchema), most=50, required=True)
    decided_at = Instant(required=True)


class PlantingQuestionDraftSchema(Schema):
    """What a verifier asks about a planting."""

    planting_id = Uuid(required=True)
    words = Text(MOST_WORDS, required=True, example="请补一张能看清全部三株的照片")


class QuestionAnswerSchema(Schema):
    """What the person answers: words, photographs, or both."""

    words = Text(MOST_WORDS, may_be_blank=True, load_default="")
    photo_ids = List(Uuid(), most=MOST_MORE_PHOTOS, load_default=list)


class PlantingQuestionSchema(Schema):
    """A verifier's question and its answer."""

    question_id = Uuid(required=True)
    planting_id = Uuid(required=True)
    words = Text(MOST_WORDS, required=True)
    asked_at = Instant(required=True)
    answer = Text(MOST_WORDS, required=True, allow_none=True, may_be_blank=True)
    answered_at = Instant(required=True, allow_none=True)
    photo_ids = List(Uuid(), most=MOST_MORE_PHOTOS, required=True)


class AppealDraftSchema(Schema):
    """Why a refusal should be looked at again."""

    planting_id = Uuid(required=True)
    words = Text(MOST_WORDS, required=True, example="我那天先后去了两个基地，坐的是高铁")


class AppealDecisionSchema(Schema):
    """What somebody else decides of an appeal."""

    upheld = Boolean(required=True)
    words = Text(MOST_WORDS, required=True, example="车票可以证明")


class AppealSchema(Schema):
    """An appeal, and what was decided."""

    appeal_id = Uuid(required=True)
    planting_id = Uuid(required=True)
    words = Text(MOST_WORDS, required=True)
    filed_at = Instant(required=True)
    verdict = Code(**VERDICT, required=True, allow_none=True, example="upheld")
    answer = Text(MOST_WORDS, required=True, allow_none=True)
    decided_at = Instant(required=True, allow_none=True)


AppealPageSchema = page_schema(AppealSchema)


class AuditVerdictSchema(Schema):
    """Whether a drawn planting stands."""

    confirmed = Boolean(required=True)
    words = Text(MOST_WORDS, may_be_blank=True, load_default="", description="存疑时必填")


class AuditSchema(Schema):
    """A planting that a month's draw fell on."""

    planting_id = Uuid(required=True)
    base_id = Uuid(required=True)
    month = Day(required=True)
    verdict = Code(**VERDICT, required=True, allow_none=True, example="confirmed")
    words = Text(MOST_WORDS, required=True, allow_none=True, may_be_blank=True)
    decided_at = Instant(required=True, allow_none=True)


AuditPageSchema = page_schema(AuditSchema)


class DrawSchema(Schema):
    """A month's draw."""

    month = Day(required=True)
    sha256_of_seed = Code(pattern="[0-9a-f]{64}", most=64, required=True)
    seed = Code(
        pattern="[0-9a-f]{64}", most=64, required=True, allow_none=True, description="月末公布"
    )
    drawn = Whole(minimum=0, required=True)
    confirmed = Whole(minimum=0, required=True)
    doubted = Whole(minimum=0, required=True)


DrawPageSchema = page_schema(DrawSchema)
