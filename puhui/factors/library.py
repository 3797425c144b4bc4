"""A factor library as text, and the gates that a row must pass before it is believed.

Nothing is half-imported: a library with one faulty row is refused whole, every fault named by
its row.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from decimal import Decimal
from enum import StrEnum
from io import StringIO

from puhui.factors.factor import Boundary, Factor, Gases
from puhui.kernel.errors import Fault
from puhui.kernel.text import N_
from puhui.kernel.unit import unit_called

COLUMNS = (
    "key",
    "version",
    "subject",
    "name_zh",
    "name_en",
    "kg_per_unit",
    "unit",
    "gases",
    "boundary",
    "biogenic",
    "region",
    "year",
    "source",
)

KEY = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*")
VERSION = re.compile(r"(19|20)\d\d\.[1-9]\d?")
VALUE = re.compile(r"-?\d{1,12}(\.\d{1,12})?")
REGION = re.compile(r"001|[A-Z]{2}(-[A-Z0-9]{1,3}|-X-[A-Z]+)?")
"""ISO 3166; regions of the Chinese grid, which have no code, as `CN-X-EAST`."""
LEAST_SOURCE = 12


@dataclass(frozen=True)
class Row:
    """A factor and where in its file it stands."""

    file: str
    row: int
    factor: Factor


def version_order(version: str) -> tuple[int, int]:
    """Return what versions sort by: `2024.10` is newer than `2024.9`."""
    year, _, number = version.partition(".")
    return int(year), int(number)


def read(file: str, text: str) -> tuple[list[Row], list[Fault]]:
    """Return the rows of a library that pass, and every fault of those that do not.

    Row 1 is the line of headings, as a spreadsheet counts.
    """
    lines = csv.reader(StringIO(text.removeprefix("\ufeff")), strict=True)
    try:
        table = list(lines)
    except csv.Error:
        return [], [Fault("not_csv", N_("不是有效的 CSV 文件"), values={"file": file})]
    if not table or tuple(table[0]) != COLUMNS:
        columns = ",".join(COLUMNS)
        return [], [
            Fault(
                "wrong_columns",
                N_("列名应为：%(columns)s"),
                1,
                values={"columns": columns, "file": file},
            )
        ]
    rows: list[Row] = []
    faults: list[Fault] = []
    seen: dict[str, int] = {}
    for number, cells in enumerate(table[1:], start=2):
        if len(cells) != len(COLUMNS):
            faults.append(Fault("wrong_columns", N_("列数不对"), number, values={"file": file}))
            continue
        cell = dict(zip(COLUMNS, (c.strip() for c in cells), strict=True))
        found = [
            Fault(code, message, number, field, {"value": cell[field][:80], "file": file})
            for code, message, field in _faults_of(cell)
        ]
        citation = f"{cell['key']}@{cell['version']}"
        if citation in seen:
            found.append(
                Fault(
                    "duplicate",
                    N_("与第 %(other)s 行的因子编号和版本相同"),
                    number,
                    "key",
                    {"other": seen[citation], "file": file},
                )
            )
        seen.setdefault(citation, number)
        faults += found
        if not found:
            rows.append(Row(file, number, _factor(cell)))
    return rows, faults


def digest_lines(factors: Iterable[Factor]) -> str:
    """Return one line a factor, sorted: the text whose SHA-256 names a library."""
    return "".join(
        "\t".join(str(field) for field in astuple(factor)) + "\n"
        for factor in sorted(factors, key=lambda f: f.citation)
    )


def _faults_of(cell: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    if not KEY.fullmatch(cell["key"]):
        yield "bad_key", N_("因子编号只能用小写字母、数字和点、横线、下划线"), "key"
    if not VERSION.fullmatch(cell["version"]):
        yield "bad_version", N_("版本应写成“年份.序号”，例如 2024.1"), "version"
    if not KEY.fullmatch(cell["subject"]):
        yield "bad_subject", N_("请填写活动编号"), "subject"
    for name in ("name_zh", "name_en"):
        if not 2 <= len(cell[name]) <= 200:
            yield "no_name", N_("请填写名称"), name
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
    if not REGION.fullmatch(cell["region"]):
        yield "bad_region", N_("地区须用 ISO 3166 代码，例如 CN-FJ"), "region"
    if not re.fullmatch(r"(19|20)\d\d", cell["year"]):
        yield "bad_year", N_("请填写数据年份"), "year"
    if len(cell["source"]) < LEAST_SOURCE:
        yield "no_source", N_("请写明出处：发布者、文件、表号或编号"), "source"


def _known(kind: type[StrEnum], value: str) -> bool:
    return value in {str(member) for member in kind}


def _factor(cell: dict[str, str]) -> Factor:
    unit = unit_called(cell["unit"])
    assert unit is not None
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
    )
