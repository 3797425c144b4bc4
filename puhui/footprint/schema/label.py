"""Labels on the wire."""

from puhui.footprint.inventory import Reach
from puhui.footprint.label import LabelState
from puhui.footprint.product import Category
from puhui.footprint.schema.product import UNIT
from puhui.footprint.validity import Basis, Ground
from puhui.web.paging import PageQuery
from puhui.web.schema import Boolean, Code, DecimalString, Enum, Instant, Schema, Text, Uuid


class NewLabelSchema(Schema):
    """Of which verified footprint."""

    footprint_id = Uuid(required=True)
    basis = Enum(Basis, load_default=Basis.VERIFIED, description="核查通过，或生产者自行声明")


class LabelSchema(Schema):
    """A voluntary carbon label of this platform."""

    label_id = Uuid(required=True)
    footprint_id = Uuid(required=True)
    product_id = Uuid(required=True)
    code = Code(r"[0-9A-Z]{26}", most=26, required=True)
    url = Text(300, required=True)
    state = Enum(LabelState, required=True)
    basis = Enum(Basis, required=True)
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
    end_ground = Enum(Ground, required=True, allow_none=True, description="提前失效的原因")


class LabelFilterSchema(Schema):
    """Which labels."""

    q = Text(100, load_default=None, description="在产品名称中查找")
    category = Enum(Category, load_default=None)
    county_code = Code(r"[1-9][0-9]{5}", most=6, load_default=None, description="县级行政区划代码")
    county = Text(40, load_default=None, description="县（市、区）名称的一部分，或其代码")
    maker = Text(120, load_default=None, description="生产者名称的一部分，或统一社会信用代码")


class LabelsQuery(PageQuery, LabelFilterSchema):
    """Which labels, a page of them."""


class LabelRowSchema(Schema):
    """A label in the public list."""

    label_id = Uuid(required=True)
    code = Code(r"[0-9A-Z]{26}", most=26, required=True)
    url = Text(300, required=True)
    name_zh = Text(100, required=True)
    name_en = Text(100, required=True)
    category = Enum(Category, required=True)
    county_code = Code(r"[1-9][0-9]{5}", most=6, required=True)
    county = Text(40, required=True, description="县（市、区）")
    gtin = Text(14, required=True, allow_none=True)
    maker = Text(200, required=True)
    verifier = Text(200, required=True, description="核查机构")
    footprint_kg = DecimalString(required=True, minimum=0, places=12)
    declared_unit = Code(UNIT, most=12, required=True)
    reach = Enum(Reach, required=True)
    zero_carbon = Boolean(
        required=True, description="全生命周期排放合计为零，不计抵消，不扣除产品固碳"
    )
    carbon_held_kg = DecimalString(required=True, minimum=0, places=12)
    issued_at = Instant(required=True)
    expires_at = Instant(required=True)


class WithdrawalSchema(Schema):
    """Why a label ends before its time."""

    reason = Text(500, required=True, example="配方改变，重新核算中")
