"""Claims that were weighed, and shops whose claims wait, on the wire."""

from puhui.rewards.claim import MOST_WORDS, ClaimState, HeldFor
from puhui.rewards.schema.second_look import RuleSignalSchema
from puhui.rewards.signal import Outcome
from puhui.web.paging import page_schema
from puhui.web.schema import (
    Boolean,
    Code,
    Enum,
    Instant,
    List,
    Nested,
    Schema,
    Text,
    Uuid,
    Whole,
)


class ClaimWeighingSchema(Schema):
    """What the rules decided of a claim, by which rule and thresholds, and why."""

    outcome = Enum(Outcome, required=True)
    rule = Text(64, required=True, example="claim_signals@2026.2")
    thresholds = Text(32, required=True, example="2026.1")
    signals = List(Nested(RuleSignalSchema), most=50, required=True)
    decided_at = Instant(required=True)


class UnitClaimSchema(Schema):
    """A claimed unit, and what became of its points."""

    serial_id = Uuid(required=True)
    award_id = Uuid(required=True)
    product_id = Uuid(required=True)
    label_code = Code(most=26, required=True)
    claimed_at = Instant(required=True)
    state = Enum(ClaimState, required=True)
    held_for = Enum(HeldFor, required=True, allow_none=True)
    decided_at = Instant(required=True, allow_none=True)
    words = Text(MOST_WORDS, required=True, allow_none=True)
    appeal_id = Uuid(required=True, allow_none=True)
    appeal_verdict = Code(pattern="[a-z]+", most=16, required=True, allow_none=True)
    appeal_answer = Text(MOST_WORDS, required=True, allow_none=True)


class WeighedClaimSchema(Schema):
    """A claim with what the rules saw in it."""

    claim = Nested(UnitClaimSchema, required=True)
    weighings = List(Nested(ClaimWeighingSchema), most=2, required=True)


UnitClaimPageSchema = page_schema(UnitClaimSchema)


class ClaimDecisionSchema(Schema):
    """Whether the points of a held claim go on, and why; the buyer reads it."""

    released = Boolean(required=True)
    words = Text(MOST_WORDS, required=True, example="买家寄来了购物小票")


class ClaimAppealDraftSchema(Schema):
    """Why the refusal of a claim should be looked at again."""

    serial_id = Uuid(required=True)
    words = Text(MOST_WORDS, required=True, example="这是我在店里买的，附小票号 20260312-17")


class ShopFreezeSchema(Schema):
    """A shop whose claims wait together."""

    freeze_id = Uuid(required=True)
    organisation_id = Uuid(required=True)
    shop = Text(120, required=True, attribute="shop.name")
    frozen_at = Instant(required=True)
    lifted_at = Instant(required=True, allow_none=True)
    words = Text(MOST_WORDS, required=True, allow_none=True)
    weighing = Nested(ClaimWeighingSchema, required=True)
    waiting = Whole(required=True, minimum=0, description="正在等待的领取件数")
    tried_units = Whole(required=True, minimum=0, description="被多人试领的件数")


ShopFreezePageSchema = page_schema(ShopFreezeSchema)


class FreezeLiftSchema(Schema):
    """Why a shop's claims may go on."""

    words = Text(MOST_WORDS, required=True, example="已到店核对销售小票")
