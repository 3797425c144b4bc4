"""Sellers, their agreements, statements and payouts on the wire. Amounts are whole fen."""

from typing import Any

from marshmallow import ValidationError, post_load

from puhui.credits.batch import LONGEST
from puhui.credits.paying.seller import PayoutDraft
from puhui.kernel.errors import Fault
from puhui.kernel.text import N_
from puhui.web.schema import Day, DecimalString, Instant, List, Nested, Schema, Text, Uuid, Whole

MOST_FEN = 10**15
MOST_LINES = 100_000


class SellerSchema(Schema):
    """A seller, and how the account with them stands."""

    seller_id = Uuid(required=True)
    name = Text(LONGEST, required=True)
    organisation_id = Uuid(required=True, allow_none=True)
    fee_bp = Whole(required=True, description="平台费率，万分之几；只用于此后的销售")
    gross_fen = Whole(required=True)
    fee_fen = Whole(required=True)
    paid_out_fen = Whole(required=True)
    owed_fen = Whole(required=True)


class SellersSchema(Schema):
    """All sellers."""

    sellers = List(Nested(SellerSchema), most=MOST_LINES, required=True)


class AgreementSchema(Schema):
    """Which organisation a seller is, and the platform's fee."""

    organisation_id = Uuid(load_default=None, allow_none=True)
    fee_bp = Whole(minimum=0, maximum=10_000, load_default=0)


class AgreementFormSchema(Schema):
    """The same, as a person writes it: in per cent."""

    organisation_id = Uuid(load_default=None, allow_none=True)
    fee_percent = DecimalString(minimum=0, maximum=100, places=2, required=True)

    @post_load
    def _agreement(self, found: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {
            "organisation_id": found["organisation_id"],
            "fee_bp": int(found["fee_percent"] * 100),
        }


class PayoutSchema(Schema):
    """Money that was sent to a seller."""

    amount_fen = Whole(minimum=1, maximum=MOST_FEN, required=True)
    paid_on = Day(required=True)
    reference = Text(100, required=True, description="银行流水号")

    @post_load
    def _payout(self, found: dict[str, Any], **_: Any) -> PayoutDraft:
        return PayoutDraft(**found)


class PayoutFormSchema(Schema):
    """The same, as a person writes it: in yuan."""

    amount_yuan = DecimalString(more_than=0, places=2, required=True)
    paid_on = Day(required=True)
    reference = Text(100, required=True)

    @post_load
    def _payout(self, found: dict[str, Any], **_: Any) -> PayoutDraft:
        return PayoutDraft(int(found["amount_yuan"] * 100), found["paid_on"], found["reference"])


class StatementQuery(Schema):
    """Which period, both days included."""

    starts = Day(required=True, example="2026-01-01")
    ends = Day(required=True, example="2026-12-31")

    @post_load
    def _forward(self, found: dict[str, Any], **_: Any) -> dict[str, Any]:
        if found["ends"] < found["starts"]:
            said = N_("结束不能早于开始")
            raise ValidationError({"ends": [Fault("ends_before_it_begins", said)]})
        return found


class SaleSchema(Schema):
    """One line of one retirement."""

    sold_at = Instant(required=True)
    certificate = Text(40, required=True)
    project_code = Text(40, required=True)
    project_name = Text(LONGEST, required=True)
    kind = Text(40, required=True)
    quantity_kg = Whole(required=True)
    price_fen_per_t = Whole(required=True)
    gross_fen = Whole(required=True)
    fee_fen = Whole(required=True)
    net_fen = Whole(required=True)


class PayoutLineSchema(Schema):
    """One payout, or one taken back (below zero)."""

    payout_id = Uuid(required=True)
    recorded_at = Instant(required=True)
    paid_on = Day(required=True)
    reference = Text(200, required=True)
    amount_fen = Whole(required=True)


class SellerStatementSchema(Schema):
    """A seller's account over a period."""

    seller = Nested(SellerSchema, required=True)
    starts = Day(required=True)
    ends = Day(required=True)
    opening_fen = Whole(required=True)
    sales = List(Nested(SaleSchema), most=MOST_LINES, required=True)
    payouts = List(Nested(PayoutLineSchema), most=MOST_LINES, required=True)
    gross_fen = Whole(required=True)
    fee_fen = Whole(required=True)
    paid_out_fen = Whole(required=True)
    closing_fen = Whole(required=True)
