"""Money that goes back, on the wire. Amounts are whole fen."""

from puhui.credits.batch import LONGEST
from puhui.web.schema import Boolean, Schema, Text, Uuid


class MoneyRefundSchema(Schema):
    """What was decided about money that pays for nothing."""

    refund_id = Uuid(required=True)
    reason = Text(LONGEST, required=True)
    reference = Text(100, required=True, allow_none=True, description="退款流水号")
    fault = Text(200, required=True, allow_none=True)


class RefundDraftSchema(Schema):
    """Why money goes back, or is none of ours."""

    reason = Text(LONGEST, required=True)
    set_aside = Boolean(load_default=False, description="与碳信用无关，另行处理，不退")


class MoneyConfirmationSchema(Schema):
    """That money has gone back by bank; for the gateway's, that it may."""

    reference = Text(100, load_default=None, allow_none=True, description="银行退款的流水号")
