"""Duty trees on the wire."""

from typing import Any

from marshmallow import post_load

from puhui.rewards.duty import (
    MOST_WORDS,
    Category,
    Certificate,
    Document,
    DutyDraft,
    Parameter,
    Unit,
)
from puhui.rewards.planting import MOST_PHOTOS
from puhui.rewards.schema.planting import Sha256
from puhui.web.paging import PageQuery, page_schema
from puhui.web.schema import (
    Boolean,
    Code,
    Day,
    DecimalString,
    Enum,
    Instant,
    List,
    Nested,
    Schema,
    Text,
    Uuid,
    Whole,
)

PROVINCE: dict[str, Any] = {"pattern": "[0-9]{2}0000", "most": 6, "example": "350000"}
DIGEST: dict[str, Any] = {"pattern": "[0-9a-f]{64}", "most": 64}
MOST_QUANTITY = 1_000_000


class ParameterFields(Schema):
    """How much of a form counts as one tree."""

    province = Code(**PROVINCE, required=True, description="省级行政区划代码（GB/T 2260）")
    category = Enum(Category, required=True, description="尽责形式")
    unit = Enum(Unit, required=True, description="计量单位")
    per_tree = DecimalString(
        more_than=0,
        maximum=MOST_QUANTITY,
        places=3,
        required=True,
        example="20",
        description="多少折算一株",
    )
    valid_from = Day(required=True, allow_none=True, description="起始日期；来源未说明时为空")
    source = Text(500, required=True, description="谁公布的、在哪里读到")


class ParameterFormSchema(ParameterFields):
    """The page's form: the document itself comes as a file."""

    valid_from = Day(required=True, description="起始日期")
    document_title = Text(200, required=True, description="文件名称")
    document_number = Text(80, required=True, description="文号")
    document_address = Text(500, required=True, description="公布的网址")


class DutyParameterDraftSchema(ParameterFormSchema):
    """A parameter as an operator enters it, with its document."""

    document_sha256 = Code(**DIGEST, required=True, description="文件的 SHA-256")

    @post_load
    def _draft(self, values: dict[str, Any], **_: Any) -> Parameter:
        digest = bytes.fromhex(values.pop("document_sha256"))
        return with_document(values, digest)


def with_document(said: dict[str, Any], digest: bytes) -> Parameter:
    """Return a parameter with the document that the form describes."""
    paper = Document(
        said["document_title"], said["document_number"], said["document_address"], digest
    )
    own = {name: said[name] for name in ParameterFields._declared_fields}
    return Parameter(**own, document=paper)


class DutyDocumentSchema(Schema):
    """The published paper that a parameter stands on."""

    title = Text(200, required=True)
    number = Text(80, required=True)
    address = Text(500, required=True)
    sha256 = Sha256(required=True)


class DutyParameterSchema(ParameterFields):
    """A parameter on record."""

    parameter_id = Uuid(required=True)
    province = Code(**PROVINCE, required=True, attribute="parameter.province")
    category = Enum(Category, required=True, attribute="parameter.category")
    unit = Enum(Unit, required=True, attribute="parameter.unit")
    per_tree = DecimalString(places=3, required=True, attribute="parameter.per_tree")
    valid_from = Day(required=True, allow_none=True, attribute="parameter.valid_from")
    source = Text(500, required=True, attribute="parameter.source")
    document = Nested(
        DutyDocumentSchema, required=True, allow_none=True, attribute="parameter.document"
    )
    published_at = Instant(required=True)


DutyParameterPageSchema = page_schema(DutyParameterSchema)


class DutyDraftSchema(Schema):
    """What somebody says they did for the duty, other than planting."""

    category = Enum(Category, required=True)
    province = Code(**PROVINCE, required=True)
    unit = Enum(Unit, required=True)
    quantity = DecimalString(
        more_than=0, maximum=MOST_QUANTITY, places=3, required=True, example="60"
    )
    done_on = Day(required=True)
    words = Text(MOST_WORDS, required=True, description="做了什么、在哪里；捐资的票据号")
    photo_ids = List(Uuid(), most=MOST_PHOTOS, load_default=list)
    person_id = Uuid(allow_none=True, load_default=None, description="代孩子登记时填孩子的编号")

    @post_load
    def _draft(self, values: dict[str, Any], **_: Any) -> DutyDraft:
        return DutyDraft(**{**values, "photo_ids": tuple(values["photo_ids"])})


