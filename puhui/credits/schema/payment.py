"""Money for holds on the wire: one transfer, or a bank's list of them."""

from typing import Any

from marshmallow import post_load

from puhui.credits.hold import BankTransfer
from puhui.web.schema import Day, DecimalString, List, Nested, Schema, Text, Whole


class PaymentSchema(Schema):
    """A bank transfer that has arrived."""

    reference = Text(100, required=True, description="银行流水号")
    amount_fen = Whole(minimum=1, maximum=10**15, required=True)
    paid_on = Day(required=True)

    @post_load
    def _transfer(self, found: dict[str, Any], **_: Any) -> BankTransfer:
        return BankTransfer(**found)


class PaymentFormSchema(Schema):
    """The same, as a person writes it: in yuan."""

    reference = Text(100, required=True)
    amount_yuan = DecimalString(more_than=0, places=2, required=True)
    paid_on = Day(required=True)

    @post_load
    def _transfer(self, found: dict[str, Any], **_: Any) -> BankTransfer:
        return BankTransfer(found["reference"], int(found["amount_yuan"] * 100), found["paid_on"])


class IncomingSchema(Schema):
    """What one incoming transfer of a bank's file came to."""

    row = Whole(minimum=1, required=True)
    bank_reference = Text(100, required=True, description="银行流水号")
    amount_fen = Whole(minimum=1, required=True)
    paid_on = Day(required=True)
    hold_reference = Text(40, required=True, allow_none=True, description="附言中的预留单号")
    outcome = Text(
        40,
        required=True,
        description="confirmed 已确认；known 以前确认过；其余为拒绝的代码，款项须由人处理",
    )


class BankFileSchema(Schema):
    """What the incoming transfers of a bank's file came to."""

    transfers = List(Nested(IncomingSchema), most=50_000, required=True)
