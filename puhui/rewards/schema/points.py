"""Awards, wallet and statement on the wire."""

from puhui.rewards.lot import LotState
from puhui.rewards.points import Cap
from puhui.rewards.schema.rule import RuleSchema
from puhui.rewards.schema.said import Sentence
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
    Uuid,
    Whole,
)


class LotSchema(Schema):
    """What became of points that were given together."""

    state = Enum(LotState, required=True)
    matures_on = Day(required=True, description="可用的首日")
    expires_on = Day(required=True, description="可用的末日")


class ReversalSchema(Schema):
    """Points taken back."""

    reversal_id = Uuid(required=True)
    reason = Code(most=32, required=True, example="returned")
    points = Whole(required=True, description="应收回")
    taken = Whole(required=True, description="实收回；余额不足的部分不再追收")
    reversed_at = Instant(required=True)


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
    lot = Nested(LotSchema, required=True, allow_none=True)
    reversals = List(Nested(ReversalSchema), required=True)


class DueSchema(Schema):
    """Points of a day."""

    day = Day(required=True)
    points = Whole(required=True)


class WalletSchema(Schema):
    """What a person has."""

    balance = Whole(required=True, description="可用积分", example=60)
    held = Whole(required=True, minimum=0, description="待到账中等待核查的积分")
    pending = Whole(required=True, description="待到账积分", example=10)
    maturing = List(Nested(DueSchema), required=True, description="待到账积分，按可用的首日")
    expiring_points = Whole(required=True, description="即将到期的积分")
    expiring = List(Nested(DueSchema), required=True, description="即将到期的积分，按可用的末日")
    plantings_waiting = Whole(required=True, description="等待核查的植树记录数")


class StatementLineSchema(Schema):
    """A line of a wallet, and why."""

    entry_id = Whole(required=True)
    transfer_id = Uuid(required=True)
    amount = Whole(required=True)
    balance_after = Whole(required=True)
    reason = Code(most=64, required=True, example="planting")
    occurred_at = Instant(required=True)
    pending = Boolean(required=True, description="是否为待到账积分")
    reversal = Nested(ReversalSchema, required=True, allow_none=True)
    award = Nested(AwardSchema, required=True, allow_none=True)
    redemption_id = Uuid(
        required=True, allow_none=True, attribute="redemption.redemption_id", dump_default=None
    )
    donation_code = Code(
        most=12, required=True, allow_none=True, attribute="donation.code", dump_default=None
    )


StatementLinePageSchema = page_schema(StatementLineSchema)
