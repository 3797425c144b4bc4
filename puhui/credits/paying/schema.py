"""The wire of money. Amounts are whole fen; money in another currency is in its hundredths."""

from collections.abc import Callable
from typing import Any

from marshmallow import ValidationError, post_load, validates_schema

from puhui.credits.batch import LONGEST
from puhui.credits.paying.invoice import InvoiceDraft, InvoiceState, InvoiceType
from puhui.credits.paying.order import OrderState
from puhui.credits.paying.receipt import Fate, Oddity, Road
from puhui.credits.paying.seller import PayoutDraft
from puhui.identity.phone import normal as phone_number
from puhui.identity.uscc import normal as tax_number
from puhui.kernel.errors import Fault, Invalid
from puhui.kernel.text import N_
from puhui.web.paging import PageQuery
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

MOST_FEN = 10**15
MOST_LINES = 100_000


class OrderSchema(Schema):
    """An order with the payment gateway."""

    order_id = Uuid(required=True)
    hold_id = Uuid(required=True)
    state = Enum(OrderState, required=True)
    amount_fen = Whole(required=True)
    qr_text = Text(2000, required=True, allow_none=True, description="二维码的内容，另一部手机扫")
    h5_url = Text(2000, required=True, allow_none=True, description="本机打开此网址付款")
    made_at = Instant(required=True)
    expires_at = Instant(required=True)
    fault = Text(200, required=True, allow_none=True, description="支付渠道拒绝的代码")


class MoneyRefundSchema(Schema):
    """What was decided about money that pays for nothing."""

    refund_id = Uuid(required=True)
    reason = Text(LONGEST, required=True)
    reference = Text(100, required=True, allow_none=True, description="退款流水号")
    fault = Text(200, required=True, allow_none=True)


class MoneySchema(Schema):
    """Money that did not pay when it arrived."""

    receipt_id = Uuid(required=True)
    road = Enum(Road, required=True)
    reference = Text(100, required=True, description="银行或支付渠道的流水号")
    amount_fen = Whole(required=True, description="以该币种的百分之一计")
    currency = Code("[A-Z]{3}", most=3, required=True)
    paid_on = Day(required=True)
    received_at = Instant(required=True)
    hold_id = Uuid(required=True, allow_none=True, description="附言或订单所指的预留")
    hold_reference = Text(40, required=True, allow_none=True)
    odd = Enum(Oddity, required=True, description="到账时为何没有用上")
    fate = Enum(Fate, required=True, description="现在的去向")
    refund = Nested(MoneyRefundSchema, required=True, allow_none=True)


class OddMoneyQuery(PageQuery):
    """Which money to list."""

    settled = Boolean(load_default=False, description="列已用上、已退回或已另列的")


class UseSchema(Schema):
    """What money is to pay for."""

    hold_id = Uuid(required=True)


class UseFormSchema(Schema):
    """The same, as a person writes it."""

    hold_reference = Code("PH[0-9A-HJKMNP-TV-Z]{10}", most=12, required=True)


class RefundDraftSchema(Schema):
    """Why money goes back, or is none of ours."""

    reason = Text(LONGEST, required=True)
    set_aside = Boolean(load_default=False, description="与碳信用无关，另行处理，不退")


class MoneyConfirmationSchema(Schema):
    """That money has gone back by bank; for the gateway's, that it may."""

    reference = Text(100, load_default=None, allow_none=True, description="银行退款的流水号")


class Normal(Text):
    """A number that people write in many ways, brought to its one form by a rule of identity."""

    def __init__(self, most: int, normal: Callable[[str, str], str], **options: Any) -> None:
        super().__init__(most, **options)
        self._normal = normal

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        written = super()._deserialize(value, attr, data, **options)
        try:
            return self._normal(written, attr or "")
        except Invalid as refusal:
            raise ValidationError(list(refusal.faults)) from None


class InvoiceDraftSchema(Schema):
    """What to write on an invoice, and where to send it."""

    type = Enum(InvoiceType, required=True)
    title = Text(100, required=True, description="抬头：单位全称，或个人姓名", example="常口村委会")
    tax_number = Normal(
        40,
        tax_number,
        load_default=None,
        allow_none=True,
        description="统一社会信用代码；个人不填",
        example="N2350428MF12345678",
    )
    email = Code(
        r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,4}",
        most=254,
        required=True,
        example="kuaiji@example.cn",
    )
    phone = Normal(24, phone_number, required=True, example="13800001234")

    @validates_schema(skip_on_field_errors=False)
    def _numbered(self, found: dict[str, Any], **_: Any) -> None:
        if found.get("type") is InvoiceType.SPECIAL and found.get("tax_number", "") is None:
            said = N_("专用发票需要单位的统一社会信用代码")
            raise ValidationError({"tax_number": [Fault("special_needs_number", said)]})

    @post_load
    def _draft(self, found: dict[str, Any], **_: Any) -> InvoiceDraft:
        return InvoiceDraft(**found)


class InvoiceSchema(Schema):
    """A request for an invoice, and what became of it."""

    invoice_id = Uuid(required=True)
    hold_id = Uuid(required=True)
    state = Enum(InvoiceState, required=True)
    type = Enum(InvoiceType, required=True)
    title = Text(100, may_be_blank=True, required=True, description="个人的在处理后删除")
    tax_number = Text(18, required=True, allow_none=True)
    email = Text(254, may_be_blank=True, required=True)
    phone = Text(24, may_be_blank=True, required=True)
    amount_fen = Whole(required=True)
    asked_at = Instant(required=True)
    number = Text(20, required=True, allow_none=True)
    issued_on = Day(required=True, allow_none=True)
    reason = Text(LONGEST, required=True, allow_none=True)


class InvoicesQuery(PageQuery):
    """Which requests to list."""

    state = Enum(InvoiceState, load_default=InvoiceState.REQUESTED)


class IssuedSchema(Schema):
    """The invoice that was issued."""

    number = Code("[0-9]{8,20}", most=20, required=True, example="26352000000000000001")
    issued_on = Day(required=True)


class RejectedSchema(Schema):
    """Why no invoice is issued."""

    reason = Text(LONGEST, required=True)


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


class ReckoningSchema(Schema):
    """Where all yuan are that ever came: the six parts are the whole."""

    received_fen = Whole(required=True)
    sold_fen = Whole(required=True)
    kept_fen = Whole(required=True)
    waiting_fen = Whole(required=True)
    returning_fen = Whole(required=True)
    returned_fen = Whole(required=True)
    set_aside_fen = Whole(required=True)