class DutySchema(Schema):
    """A recorded duty, and what became of it."""

    duty_id = Uuid(required=True)
    person_id = Uuid(required=True)
    recorded_by = Uuid(required=True)
    category = Enum(Category, required=True, attribute="draft.category")
    province = Code(**PROVINCE, required=True, attribute="draft.province")
    unit = Enum(Unit, required=True, attribute="draft.unit")
    quantity = DecimalString(places=3, required=True, attribute="draft.quantity")
    done_on = Day(required=True, attribute="draft.done_on")
    words = Text(MOST_WORDS, required=True, attribute="draft.words")
    photo_ids = List(Uuid(), most=MOST_PHOTOS, required=True, attribute="draft.photo_ids")
    state = Code(most=16, required=True, description="recorded、confirmed 或 refused")
    trees = Whole(required=True, description="折算株数")
    recorded_at = Instant(required=True)
    decided_at = Instant(required=True, allow_none=True)
    reason = Text(MOST_WORDS, required=True, allow_none=True, description="不予确认的原因")


DutyPageSchema = page_schema(DutySchema)


class DutyVerdictSchema(Schema):
    """Confirmed, or refused with a reason."""

    confirmed = Boolean(required=True)
    reason = Text(MOST_WORDS, allow_none=True, load_default=None, description="不确认时必填")


class CategoryTreesSchema(Schema):
    """Trees of one form."""

    category = Enum(Category, required=True)
    trees = Whole(required=True)


class DutyEntrySchema(Schema):
    """Trees that count for a year, or count no longer, and why."""

    entry_id = Uuid(required=True)
    done_on = Day(required=True)
    category = Enum(Category, required=True)
    province = Code(**PROVINCE, required=True)
    trees = Whole(required=True, description="株数；死亡更正为负")
    cause_kind = Code(most=16, required=True, description="planting、duty 或 survival")
    cause_id = Uuid(required=True)
    parameter_id = Uuid(required=True, allow_none=True, description="所用折算标准")
    guardian_id = Uuid(required=True, allow_none=True, description="十四岁以下时，同意的监护人")
    counted_at = Instant(required=True)


class DutyYearSchema(Schema):
    """What one calendar year counts, in trees."""

    person_id = Uuid(required=True)
    year = Whole(required=True, example=2026)
    trees = Whole(required=True)
    tier = Enum(Certificate, required=True)
    by_category = List(Nested(CategoryTreesSchema), required=True)
    entries = List(Nested(DutyEntrySchema), required=True)


class DutyYearQuery(Schema):
    """Whose year."""

    person_id = Uuid(load_default=None, description="自己的孩子；不填为自己")


class DutyListQuery(PageQuery):
    """Which recorded duties."""

    waiting = Boolean(load_default=False, description="核查员：只看等待确认的")


class DutyCertificateDraftSchema(Schema):
    """What the holder wants the public page to show."""

    shows_categories = Boolean(load_default=False, description="公开页是否显示各形式株数")
    person_id = Uuid(allow_none=True, load_default=None, description="自己的孩子；不填为自己")


class DutyCertificateSchema(Schema):
    """A certificate as the asker may see it."""

    code = Text(12, required=True)
    year = Whole(required=True)
    tier = Enum(Certificate, required=True)
    trees = Whole(required=True, description="发证时的株数")
    trees_now = Whole(required=True, description="现在的株数")
    stands = Boolean(required=True, description="现在的株数是否仍达到这张证书")
    by_category = List(Nested(CategoryTreesSchema), required=True, allow_none=True)
    name = Text(60, required=True, allow_none=True, description="持证人同意公开时才有")
    issued_at = Instant(required=True)
