"""Causes and donations on the wire."""

from typing import Any

from marshmallow import post_load

from puhui.rewards.cause import (
    LONGEST_NAME,
    LONGEST_WORDS,
    MOST_POINTS,
    CauseDraft,
    DonationDraft,
)
from puhui.rewards.schema.offer import PartnerSchema
from puhui.web.paging import page_schema
from puhui.web.schema import Code, Instant, Nested, Schema, Text, Uuid, Whole

DONATION_CODE: dict[str, Any] = {"pattern": "[0-9A-HJKMNP-TV-Z]{12}", "most": 12}


class CauseWordsSchema(Schema):
    """What a cause says."""

    name_zh = Text(LONGEST_NAME, required=True, example="闽江源巡护")
    name_en = Text(LONGEST_NAME, required=True, example="Patrols at the Min's source")
    says_zh = Text(LONGEST_WORDS, required=True, example="每一分都记在巡护队的支持榜上。")
    says_en = Text(LONGEST_WORDS, required=True, example="Each point stands for one thank-you.")


class CauseDraftSchema(CauseWordsSchema):
    """A cause as an operator publishes it."""

    organisation_id = Uuid(required=True, description="执行的组织")

    @post_load
    def _draft(self, values: dict[str, Any], **_: Any) -> CauseDraft:
        return CauseDraft(**values)


class CauseSchema(Schema):
    """A cause, who carries it out, and what it was given."""

    cause_id = Uuid(required=True)
    carrier = Nested(PartnerSchema, required=True)
    words = Nested(CauseWordsSchema, required=True, attribute="draft")
    donations = Whole(required=True)
    points = Whole(required=True)
    published_at = Instant(required=True)
    ended_at = Instant(required=True, allow_none=True)


CausePageSchema = page_schema(CauseSchema)


class DonationDraftSchema(Schema):
    """Points to be given to a cause, for good."""

    cause_id = Uuid(required=True)
    points = Whole(minimum=1, maximum=MOST_POINTS, required=True, example=10)

    @post_load
    def _draft(self, values: dict[str, Any], **_: Any) -> DonationDraft:
        return DonationDraft(**values)


class DonationFormSchema(Schema):
    """The page's form: the cause is in its address."""

    points = Whole(minimum=1, maximum=MOST_POINTS, required=True)


class DonationSchema(Schema):
    """Points given to a cause, as the asker may see it."""

    donation_id = Uuid(required=True, description="也是账本里这笔转移的编号")
    code = Code(**DONATION_CODE, required=True, example="7K3QM0XW2D5A")
    cause = Nested(CauseSchema, required=True)
    points = Whole(required=True)
    name = Text(60, required=True, allow_none=True, description="本人同意才显示")
    donated_at = Instant(required=True)


DonationPageSchema = page_schema(DonationSchema)
