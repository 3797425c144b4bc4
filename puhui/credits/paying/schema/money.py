"""Money that came oddly, on the wire; in another currency it is in its hundredths."""

from puhui.credits.paying.receipt import Fate, Oddity, Road
from puhui.credits.paying.schema.refund import MoneyRefundSchema
from puhui.web.paging import PageQuery
from puhui.web.schema import Boolean, Code, Day, Enum, Instant, Nested, Schema, Text, Uuid, Whole


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


class ReckoningSchema(Schema):
    """Where all yuan are that ever came: the six parts are the whole."""

    received_fen = Whole(required=True)
    sold_fen = Whole(required=True)
    kept_fen = Whole(required=True)
    waiting_fen = Whole(required=True)
    returning_fen = Whole(required=True)
    returned_fen = Whole(required=True)
    set_aside_fen = Whole(required=True)
