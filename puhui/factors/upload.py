"""A library that an operator brings as a file: CSV as spreadsheets save it, or a workbook."""

from io import BytesIO

from python_calamine import CalamineError, CalamineWorkbook

from puhui.factors.library import Row, read, read_table
from puhui.kernel.errors import Fault
from puhui.kernel.text import N_
from puhui.web.workbook import MOST_BYTES, MOST_ROWS, as_typed, dangers, unreadable

LONGEST_CELL = 2000


def read_file(file: str, data: bytes) -> tuple[list[Row], list[Fault]]:
    """Return the rows of a file that pass the gates of a row, and every fault of the others."""
    if len(data) > MOST_BYTES:
        return [], [Fault("too_large", N_("文件过大：最多 5 MB、50000 行"))]
    if data.startswith(b"PK"):
        table, faults = _workbook(data)
        return ([], faults) if faults else read_table(file, table)
    text = _decoded(data)
    if text is None:
        return [], [Fault("unreadable", N_("无法识别文件：请保存为 CSV（UTF-8 或 GBK）或 xlsx"))]
    if text.count("\n") > MOST_ROWS:
        return [], [Fault("too_large", N_("文件过大：最多 5 MB、50000 行"))]
    return read(file, text)


def _decoded(data: bytes) -> str | None:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if "\0" in text else text
    return None


def _workbook(data: bytes) -> tuple[list[list[str]], list[Fault]]:
    """Return the cells of a workbook's first sheet."""
    faults = dangers(data)
    if faults:
        return [], faults
    try:
        sheet = CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_index(0)
        rows = sheet.to_python(skip_empty_area=False)
    except (CalamineError, ValueError, OSError, IndexError):
        return [], [unreadable()]
    table = [[as_typed(cell) for cell in row] for row in rows]
    while table and not any(table[-1]):
        table.pop()
    # A sheet is as wide as its widest row: columns without a heading and without cells are air.
    width = max((i for row in table for i, cell in enumerate(row, start=1) if cell), default=0)
    return [row[:width] for row in table], []
