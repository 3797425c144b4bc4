"""Lists of units that makers and shops hand in: typed, scanned, or as a file from their till."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from io import BytesIO, StringIO

from python_calamine import CalamineError, CalamineWorkbook

from puhui.footprint.label import CODE_LENGTH, read_code
from puhui.kernel.errors import Fault, Invalid
from puhui.kernel.text import N_
from puhui.web.workbook import dangers

MOST_BYTES = 5 * 1024 * 1024
MOST_CODES = 20_000
TITLES = ("标签码", "序列码", "网址", "code", "token", "url")
"""What the column of codes may be called; without a title, the first column with a code is it."""


@dataclass(frozen=True)
class CodeList:
    """Codes in the order given, and in which row of what was given each stood."""

    codes: tuple[str, ...]
    rows: tuple[int, ...]
    column: str

    def placed(self, faults: Iterable[Fault]) -> list[Fault]:
        """Return faults of the codes by their place in the list as faults by row and column."""
        return [
            replace(fault, row=self.rows[fault.row - 1], field=self.column)
            for fault in faults
            if fault.row is not None
        ]


def typed(text: str) -> CodeList:
    """Return the codes of a text, one a line.

    Raises:
        Invalid: every line that is no code; no code at all, or too many.
    """
    return _list([[line] for line in text.splitlines()], "codes", 0)


def read_file(data: bytes) -> CodeList:
    """Return the codes of a CSV file (UTF-8 or GBK) or of a workbook's first sheet.

    Raises:
        Invalid: the file cannot be read, or holds rows without a code; every one is named.
    """
    if len(data) > MOST_BYTES:
        raise Invalid([Fault("too_large", N_("文件过大"), field="file")])
    table = _sheet(data) if data.startswith(b"PK\x03\x04") else _lines(data)
    first = next((row for row in table if any(row)), [])
    titles = [cell.lower() for cell in first]
    for title in TITLES:
        if title in titles:
            return _list(table, first[titles.index(title)], titles.index(title), skip=first)
    column = next((at for at, cell in enumerate(first) if code_in(cell)), 0)
    return _list(table, TITLES[0], column)


def code_in(written: str) -> str | None:
    """Return the code that a person wrote or a scanner read, alone or at the end of an address."""
    code = read_code(written.strip().rstrip("/").rpartition("/")[2])
    return code if code and len(code) == CODE_LENGTH else None


def _list(
    table: Sequence[Sequence[str]], column: str, at: int, skip: Sequence[str] | None = None
) -> CodeList:
    codes, rows, faults = [], [], []
    for number, row in enumerate(table, start=1):
        if row is skip or not any(row):
            continue
        code = code_in(row[at]) if at < len(row) else None
        if code is None:
            faults.append(Fault("bad_code", N_("这不是 26 位的标签码"), number, column))
        else:
            codes.append(code)
            rows.append(number)
    if not codes and not faults:
        faults.append(Fault("no_codes", N_("请填写至少一个标签码"), field=column))
    if len(codes) > MOST_CODES:
        too_many = Fault(
            "too_many", N_("一次最多 %(most)s 个"), field=column, values={"most": MOST_CODES}
        )
        faults = [too_many]
    if faults:
        raise Invalid(faults)
    return CodeList(tuple(codes), tuple(rows), column)


def _lines(data: bytes) -> list[list[str]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            break
    else:
        raise Invalid(
            [
                Fault(
                    "unreadable",
                    N_("无法识别文件：请保存为 CSV（UTF-8 或 GBK）或 xlsx"),
                    field="file",
                )
            ]
        )
    head = text.partition("\n")[0]
    separator = max(",;\t", key=head.count)
    try:
        rows = list(csv.reader(StringIO(text, newline=""), delimiter=separator))
    except csv.Error as fault:
        raise Invalid([Fault("not_csv", N_("不是有效的 CSV 文件"), field="file")]) from fault
    return [[cell.strip() for cell in row] for row in rows]


def _sheet(data: bytes) -> list[list[str]]:
    if faults := dangers(data):
        raise Invalid([replace(fault, field="file") for fault in faults])
    try:
        sheet = CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_index(0)
        rows = sheet.to_python(skip_empty_area=False)
    except (CalamineError, IndexError) as fault:
        raise Invalid(
            [Fault("not_a_workbook", N_("不是可读取的 xlsx 表格"), field="file")]
        ) from fault
    return [[str(cell).strip() for cell in row] for row in rows]
