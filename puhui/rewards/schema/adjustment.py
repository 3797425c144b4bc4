"""Adjustments and public totals on the wire."""

from typing import Any

from marshmallow import post_load

from puhui.rewards.adjustment import (
    LONGEST_DOCUMENT,
    MOST_WORDS,
    AdjustmentDraft,
    AdjustmentState,
)
from puhui.web.paging import page_schema
from puhui.web.schema import Boolean, Code, Enum, Instant, List, Nested, Schema, Text, Uuid, Whole

MOST_POINTS = 1_000_000


class AdjustmentDraftSchema(Schema):
    """Points to give by hand, or to take when negative."""

    person_id = Uuid(required=True)
    points = Whole(minimum=-MOST_POINTS, maximum=MOST_POINTS, required=True, example=20)
    ground = Text(MOST_WORDS, required=True, example="核查员误填株数")
    document = Text(LONGEST_DOCUMENT, required=True, example="工单 2026-031")

    @post_load
    def _draft(self, values: dict[str, Any], **_: Any) -> AdjustmentDraft:
        return AdjustmentDraft(**values)


class AdjustmentDecisionSchema(Schema):
    """What the second operator decides."""

    approved = Boolean(required=True)


class AdjustmentSchema(Schema):
    """An adjustment, and what became of it."""

    adjustment_id = Uuid(required=True)
    points = Whole(required=True, attribute="draft.points")
    ground = Text(MOST_WORDS, required=True, attribute="draft.ground")
    document = Text(LONGEST_DOCUMENT, required=True, attribute="draft.document")
    state = Enum(AdjustmentState, required=True)
    moved = Whole(required=True, description="实际给出或收回的积分")
    proposed_at = Instant(required=True)
    decided_at = Instant(required=True, allow_none=True)


AdjustmentPageSchema = page_schema(AdjustmentSchema)


class GivenSchema(Schema):
    """What one rule's key has given."""

    key = Code(most=32, required=True, example="planting")
    awards = Whole(required=True)
    points = Whole(required=True)


class TotalsSchema(Schema):
    """The public count of points; nobody in it is named."""

    given = List(Nested(GivenSchema), required=True)
    in_wallets = Whole(required=True, description="可用积分合计")
    pending = Whole(required=True, description="待到账积分合计")
    spent = Whole(required=True, description="已兑换积分合计")
    expired = Whole(required=True, description="已到期积分合计")
    forfeited = Whole(required=True, description="注销账户时作废的积分合计")
    reversals = Whole(required=True, description="收回次数")
    taken_back = Whole(required=True, description="已收回积分合计")
    uncovered = Whole(required=True, description="应收回而已用掉、不再追收的积分合计")
    adjustments = Whole(required=True, description="人工更正次数")
    given_by_hand = Whole(required=True, description="人工补给的积分合计")
    taken_by_hand = Whole(required=True, description="人工收回的积分合计")
