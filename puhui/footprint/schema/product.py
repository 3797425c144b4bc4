"""Products on the wire."""

from typing import Any

from marshmallow import post_load

from puhui.footprint.product import Category, ProductDraft, gtin_14
from puhui.footprint.substitution import Function
from puhui.kernel.text import N_
from puhui.kernel.unit import UNITS
from puhui.web.schema import (
    Code,
    DecimalString,
    Enum,
    Instant,
    Schema,
    Sentences,
    Strict,
    Text,
    Uuid,
    Whole,
)

UNIT = "|".join(sorted(UNITS))


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

    function = Enum(
        Function, load_default=None, allow_none=True, description="与哪种塑料制品功能相同"
    )
    certificate_number = Text(
        60, load_default=None, allow_none=True, description="国家产品碳足迹标识认证证书编号"
    )
    certificate_body = Text(120, load_default=None, allow_none=True, description="发证机构")

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
    function = Enum(Function, required=True, allow_none=True)
    certificate_number = Text(60, required=True, allow_none=True)
    certificate_body = Text(120, required=True, allow_none=True)
    version = Whole(required=True, minimum=1)
    created_at = Instant(required=True)
    changed_at = Instant(required=True)
