"""Factors on the wire."""

from puhui.factors.factor import Boundary, Gases, Geography
from puhui.web.paging import PageQuery
from puhui.web.schema import (
    Boolean,
    Code,
    DecimalString,
    Enum,
    Instant,
    Nested,
    Schema,
    Text,
    Whole,
    Year,
)

KEY = r"[a-z0-9]+([._-][a-z0-9]+)*"


class FactorsQuery(PageQuery):
    """What factors are looked for."""

    q = Text(100, load_default=None, description="在编号、名称和出处中查找", example="福建")
    region = Code(r"[A-Z0-9-]+", most=24, load_default=None, example="CN-FJ")
    year = Year(load_default=None, description="数据年份", example=2023)
    gases = Enum(Gases, load_default=None, description="CO2 与 CO2e 不可混用")
    boundary = Enum(Boundary, load_default=None, description="核算边界")


class PedigreeSchema(Schema):
    """Data quality by the pedigree matrix: five scores from 1 (best) to 5."""

    reliability = Whole(required=True, minimum=1, maximum=5, example=2)
    completeness = Whole(required=True, minimum=1, maximum=5, example=1)
    temporal = Whole(required=True, minimum=1, maximum=5, example=1)
    geographical = Whole(required=True, minimum=1, maximum=5, example=1)
    technological = Whole(required=True, minimum=1, maximum=5, example=1)


class FactorSchema(Schema):
    """A factor with its birth certificate."""

    key = Code(KEY, most=100, required=True, example="grid.cn.lifecycle")
    version = Code(r"[0-9]{4}\.[0-9]{1,2}", most=8, required=True, example="2024.1")
    subject = Code(KEY, most=100, required=True, example="grid.lifecycle")
    name_zh = Text(200, required=True)
    name_en = Text(200, required=True)
    kg_per_unit = DecimalString(required=True, minimum=0, places=12, example="0.5777")
    unit = Text(20, required=True, example="kWh")
    gases = Enum(Gases, required=True)
    boundary = Enum(Boundary, required=True)
    biogenic = Boolean(required=True, description="生物源碳，与化石源分列")
    region = Text(24, required=True, example="CN")
    year = Year(required=True)
    source = Text(1000, required=True)
    geography = Enum(Geography, required=True, allow_none=True, description="数据代表的地域范围")
    pedigree = Nested(
        PedigreeSchema, required=True, allow_none=True, description="数据质量；空表示尚未评定"
    )
    gsd = DecimalString(
        required=True,
        allow_none=True,
        minimum=1,
        places=6,
        description="出处给出的不确定性：几何标准差",
        example="1.05",
    )
    proxy = Text(
        1000,
        required=True,
        allow_none=True,
        description="替代数据及可以替代的理由；空表示不是替代数据",
    )
    published_at = Instant(required=True)
    withdrawn_at = Instant(required=True, allow_none=True)
    withdrawn_because = Text(1000, required=True, allow_none=True)
    library = Text(
        64, required=True, allow_none=True, description="所属因子库的 SHA-256，见公开登记簿"
    )
