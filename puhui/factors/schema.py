"""Factors on the wire."""

from puhui.factors.factor import Boundary, Gases, Geography, ImportState
from puhui.web.paging import PageQuery
from puhui.web.schema import (
    Boolean,
    Code,
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

KEY = r"[a-z0-9]+([._-][a-z0-9]+)*"


class FactorsQuery(PageQuery):
    """What factors are looked for."""

    q = Text(100, load_default=None, description="在编号、名称和出处中查找", example="福建")
    subject = Code(
        KEY, most=100, load_default=None, description="活动编号，或它的开头", example="plastic"
    )
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


class FactorVersionsSchema(Schema):
    """Every version of a factor, the newest first."""

    items = List(Nested(FactorSchema), most=1000, required=True)


class FactorLibrarySchema(Schema):
    """A library as one document."""

    factors = List(Nested(FactorSchema), most=100_000, required=True)


class FactorMissingSchema(Schema):
    """What nobody has published, and what may stand in."""

    subject = Code(KEY, most=100, required=True, example="adhesive.uf")
    name_zh = Text(200, required=True)
    name_en = Text(200, required=True)
    why_zh = Text(500, required=True)
    why_en = Text(500, required=True)
    proxy = Code(
        KEY,
        most=100,
        required=True,
        allow_none=True,
        description="可作为替代的因子，须标明；空表示只能用供应商数据",
        example="proxy.adhesive.resin",
    )


class FactorAllMissingSchema(Schema):
    """All that is known to be missing."""

    items = List(Nested(FactorMissingSchema), most=1000, required=True)


class FactorWithdrawalSchema(Schema):
    """Why a factor is withdrawn."""

    reason = Text(500, required=True, example="生态环境部更正了原文")


class FactorUseSchema(Schema):
    """One thing that was computed with a factor."""

    kind = Text(100, required=True, example="平台自愿碳标签")
    name = Text(500, required=True)
    address = Text(500, required=True, allow_none=True)


class FactorUsesSchema(Schema):
    """What was computed with a factor."""

    count = Whole(minimum=0, required=True)
    items = List(Nested(FactorUseSchema), most=100, required=True)


class FactorImportsQuery(PageQuery):
    """Which files are looked for."""

    state = Enum(ImportState, load_default=None)


class FactorFileQuery(Schema):
    """What a file is called."""

    file = Text(200, load_default="factors", description="文件名", example="factors-2026.csv")


class FactorImportFaultSchema(Schema):
    """One thing wrong with a file."""

    row = Whole(minimum=0, required=True, allow_none=True)
    field = Text(100, required=True, allow_none=True)
    code = Text(100, required=True)
    message = Text(4000, required=True)


class FactorImportSchema(Schema):
    """A file of factors, and what has become of it."""

    import_id = Uuid(required=True)
    file = Text(200, required=True)
    sha256 = Text(64, required=True)
    state = Enum(ImportState, required=True)
    rows = Whole(minimum=0, required=True, description="通过各项核对的行数")
    faults = List(Nested(FactorImportFaultSchema), most=1_000_000, required=True)
    imported_at = Instant(required=True)
    published_at = Instant(required=True, allow_none=True)
