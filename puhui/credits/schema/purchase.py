"""What people and organisations retire credits for themselves, on the wire."""

from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, post_load

from puhui.credits.batch import LONGEST
from puhui.credits.bundle import Wishes
from puhui.credits.judicial import Judgment
from puhui.credits.kind import Kind
from puhui.credits.purpose import Document, OwnKind, PurposeDraft
from puhui.credits.schema.batch import MOST_KG
from puhui.kernel.errors import Fault
from puhui.kernel.quantity import Co2e
from puhui.kernel.text import N_
from puhui.web.schema import Code, Day, DecimalString, Enum, List, Schema, Text, Uuid, Whole


class PurchaseSchema(Schema):
    """What an organisation retires credits for, and wishes of them."""

    organisation_id = Uuid(required=True)
    kind = Enum(OwnKind, required=True)
    title_zh = Text(LONGEST, required=True)
    title_en = Text(LONGEST, may_be_blank=True, load_default="")
    required_kg = Whole(minimum=1, maximum=MOST_KG, required=True, example=81868)
    boundary_zh = Text(2000, required=True, description="核算边界，以及数量由何而来")
    boundary_en = Text(2000, may_be_blank=True, load_default="")
    begins_on = Day(load_default=None)
    ends_on = Day(load_default=None)
    document_title = Text(LONGEST, load_default=None, description="司法修复必填：所依据的文书")
    document_number = Text(100, load_default=None, description="文号")
    document_issued_on = Day(load_default=None)
    document_sha256 = Code("[0-9a-f]{64}", most=64, load_default="")
    judged_loss_kg = DecimalString(
        more_than=0, places=3, load_default=None, description="司法修复：文书认定的碳汇损失（千克）"
    )
    judged_times = DecimalString(
        minimum=1, places=2, load_default=None, description="按损失的几倍修复"
    )
    judged_volume_m3 = DecimalString(
        more_than=0, places=4, load_default=None, description="所涉林木（立方米）"
    )
    kinds = List(Enum(Kind), most=len(Kind), load_default=list, description="只用这些种类")

    @post_load
    def _purchase(self, found: dict[str, Any], **_: Any) -> tuple[PurposeDraft, Wishes]:
        wishes = Wishes(kinds=tuple(found.pop("kinds")))
        named = ("title", "number", "issued_on")
        said = {name: found.pop(f"document_{name}") for name in (*named, "sha256")}
        lacking = [f"document_{name}" for name in named if said[name] is None]
        wanted = found["kind"] is OwnKind.JUDICIAL or any(said.values())
        if wanted and lacking:
            fault = Fault("document_incomplete", N_("请写明所依据的文书：名称、文号和日期"))
            raise ValidationError({name: [fault] for name in lacking})
        starts, ends = found["begins_on"], found["ends_on"]
        if starts and ends and ends < starts:
            fault = Fault("ends_before_it_begins", N_("结束不能早于开始"))
            raise ValidationError({"ends_on": [fault]})
        judged = {name: found.pop(f"judged_{name}") for name in ("loss_kg", "times", "volume_m3")}
        document = Document(**said) if wanted else None
        return PurposeDraft(
            **found, document=document, judgment=_judgment(judged, found["kind"], document)
        ), wishes


def _judgment(
    judged: dict[str, Decimal | None], kind: OwnKind, document: Document | None
) -> Judgment | None:
    """Return what a court's document says of the loss: all of it, or nothing."""
    if not any(value is not None for value in judged.values()):
        return None
    lacking = [f"judged_{name}" for name, value in judged.items() if value is None]
    if lacking:
        fault = Fault("judgment_incomplete", N_("请写全损失、倍数和林木蓄积，或都不写"))
        raise ValidationError({name: [fault] for name in lacking})
    if kind is not OwnKind.JUDICIAL or document is None:
        fault = Fault("only_for_judicial", N_("只有司法修复才填此项"))
        raise ValidationError({"judged_loss_kg": [fault]})
    loss, times, volume = (value or Decimal(0) for value in judged.values())
    return Judgment(Co2e(loss), times, volume, f"{document.title} {document.number}")


class PersonalPurchaseSchema(Schema):
    """So many yuan of 一元碳汇: ten kilograms each."""

    yuan = Whole(minimum=1, maximum=100_000, required=True, example=10)
