"""Products, inventories, footprints and labels on the wire."""

from typing import Any, cast

from marshmallow import ValidationError, post_load

from puhui.footprint.inventory import (
    HEAD_FIELDS,
    LINE_FIELDS,
    MOST_LINES,
    Fate,
    Kind,
    Reach,
    Stage,
    Submitted,
)
from puhui.footprint.label import LabelState
from puhui.footprint.product import Category, ProductDraft, gtin_14
from puhui.footprint.verdict import Reason, Verdict
from puhui.kernel.errors import Fault
from puhui.kernel.text import N_
from puhui.kernel.unit import UNITS
from puhui.web.paging import PageQuery
from puhui.web.schema import (
    Boolean,
    Code,
    DecimalString,
    Enum,
    Instant,
    List,
    Nested,
    Object,
    Schema,
    Sentences,
    Strict,
    Text,
    Uuid,
    Whole,
)

UNIT = "|".join(sorted(UNITS))
LABEL_CODE = r"[0-9A-Za-z][0-9A-Za-z -]{0,60}"


class Gtin(Strict):
    """A GTIN of 8, 12, 13 or 14 digits with a right check digit; loads as 14 digits."""

    default_error_messages: Sentences = {
        "bad_gtin": N_("商品条码应为 8、12、13 或 14 位数字，且校验位正确"),
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Any:
        found = gtin_14(value) if isinstance(value, str) else None
        if found is None:
            raise self.make_error("bad_gtin")
        return found

    def wire(self) -> dict[str, Any]:
        return {"type": "string", "pattern": "^([0-9]{8}|[0-9]{12,14})$"}


class ProductDraftSchema(Schema):
    """A product as its maker describes it."""

    name_zh = Text(100, required=True, example="竹集成材板")
    name_en = Text(100, required=True, example="Laminated bamboo board")
    category = Enum(Category, required=True)
    declared_unit = Code(UNIT, most=12, required=True, description="声明单位", example="m3")
    mass_kg = DecimalString(
        required=True,
        more_than=0,
        maximum=1_000_000,
        description="一个声明单位的质量",
        example="660",
    )
    county_code = Code(
        r"[1-9][0-9]{5}", most=6, required=True, description="县级行政区划代码", example="350721"
    )
    gtin = Gtin(
        load_default=None, allow_none=True, description="商品条码", example="09521234543213"
    )

    @post_load
    def _draft(self, data: dict[str, Any], **_: Any) -> Any:
        return ProductDraft(**data)


class NewProductSchema(ProductDraftSchema):
    """A product and the organisation that makes it."""

    organisation_id = Uuid(required=True)

    @post_load
    def _draft(self, data: dict[str, Any], **_: Any) -> Any:
        organisation_id = data.pop("organisation_id")
        return organisation_id, ProductDraft(**data)


class ProductSchema(Schema):
    """A product."""

    product_id = Uuid(required=True)
    organisation_id = Uuid(required=True)
    name_zh = Text(100, required=True)
    name_en = Text(100, required=True)
    category = Enum(Category, required=True)
    declared_unit = Code(UNIT, most=12, required=True)
    mass_kg = DecimalString(required=True, minimum=0)
    county_code = Code(r"[1-9][0-9]{5}", most=6, required=True)
    gtin = Text(14, required=True, allow_none=True)
    version = Whole(required=True, minimum=1)
    created_at = Instant(required=True)
    changed_at = Instant(required=True)


_CELL = Text(300, may_be_blank=True, allow_none=True)


class InventoryLines(Strict):
    """Lines as they came: `puhui.footprint.inventory.read` names all of their faults at once."""

    default_error_messages: Sentences = {
        "not_lines": N_("这里应当是清单各行的列表"),
        "not_a_line": N_("每一行应当是一个对象"),
        "too_many_lines": N_("清单最多 %(most)s 行"),
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Any:
        if not isinstance(value, list):
            raise self.make_error("not_lines")
        if len(value) > MOST_LINES:
            raise self.make_error("too_many_lines", most=MOST_LINES)
        if not all(isinstance(line, dict) for line in value):
            raise self.make_error("not_a_line")
        wrong: dict[int, dict[str, Any]] = {}
        for index, line in enumerate(value):
            for name, written in line.items():
                try:
                    _CELL.deserialize(written)
                except ValidationError as error:
                    wrong.setdefault(index, {})[name] = error.messages
        if wrong:
            raise ValidationError(cast("dict[str, Any]", wrong))
        return value

    def _serialize(self, value: Any, attr: str | None, obj: Any, **_: Any) -> Any:
        return value

    def wire(self) -> dict[str, Any]:
        texts: dict[str, Any] = {name: {"type": "string", "maxLength": 300} for name in LINE_FIELDS}
        for name, words in (("stage", Stage), ("kind", Kind), ("fate", Fate)):
            texts[name] = {"type": "string", "enum": [str(word) for word in words]}
        return {
            "type": "array",
            "maxItems": MOST_LINES,
            "items": {
                "type": "object",
                "properties": texts,
                "required": ["stage", "kind", "name", "amount", "unit"],
                "additionalProperties": False,
            },
        }


class InventorySchema(Schema):
    """Everything that went into so many declared units, and what came out."""

    declared_unit = Text(20, required=True, example="m3")
    output = Text(30, required=True, description="期间产量（声明单位）", example="1000")
    reach = Enum(Reach, required=True, description="核算边界")
    period_from = Text(10, required=True, example="2025-01-01")
    period_to = Text(10, required=True, example="2025-12-31")
    lines = InventoryLines(
        required=True,
        example=[
            {
                "stage": "manufacture",
                "kind": "energy",
                "name": "外购电",
                "amount": "420000",
                "unit": "度",
                "factor": "grid.cn.lifecycle@2024.1",
            }
        ],
    )

    @post_load
    def _parts(self, data: dict[str, Any], **_: Any) -> Any:
        head = {field: str(data[field]) for field in HEAD_FIELDS}
        return Submitted(head, list(enumerate(data["lines"], start=1)))


class CalculationSchema(Schema):
    """A calculation with its name."""

    sha256 = Code(r"[0-9a-f]{64}", required=True)
    document = Object(required=True, description="可复算的计算书（RFC 8785）")


class NewFootprintSchema(Schema):
    """Of which product."""

    product_id = Uuid(required=True)


class LineReasonSchema(Schema):
    """Why: about one line, or the whole when `row` is null."""

    row = Whole(minimum=1, maximum=MOST_LINES, load_default=None, allow_none=True)
    reason = Text(500, required=True, example="供应商声明已过期")

    @post_load
    def _reason(self, data: dict[str, Any], **_: Any) -> Any:
        return Reason(**data)


class DecisionSchema(Schema):
    """What a verifier says."""

    verdict = Enum(Verdict, required=True)
    reasons = List(Nested(LineReasonSchema), most=200, load_default=list)


class FootprintSchema(Schema):
    """A version of a product's footprint."""

    footprint_id = Uuid(required=True)
    product_id = Uuid(required=True)
    number = Whole(required=True, minimum=1, description="第几版")
    state = Code(r"declared|submitted|verified|refused", required=True)
    footprint_kg = DecimalString(
        required=True, minimum=0, places=12, description="每声明单位的 kgCO2e"
    )
    sha256 = Code(r"[0-9a-f]{64}", required=True)
    ruleset = Text(60, required=True)
    declared_at = Instant(required=True)
    submitted_at = Instant(required=True, allow_none=True)
    decided_at = Instant(required=True, allow_none=True)
    verifier_organisation_id = Uuid(required=True, allow_none=True)
    reasons = List(Nested(LineReasonSchema), most=200, required=True, allow_none=True)


class QueueItemSchema(Schema):
    """A footprint that waits, and of what it is."""

    footprint_id = Uuid(required=True)
    product_id = Uuid(required=True)
    name_zh = Text(100, required=True)
    name_en = Text(100, required=True)
    category = Enum(Category, required=True)
    number = Whole(required=True, minimum=1)
    footprint_kg = DecimalString(required=True, minimum=0, places=12)
    declared_unit = Code(UNIT, most=12, required=True)
    submitted_at = Instant(required=True)


class NewLabelSchema(Schema):
    """Of which verified footprint."""

    footprint_id = Uuid(required=True)


class LabelSchema(Schema):
    """A voluntary carbon label of this platform."""

    label_id = Uuid(required=True)
    footprint_id = Uuid(required=True)
    product_id = Uuid(required=True)
    code = Code(r"[0-9A-Z]{26}", most=26, required=True)
    url = Text(300, required=True)
    state = Enum(LabelState, required=True)
    footprint_kg = DecimalString(required=True, minimum=0, places=12)
    declared_unit = Code(UNIT, most=12, required=True)
    carbon_held_kg = DecimalString(
        required=True, minimum=0, places=12, description="产品固碳，不从足迹中扣除"
    )
    sha256 = Code(r"[0-9a-f]{64}", required=True, description="计算书的哈希")
    issued_at = Instant(required=True)
    expires_at = Instant(required=True)
    withdrawn_at = Instant(required=True, allow_none=True)
    withdrawn_reason = Text(500, required=True, allow_none=True)


class LabelsQuery(PageQuery):
    """Which labels."""

    q = Text(100, load_default=None, description="在产品名称中查找")
    category = Enum(Category, load_default=None)
    county_code = Code(r"[1-9][0-9]{5}", most=6, load_default=None)


class LabelRowSchema(Schema):
    """A label in the public list."""

    label_id = Uuid(required=True)
    code = Code(r"[0-9A-Z]{26}", most=26, required=True)
    name_zh = Text(100, required=True)
    name_en = Text(100, required=True)
    category = Enum(Category, required=True)
    county_code = Code(r"[1-9][0-9]{5}", most=6, required=True)
    maker = Text(200, required=True)
    footprint_kg = DecimalString(required=True, minimum=0, places=12)
    declared_unit = Code(UNIT, most=12, required=True)
    reach = Enum(Reach, required=True)
    carbon_held_kg = DecimalString(required=True, minimum=0, places=12)
    issued_at = Instant(required=True)
    expires_at = Instant(required=True)


class WithdrawalSchema(Schema):
    """Why a label ends before its time."""

    reason = Text(500, required=True, example="配方改变，重新核算中")


class NewSerialBatchSchema(Schema):
    """How many serials to print."""

    count = Whole(required=True, minimum=10, maximum=1000)


class SerialBatchSchema(Schema):
    """Serials printed together."""

    batch_id = Uuid(required=True)
    label_id = Uuid(required=True)
    count = Whole(required=True, minimum=1)
    printed_at = Instant(required=True)
    shipped_at = Instant(required=True, allow_none=True)


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


class UploadedSchema(Schema):
    """What a workbook became."""

    version = Whole(required=True, minimum=1)
    lines = Whole(required=True, minimum=1)
    changed = Boolean(required=True)


def fault_of_file(size: int, most: int) -> list[Fault]:
    """Return the fault of a file that is missing or too large."""
    if size == 0:
        return [Fault("no_file", N_("请选择文件"), field="file")]
    if size > most:
        return [Fault("too_large", N_("文件过大"), field="file")]
    return []


def fault_of_codes(count: int) -> list[Fault]:
    """Return the fault of a list of codes that is empty or too long."""
    if count == 0:
        return [Fault("no_codes", N_("请填写至少一个标签码"), field="codes")]
    if count > 1000:
        return [Fault("too_many", N_("一次最多 1000 个"), field="codes")]
    return []
