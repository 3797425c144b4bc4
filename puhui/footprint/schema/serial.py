"""Serials on the wire."""

from puhui.web.schema import Code, Instant, List, Schema, Uuid, Whole

LABEL_CODE = r"[0-9A-Za-z][0-9A-Za-z -]{0,60}"


class TokensSchema(Schema):
    """Units, by the codes printed on them."""

    tokens = List(Code(LABEL_CODE, most=64), least=1, most=1000, required=True)


class CountSchema(Schema):
    """How many of them were new."""

    changed = Whole(required=True, minimum=0)


class ClaimSchema(Schema):
    """The code on the outside and the PIN from the inside."""

    code = Code(LABEL_CODE, most=64, required=True, example="0123456789ABCDEFGHJKMNPQRS")
    pin = Code(LABEL_CODE, most=64, required=True, example="7K3M-9QWX")
    device_id = Uuid(
        allow_none=True, load_default=None, description="安装编号，随机生成；只存散列值，保留 30 天"
    )


class ClaimedSchema(Schema):
    """It is yours."""

    serial_id = Uuid(required=True)
    product_id = Uuid(required=True)
    claimed_at = Instant(required=True)
