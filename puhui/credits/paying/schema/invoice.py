"""Invoices on the wire."""

from collections.abc import Callable
from typing import Any

from marshmallow import ValidationError, post_load, validates_schema

from puhui.credits.batch import LONGEST
from puhui.credits.paying.invoice import InvoiceDraft, InvoiceState, InvoiceType
from puhui.identity.phone import normal as phone_number
from puhui.identity.uscc import normal as tax_number
from puhui.kernel.errors import Fault, Invalid
from puhui.kernel.text import N_
from puhui.web.paging import PageQuery
from puhui.web.schema import Code, Day, Enum, Instant, Schema, Text, Uuid, Whole


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
