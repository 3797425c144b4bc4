"""What becomes of serials that nobody buys: rights to them, their cancelling, their history."""

from typing import Any

from marshmallow import post_load

from puhui.credits.batch import LONGEST, Encumbrance
from puhui.credits.cancellation import CancellationDraft, OwnReason
from puhui.credits.encumbrance import EncumbranceDraft, PartEncumbrance
from puhui.kernel.errors import Fault, Invalid
from puhui.kernel.text import N_
from puhui.web.schema import (
    Boolean,
    DecimalString,
    Enum,
    Instant,
    List,
    Nested,
    Schema,
    Text,
    Uuid,
    Whole,
    Year,
)


class EncumbranceSchema(Schema):
    """Somebody's right to a batch."""

    encumbrance = Enum(Encumbrance, required=True)
    note = Text(LONGEST, may_be_blank=True, load_default="")
    claimant = Text(LONGEST, may_be_blank=True, load_default="", description="权利人：单位名称")
    document = Text(LONGEST, may_be_blank=True, load_default="", description="所依据的文件")


MOST_RANGES = 50


class PartEncumbranceSchema(Schema):
    """Somebody's right to a range of serials."""

    encumbrance = Enum(PartEncumbrance, required=True)
    serials = Text(LONGEST, required=True, example="LYTP-350428-0000001/1-1000")
    claimant = Text(LONGEST, required=True, description="权利人：单位名称")
    note = Text(LONGEST, required=True, description="原因")
    document = Text(LONGEST, required=True, description="合同、裁定或通知：名称、文号、日期")

    @post_load
    def _draft(self, found: dict[str, Any], **_: Any) -> EncumbranceDraft:
        return EncumbranceDraft(**found)


class LiftingSchema(Schema):
    """The end of somebody's right."""

    note = Text(LONGEST, required=True, description="原因")
    document = Text(LONGEST, required=True, description="解除所依据的文件")


class _CancellationSchema(Schema):
    """What a cancellation says, whatever the serials are written as."""

    reason = Enum(OwnReason, required=True)
    claimant = Text(LONGEST, required=True, description="使用或接收的单位；更正时为签发方")
    document = Text(LONGEST, required=True, description="所依据的文件；会公开，不写个人姓名")
    says_zh = Text(1000, required=True)
    says_en = Text(1000, required=True)
    year = Year(load_default=None, allow_none=True, description="履约必填：哪一年的排放")
    confirmed_t = DecimalString(
        more_than=0,
        places=3,
        load_default=None,
        allow_none=True,
        description="履约必填：该企业该年经确认的排放量（吨）",
    )


class CancellationSchema(_CancellationSchema):
    """Serials that are taken out without being retired here, for good."""

    serials = List(Text(LONGEST), most=MOST_RANGES, required=True)


class CancellationFormSchema(_CancellationSchema):
    """The same, as a person writes it: a range on each line."""

    serials = Text(20_000, required=True)

    @post_load
    def _lines(self, found: dict[str, Any], **_: Any) -> dict[str, Any]:
        lines = (line.strip() for line in found["serials"].splitlines())
        return {**found, "serials": [line for line in lines if line]}


def cancellation_of(found: dict[str, Any]) -> CancellationDraft:
    """Return what is to be cancelled; asked once it is known that the actor may.

    Raises:
        Invalid: what belongs together is not there together.
    """
    serials, faults = found["serials"], []
    if not serials:
        faults.append(Fault("missing", N_("此项必填"), None, "serials"))
    if len(serials) > MOST_RANGES:
        message, values = N_("一次最多 %(most)s 段"), {"most": MOST_RANGES}
        faults.append(Fault("too_many", message, None, "serials", values))
    is_compliance = found["reason"] is OwnReason.COMPLIANCE
    for name in ("year", "confirmed_t"):
        if is_compliance and found[name] is None:
            faults.append(Fault("missing", N_("此项必填"), None, name))
        if not is_compliance and found[name] is not None:
            faults.append(Fault("only_for_compliance", N_("只有履约才填此项"), None, name))
    if faults:
        raise Invalid(faults)
    return CancellationDraft(**{**found, "serials": tuple(serials)})


class FateSchema(Schema):
    """A line of a batch's history."""

    fate_id = Uuid(required=True)
    batch_id = Uuid(required=True)
    what = Text(40, required=True, description="pledged、disputed、used、none（解除）或取消的原因")
    is_final = Boolean(required=True, description="是取消，不可恢复")
    serials = List(Text(LONGEST), most=100_000, required=True, description="空表示整个批次")
    quantity_kg = Whole(required=True)
    document = Text(LONGEST, may_be_blank=True, required=True)
    says = Text(1000, may_be_blank=True, required=True)
    says_en = Text(1000, may_be_blank=True, required=True)
    recorded_at = Instant(required=True)
    claimant = Text(
        LONGEST, may_be_blank=True, required=True, allow_none=True, description="只有经办和审计可见"
    )
    note = Text(
        LONGEST, may_be_blank=True, required=True, allow_none=True, description="只有经办和审计可见"
    )


class HistorySchema(Schema):
    """All that became of a batch beside sales."""

    items = List(Nested(FateSchema), most=100_000, required=True)
