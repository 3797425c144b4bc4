"""Orders with the gateway, on the wire. Amounts are whole fen."""

from puhui.credits.paying.order import OrderState
from puhui.web.schema import Enum, Instant, Schema, Text, Uuid, Whole


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
