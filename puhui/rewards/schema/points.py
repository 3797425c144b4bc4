"""Awards, wallet and statement on the wire."""

from puhui.rewards.points import Cap
from puhui.rewards.schema.rule import RuleSchema
from puhui.rewards.schema.said import Sentence
from puhui.web.paging import page_schema
from puhui.web.schema import (
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
