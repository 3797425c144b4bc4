"""Redemptions, hand-overs and a partner's statement on the wire."""

from typing import Any

from marshmallow import post_load

from puhui.rewards.offer import LONGEST_NAME
from puhui.rewards.redemption import (
    LONGEST_REASON,
    LONGEST_TRACKING,
    Address,
    RedemptionDraft,
    RedemptionState,
    RefundGround,
)
from puhui.rewards.schema.offer import PartnerSchema, TermsSchema
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

MOST_ROWS = 1_000_000


class AddressSchema(Schema):
    """Where something is sent."""

    recipient = Text(60, required=True, example="李雷")
    phone = Code(r"\+?[0-9 -]{5,20}", most=20, required=True, example="13800000001")
    place = Text(200, required=True, example="福建省三明市将乐县古镛镇日照东路 1 号")


class AddressDraftSchema(AddressSchema):
    """An address as it is asked for."""

    @post_load
    def _address(self, values: dict[str, Any], **_: Any) -> Address:
        return Address(**values)


class RedemptionDraftSchema(Schema):
    """What somebody wants, on the terms they were shown."""

    offer_id = Uuid(required=True)
    version_id = Uuid(required=True)
    address = Nested(
        AddressDraftSchema, allow_none=True, load_default=None, description="寄送的兑换品须填写"
    )

    @post_load
    def _draft(self, values: dict[str, Any], **_: Any) -> RedemptionDraft:
        return RedemptionDraft(**values)


class RedemptionFormSchema(Schema):
    """The page's form for what is fetched: the offer is in its address."""

    version_id = Uuid(required=True)


class SentFormSchema(RedemptionFormSchema):
    """The page's form for what is sent."""

    recipient = Text(60, required=True)
    phone = Code(r"\+?[0-9 -]{5,20}", most=20, required=True)
    place = Text(200, required=True)
    agreed = Boolean(load_default=False)


class RedemptionStepSchema(Schema):
    """One step of a redemption's way."""

    state = Enum(RedemptionState, required=True)
    reached = Boolean(required=True)


class RedemptionSchema(Schema):
    """A redemption with the terms that were shown."""

    redemption_id = Uuid(required=True)
    offer_id = Uuid(required=True)
    version_id = Uuid(required=True)
    partner = Nested(PartnerSchema, required=True)
    terms = Nested(TermsSchema, required=True)
    points = Whole(required=True)
    state = Enum(RedemptionState, required=True)
    steps = List(Nested(RedemptionStepSchema), most=5, required=True)
    code = Text(20, required=True, allow_none=True, description="只给兑换的本人")
    address = Nested(AddressSchema, required=True, allow_none=True)
    redeemed_at = Instant(required=True)
    expires_at = Instant(required=True)
    sent_at = Instant(required=True, allow_none=True)
    tracking = Text(LONGEST_TRACKING, required=True, allow_none=True)
    ended_at = Instant(required=True, allow_none=True)
    refund_ground = Enum(RefundGround, required=True, allow_none=True)
    refund_reason = Text(LONGEST_REASON, required=True, allow_none=True)
    returned = Whole(required=True, description="退还到可用积分的数量")


RedemptionPageSchema = page_schema(RedemptionSchema)


class HandoverSchema(Schema):
    """The code that somebody shows at a partner's desk."""

    code = Text(20, required=True, example="7K3QM-0XW2D")


class DispatchSchema(Schema):
    """Under which number something was sent."""

    tracking = Text(LONGEST_TRACKING, required=True, example="YT 2026 0312 0001")


class PointRefundSchema(Schema):
    """Why points are given back."""

    reason = Text(LONGEST_REASON, required=True, example="门店缺货")


class PeriodQuery(Schema):
    """A period by China's clock."""

    first_day = Day(required=True, example="2026-03-01", description="首日")
    end_day = Day(required=True, example="2026-04-01", description="末日的次日")


class CountedSchema(Schema):
    """How many, and of how many points."""

    number = Whole(required=True)
    points = Whole(required=True)


class StatementRowSchema(Schema):
    """One thing that happened in the period."""

    redemption_id = Uuid(required=True)
    happened_at = Instant(required=True)
    what = Code(most=16, required=True, example="redeemed")
    name_zh = Text(LONGEST_NAME, required=True)
    name_en = Text(LONGEST_NAME, required=True)
    points = Whole(required=True)
    moved = Whole(required=True, description="商户账户的变动")


class PartnerStatementSchema(Schema):
    """A partner's period: opening + redeemed - refunded = closing."""

    organisation_id = Uuid(required=True)
    first_day = Day(required=True)
    end_day = Day(required=True)
    opening = Whole(required=True, description="期初余额，取自账本")
    redeemed = Nested(CountedSchema, required=True)
    handed_over = Nested(CountedSchema, required=True)
    refunded = Nested(CountedSchema, required=True)
    lapsed = Nested(CountedSchema, required=True)
    closing = Whole(required=True, description="期末余额，取自账本")
    rows = List(Nested(StatementRowSchema), most=MOST_ROWS, required=True)
