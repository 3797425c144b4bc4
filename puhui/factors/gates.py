"""The gates that a row of a library passes before it is believed."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import StrEnum

from puhui.factors.factor import (
    PEDIGREE_PARTS,
    Boundary,
    Factor,
    Gases,
    Geography,
    Pedigree,
)
from puhui.kernel.text import N_
from puhui.kernel.unit import unit_called

KEY = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*")
VERSION = re.compile(r"(19|20)\d\d\.[1-9]\d?")
VALUE = re.compile(r"-?\d{1,12}(\.\d{1,12})?")
GSD = re.compile(r"\d{1,3}(\.\d{1,6})?")
REGION = re.compile(r"001|[A-Z]{2}(-[A-Z0-9]{1,3}|-X-[A-Z]+)?")
"""ISO 3166; regions of the Chinese grid, which have no code, as `CN-X-EAST`."""
LEAST_SOURCE = 12
LEAST_REASON = 6

Failing = tuple[str, str, str]
"""Code, message and column of one thing wrong."""


def failing(cell: Mapping[str, str]) -> list[Failing]:
    """Return every gate that the row does not pass."""
    return [*_naming(cell), *_measuring(cell), *_vouching(cell), *_judging(cell)]


def factor_of(cell: Mapping[str, str]) -> Factor:
    """Return the factor of a row that passes every gate, in our spelling of its unit."""
    unit = unit_called(cell["unit"])
    assert unit is not None, cell["unit"]
    return Factor(
        key=cell["key"],
        version=cell["version"],
        subject=cell["subject"],
        name_zh=cell["name_zh"],
        name_en=cell["name_en"],
        kg_per_unit=Decimal(cell["kg_per_unit"]),
        unit=unit.symbol,
        gases=Gases(cell["gases"]),
        boundary=Boundary(cell["boundary"]),
        biogenic=cell["biogenic"] == "true",
        region=cell["region"],
        year=int(cell["year"]),
        source=cell["source"],
        geography=Geography(cell["geography"]) if cell["geography"] else None,
        pedigree=_pedigree(cell),
        gsd=Decimal(cell["gsd"]) if cell["gsd"] else None,
        proxy=cell["proxy"] or None,
    )


def _naming(cell: Mapping[str, str]) -> Iterator[Failing]:
    if not KEY.fullmatch(cell["key"]):
        yield "bad_key", N_("因子编号只能用小写字母、数字和点、横线、下划线"), "key"
    if not VERSION.fullmatch(cell["version"]):
        yield "bad_version", N_("版本应写成“年份.序号”，例如 2024.1"), "version"
    if not KEY.fullmatch(cell["subject"]):
        yield "bad_subject", N_("请填写活动编号"), "subject"
    for name in ("name_zh", "name_en"):
        if not 2 <= len(cell[name]) <= 200:
            yield "no_name", N_("请填写名称"), name


def _measuring(cell: Mapping[str, str]) -> Iterator[Failing]:
    if not VALUE.fullmatch(cell["kg_per_unit"]):
        yield "bad_value", N_("“%(value)s”不是数字"), "kg_per_unit"
    elif Decimal(cell["kg_per_unit"]) < 0:
        yield (
            "negative",
            N_("数值为负：多半已扣减了储碳，须另行核对，不予收录"),
            "kg_per_unit",
        )
    if unit_called(cell["unit"]) is None:
        yield "unknown_unit", N_("不认识单位“%(value)s”"), "unit"
    for field, kind in (("gases", Gases), ("boundary", Boundary)):
        if not _known(kind, cell[field]):
            yield f"bad_{field}", N_("“%(value)s”不是可用的取值"), field
    if cell["biogenic"] not in {"true", "false"}:
        yield "bad_biogenic", N_("请填写 true 或 false"), "biogenic"


def _vouching(cell: Mapping[str, str]) -> Iterator[Failing]:
    if not REGION.fullmatch(cell["region"]):
        yield "bad_region", N_("地区须用 ISO 3166 代码，例如 CN-FJ"), "region"
    if not re.fullmatch(r"(19|20)\d\d", cell["year"]):
        yield "bad_year", N_("请填写数据年份"), "year"
    if len(cell["source"]) < LEAST_SOURCE:
        yield "no_source", N_("请写明出处：发布者、文件、表号或编号"), "source"
    if cell["proxy"] and len(cell["proxy"]) < LEAST_REASON:
        yield "bad_proxy", N_("替代数据须写明为什么可以替代"), "proxy"


def _judging(cell: Mapping[str, str]) -> Iterator[Failing]:
    if cell["geography"] and not _known(Geography, cell["geography"]):
        yield "bad_geography", N_("“%(value)s”不是可用的取值"), "geography"
    scores = {name: cell[name] for name in PEDIGREE_PARTS}
    if any(scores.values()):
        for name, score in scores.items():
            if score not in {"1", "2", "3", "4", "5"}:
                yield "bad_score", N_("数据质量五项都须为 1 到 5，或者都不填"), name
    if cell["gsd"] and (not GSD.fullmatch(cell["gsd"]) or Decimal(cell["gsd"]) < 1):
        yield "bad_gsd", N_("几何标准差应为不小于 1 的数"), "gsd"


def _pedigree(cell: Mapping[str, str]) -> Pedigree | None:
    if not cell["reliability"]:
        return None
    one, two, three, four, five = (int(cell[name]) for name in PEDIGREE_PARTS)
    return one, two, three, four, five


def _known(kind: type[StrEnum], value: str) -> bool:
    return value in {str(member) for member in kind}
