"""Batches on the wire. Money is whole fen, quantities are whole kilograms of CO2e."""

from decimal import Decimal
from typing import Any

from marshmallow import post_load

from puhui.credits.batch import LONGEST, Encumbrance
from puhui.credits.kind import Kind
from puhui.kernel.quantity import plain
from puhui.web.paging import PageQuery
from puhui.web.schema import (
    Boolean,
    Code,
    Day,
    DecimalString,
    Enum,
    Nested,
    Schema,
    Text,
    Uuid,
    Whole,
)

MOST_KG = 10**12


class BatchDraftSchema(Schema):
    """A batch, in the words of the columns of an import file."""

    kind = Enum(Kind, required=True)
    project = Code(r"[A-Z0-9][A-Z0-9-]{1,39}", most=40, required=True, example="JL-CHANGKOU")
    project_name = Text(LONGEST, required=True)
    project_name_en = Text(LONGEST, required=True)
    county_code = Code(r"[1-9][0-9]{5}", most=6, required=True, example="350428")
    place = Text(LONGEST, required=True)
    place_en = Text(LONGEST, required=True)
    method = Text(LONGEST, required=True)
    beneficiaries = Text(LONGEST, required=True)
    beneficiaries_en = Text(LONGEST, required=True)
    households = Whole(minimum=0, maximum=10**9, load_default=None, allow_none=True)
    project_source = Text(LONGEST, required=True)
    registry = Text(LONGEST, required=True)
    serials = Text(LONGEST, required=True, example="LYTP-350428-0000001/1-2723000")
    quantity_kg = Whole(minimum=1, maximum=MOST_KG, required=True)
    period_starts = Day(required=True)
    period_ends = Day(required=True)
    price_yuan_per_t = DecimalString(more_than=0, places=2, required=True, example="15.55")
    seller = Text(LONGEST, required=True)
    encumbrance = Enum(Encumbrance, load_default=Encumbrance.NONE)
    encumbrance_note = Text(LONGEST, may_be_blank=True, load_default="")
    source = Text(LONGEST, required=True)
    method_en = Text(LONGEST, load_default="")
    filing_number = Text(60, load_default="", description="FFCER：备案编号")
    project_number = Text(60, load_default="", description="CCER、VCS：登记系统项目编号")
    methodology = Text(60, load_default="", description="CCER、VCS：方法学编号")
    vintage = Code("(19|20)[0-9]{2}", most=4, load_default="", description="VCS：年份")
    certifications = Text(100, load_default="", description="VCS：附加认证")
    ticket_number = Code("[0-9]{7}", most=7, load_default="", description="林业碳票：编号")
    area_mu = DecimalString(more_than=0, places=2, load_default=None, description="林业碳票：亩")
    tree_id = Code("[A-Z0-9]{1,40}", most=40, load_default="", description="单株碳汇：树木编号")
    household = Code(
        "[A-Z0-9][A-Z0-9-]{0,39}", most=40, load_default="", description="单株碳汇：农户编号"
    )
    village = Text(100, load_default="", description="单株碳汇、一元碳汇：村")
    farmer = Code(
        "[A-Z0-9][A-Z0-9-]{0,39}", most=40, load_default="", description="一元碳汇：林农编号"
    )

    @post_load
    def _cells(self, found: dict[str, Any], **_: Any) -> dict[str, str]:
        """Return the texts that a row of a file would have: both are read by the same rules."""
        return {
            name: ""
            if value is None
            else plain(value)
            if isinstance(value, Decimal)
            else str(value)
            for name, value in found.items()
        }


class BatchDetailsSchema(Schema):
    """What a batch of its kind has besides; what a kind has not, or is not on record, is absent."""

    filing_number = Text(60)
    project_number = Text(60)
    methodology = Text(60)
    vintage = Text(4)
    certifications = Text(100)
    ticket_number = Text(7)
    area_mu = Text(20)
    tree_id = Text(40)
    household = Text(40)
    village = Text(100)
    farmer = Text(40)


class BatchSchema(Schema):
    """A batch as everyone may see it."""

    batch_id = Uuid(required=True)
    kind = Enum(Kind, required=True)
    project_code = Text(LONGEST, required=True)
    project_name = Text(LONGEST, required=True)
    project_name_en = Text(LONGEST, required=True)
    county_code = Text(6, required=True)
    place = Text(LONGEST, required=True)
    place_en = Text(LONGEST, required=True)
    method = Text(LONGEST, required=True)
    beneficiaries = Text(LONGEST, required=True)
    beneficiaries_en = Text(LONGEST, required=True)
    households = Whole(required=True, allow_none=True)
    registry = Text(LONGEST, required=True)
    serials = Text(LONGEST, required=True)
    ours = Boolean(required=True, description="序列号为本平台格式，并非登记系统公布的格式")
    period_starts = Day(required=True)
    period_ends = Day(required=True)
    price_fen_per_t = Whole(required=True)
    seller = Text(LONGEST, required=True)
    encumbrance = Enum(Encumbrance, required=True)
    source = Text(LONGEST, required=True)
    quantity_kg = Whole(required=True)
    available_kg = Whole(required=True)
    held_kg = Whole(required=True)
    retired_kg = Whole(required=True)
    cancelled_kg = Whole(required=True)
    reserved_kg = Whole(required=True, description="held_kg 之中：在储备里，不出售")
    encumbered_kg = Whole(required=True, description="held_kg 之中：因权利限制留出")
    details = Nested(BatchDetailsSchema, required=True)


class BatchesQuery(PageQuery):
    """Which batches to list."""

    kind = Enum(Kind, load_default=None)
    on_sale = Boolean(load_default=False, description="只列可售的批次")


class ImportedSchema(Schema):
    """How many batches of the file are in the books now."""

    batches = Whole(minimum=1, required=True)
