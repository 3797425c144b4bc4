"""Serials on the wire."""

from puhui.kernel.errors import Fault
from puhui.kernel.text import N_
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


class ClaimedSchema(Schema):
    """It is yours."""

    serial_id = Uuid(required=True)
    product_id = Uuid(required=True)
    claimed_at = Instant(required=True)


def fault_of_codes(count: int) -> list[Fault]:
    """Return the fault of a list of codes that is empty or too long."""
    if count == 0:
        return [Fault("no_codes", N_("请填写至少一个标签码"), field="codes")]
    if count > 1000:
        return [Fault("too_many", N_("一次最多 1000 个"), field="codes")]
    return []
