"""Adjustments and public totals on the wire."""

from typing import Any

from marshmallow import post_load

from puhui.rewards.adjustment import (
    LONGEST_DOCUMENT,
    MOST_WORDS,
    AdjustmentDraft,
    AdjustmentState,
)
from puhui.rewards.offer import OfferKind
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


class SpentSchema(Schema):
    """What was redeemed for one kind of offer."""

    kind = Enum(OfferKind, required=True)
    redemptions = Whole(required=True)
    points = Whole(required=True)


class DonatedSchema(Schema):
    """What one cause was given."""

    cause_id = Uuid(required=True)
    name_zh = Text(60, required=True)
    name_en = Text(60, required=True)
    donations = Whole(required=True)
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
    issued = Whole(required=True, description="给出过的积分合计")
    outstanding = Whole(required=True, description="大家现有的积分合计，含待到账")
    spent_by_kind = List(Nested(SpentSchema), required=True)
    donated = Whole(required=True, description="捐给公益项目的积分合计")
    donated_by_cause = List(Nested(DonatedSchema), required=True)
    withheld = Whole(required=True, description="退还时抵作此前未收回的积分合计")
    accounted = Whole(required=True, description="各去向之和，等于给出过的积分合计")
