"""Inventories as workbooks: the template that we hand out, and what comes back filled in."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineError, CalamineWorkbook

from puhui.factors.factor import Factor
from puhui.footprint.inventory import (
    BEARER_NAMES,
    FATE_NAMES,
    KIND_NAMES,
    REACH_NAMES,
    STAGE_NAMES,
    Inventory,
)
from puhui.footprint.submission import HEAD_FIELDS, LINE_FIELDS, Submitted, as_submitted, read
from puhui.kernel.errors import Fault
from puhui.kernel.text import N_
from puhui.kernel.unit import UNITS
from puhui.web.workbook import as_typed, dangers, unreadable

HEAD_SHEET, LINES_SHEET, CHOICES_SHEET = "基本信息", "清单", "可选项"

GUIDE_SHEET = "填写说明"
BOTH = " / "
"""Between the Chinese and the English of a heading or a choice."""
GUIDE = (
    N_("一、在“基本信息”写明声明单位、期间产量、核算边界和数据期间。"),
    N_("二、在“清单”每行写一项：阶段、类别、名称、数量、单位。带箭头的单元格请从列表中选择。"),
    N_("三、每一行的依据二选一：因子编号，或供应商数据及其文件；替代因子须写明理由。"),
    N_("四、竹材、剩余物和产品写含水率（绝干基准）；产品再写竹材占比。剩余物写去向。"),
    N_("五、运输写 t·km，或写质量和里程。数量只写数字，不要写公式。"),
    N_("六、上传后有错会逐行列出，原清单不变；改好后再上传同一份文件即可，不会重复。"),
)

HEAD_TITLES = {
    "declared_unit": N_("声明单位"),
    "output": N_("期间产量（声明单位）"),
    "reach": N_("核算边界"),
    "period_from": N_("期间起"),
    "period_to": N_("期间止"),
    "gap_reason": N_("物料缺口说明"),
}
LINE_TITLES = {
    "stage": N_("阶段"),
    "kind": N_("类别"),
    "name": N_("名称"),
    "amount": N_("数量"),
    "unit": N_("单位"),
    "factor": N_("因子编号"),
    "supplier_kg_per_unit": N_("供应商数据（kgCO2e/单位）"),
    "supplier_document": N_("供应商文件"),
    "proxy": N_("替代说明"),
    "distance_km": N_("里程（km）"),
    "moisture_percent": N_("含水率（绝干基准，%）"),
    "bamboo_percent": N_("竹材占比（绝干，%）"),
    "fate": N_("剩余物去向"),
    "borne_by": N_("由谁承担"),
    "each": N_("每单位折合"),
    "each_unit": N_("折合的单位"),
    "income_cny": N_("期间收入（元）"),
    "pedigree": N_("数据质量（五个 1–5 分）"),
}
_CHOICES: Mapping[str, Mapping[str, str]] = {
    "reach": {str(k): v for k, v in REACH_NAMES.items()},
    "stage": {str(k): v for k, v in STAGE_NAMES.items()},
    "kind": {str(k): v for k, v in KIND_NAMES.items()},
    "fate": {str(k): v for k, v in FATE_NAMES.items()},
    "borne_by": {str(k): v for k, v in BEARER_NAMES.items()},
}
_CODES = {field: {name: code for code, name in names.items()} for field, names in _CHOICES.items()}


def cells_of(data: bytes) -> tuple[Submitted, list[Fault]]:
    """Return what a workbook says, unread, or what keeps it from being opened.

    A line's row is the row of the sheet as the maker sees it.
    """
    nothing = Submitted({}, [])
    faults = dangers(data)
    if faults:
        return nothing, faults
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(data))
        sheets = {
            name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for name in (HEAD_SHEET, LINES_SHEET)
            if name in book.sheet_names
        }
    except (CalamineError, ValueError, OSError):
        return nothing, [unreadable()]
    missing = [name for name in (HEAD_SHEET, LINES_SHEET) if name not in sheets]
    if missing:
        return nothing, [
            Fault("no_sheet", N_("缺少工作表“%(sheet)s”"), values={"sheet": name})
            for name in missing
        ]
    lines, faults = _lines(sheets[LINES_SHEET])
    return Submitted(_head(sheets[HEAD_SHEET]), lines), faults


def read_workbook(data: bytes) -> tuple[Inventory | None, list[Fault]]:
    """Return the inventory in a workbook, or None and every fault by sheet row and column."""
    submitted, faults = cells_of(data)
    if faults:
        return None, faults
    inventory, faults = read(submitted)
    return inventory, with_titles(faults)


def with_titles(faults: Sequence[Fault]) -> list[Fault]:
    """Return the faults with the columns' titles where the fields' names stood."""
    return [
        replace(
            fault,
            field=titles.get(fault.field or "", fault.field),
            sheet=LINES_SHEET if fault.row or fault.field not in HEAD_TITLES else HEAD_SHEET,
        )
        for fault in faults
        for titles in [LINE_TITLES if fault.row else HEAD_TITLES]
    ]


def template(
    factors: Sequence[Factor],
    filled: Inventory | None = None,
    english: Callable[[str], str] | None = None,
) -> bytes:
    """Return a workbook with drop-downs for makers to fill in; `filled` gives it its content.

    With `english`, which translates, headings and choices are told in both languages.
    """
    book = Workbook()

    def told(text: str) -> str:
        return text if english is None else f"{text}{BOTH}{english(text)}"

    head, lines = book.active, book.create_sheet(LINES_SHEET)
    assert isinstance(head, Worksheet)
    head.title = HEAD_SHEET
    choices = book.create_sheet(CHOICES_SHEET)
    ranges = _write_choices(choices, factors, told)
    content = as_submitted(filled) if filled else {}
    for row, field in enumerate(HEAD_FIELDS, start=1):
        head.cell(row, 1, told(HEAD_TITLES[field])).font = Font(bold=True)
        _write(head, row, 2, field, content.get(field), told)
    _drop_down(head, "B1", ranges["unit"])
    _drop_down(head, "B3", ranges["reach"])
    head.column_dimensions["A"].width = 24
    head.column_dimensions["B"].width = 24

    for column, field in enumerate(LINE_FIELDS, start=1):
        cell = lines.cell(1, column, told(LINE_TITLES[field]))
        cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
        cell.fill = PatternFill("solid", fgColor="E3EFE7")
        letter = get_column_letter(column)
        lines.column_dimensions[letter].width = 22 if field in _WIDE else 13
        if field in ranges:
            _drop_down(lines, f"{letter}2:{letter}500", ranges[field], free=field == "factor")
    submitted = content.get("lines", [])
    assert isinstance(submitted, list)
    for row, cells in enumerate(submitted, start=2):
        for column, field in enumerate(LINE_FIELDS, start=1):
            _write(lines, row, column, field, cells.get(field), told)
    lines.freeze_panes = "D2"
    _write_guide(book.create_sheet(GUIDE_SHEET), english)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


_WIDE = frozenset({"name", "factor", "supplier_document", "proxy"})


def _head(rows: Sequence[Sequence[object]]) -> dict[str, object]:
    names = {title: field for field, title in HEAD_TITLES.items()}
    names |= {field: field for field in HEAD_FIELDS}
    found: dict[str, object] = {}
    for row in rows:
        if len(row) >= 2 and (title := _text(row[0], "")):
            field = names.get(title, title)
            found[field] = _text(row[1], field)
    return found


def _lines(
    rows: Sequence[Sequence[object]],
) -> tuple[list[tuple[int, Mapping[str, object]]], list[Fault]]:
    if not rows:
        return [], [
            Fault("empty_sheet", N_("工作表“%(sheet)s”是空的"), values={"sheet": LINES_SHEET})
        ]
    names = {title: field for field, title in LINE_TITLES.items()}
    names |= {field: field for field in LINE_FIELDS}
    titles = [_text(cell, "") for cell in rows[0]]
    fields = [names.get(title) for title in titles]
    unknown = [title for title, field in zip(titles, fields, strict=True) if title and not field]
    faults = [
        Fault("unknown_column", N_("没有“%(title)s”这一列"), 1, title[:40], {"title": title[:40]})
        for title in unknown
    ]
    given = [field for field in fields if field]
    for field in sorted({field for field in given if given.count(field) > 1}):
        faults.append(Fault("repeated", N_("只能出现一次"), 1, LINE_TITLES[field]))
    found: list[tuple[int, Mapping[str, object]]] = []
    for number, row in enumerate(rows[1:], start=2):
        cells = {
            field: _text(value, field)
            for field, value in zip(fields, row, strict=False)
            if field and value not in ("", None)
        }
        if cells:
            found.append((number, cells))
    return found, faults


def _text(value: object, field: str) -> str:
    text = as_typed(value)
    if field in _CODES or not field:
        # Headings and choices may be told in both languages, the Chinese one first.
        text = text.partition(BOTH)[0]
    return _CODES.get(field, {}).get(text, text)


def _write(
    sheet: Worksheet,
    row: int,
    column: int,
    field: str,
    value: object,
    told: Callable[[str], str],
) -> None:
    if value is None:
        return
    text = str(value)
    if (name := _CHOICES.get(field, {}).get(text)) is not None:
        text = told(name)
    cell = sheet.cell(row, column)
    if re.fullmatch(r"\d{1,15}(\.\d{1,12})?", text):
        cell.value = Decimal(text) if len(text) <= 15 else text
    else:
        cell.value = text
        # A name that begins with = is a name, not a formula.
        cell.data_type = "s"


def _write_guide(sheet: Worksheet, english: Callable[[str], str] | None) -> None:
    sheet.column_dimensions["A"].width = 100
    for row, text in enumerate(GUIDE, start=1):
        sheet.cell(2 * row - 1, 1, text).alignment = Alignment(wrap_text=True)
        if english is not None:
            sheet.cell(2 * row, 1, english(text)).alignment = Alignment(wrap_text=True)


def _write_choices(
    sheet: Worksheet, factors: Sequence[Factor], told: Callable[[str], str]
) -> dict[str, str]:
    columns: dict[str, list[str]] = {
        **{field: [told(name) for name in names.values()] for field, names in _CHOICES.items()},
        "unit": list(UNITS),
        "factor": sorted({factor.key for factor in factors}),
    }
    ranges = {}
    for column, (field, values) in enumerate(columns.items(), start=1):
        sheet.cell(1, column, told(LINE_TITLES.get(field) or HEAD_TITLES[field])).font = Font(
            bold=True
        )
        for row, value in enumerate(values, start=2):
            sheet.cell(row, column, value)
        letter = get_column_letter(column)
        ranges[field] = f"'{CHOICES_SHEET}'!${letter}$2:${letter}${max(2, len(values) + 1)}"
    ranges["each_unit"] = ranges["unit"]
    return ranges


def _drop_down(sheet: Worksheet, cells: str, choices: str, *, free: bool = False) -> None:
    validation = DataValidation(type="list", formula1=choices, allow_blank=True)
    # A fuel's subject or a factor's older version is not in the list, yet allowed.
    validation.showErrorMessage = not free
    validation.add(cells)
    sheet.add_data_validation(validation)
