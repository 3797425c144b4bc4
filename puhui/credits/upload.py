"""Batches that an operator brings as a workbook; the sheet says what a CSV file would."""

from io import BytesIO

from python_calamine import CalamineError, CalamineWorkbook

from puhui.credits.batch import Row, read_table
from puhui.kernel.errors import Fault
from puhui.web.workbook import as_typed, dangers, unreadable


def is_workbook(data: bytes) -> bool:
    """Whether the file is a package such as xlsx, rather than text."""
    return data.startswith(b"PK\x03\x04")


def read_workbook(data: bytes) -> tuple[list[Row], list[Fault]]:
    """Return the batches of a workbook's first sheet, and everything wrong in it."""
    faults = dangers(data)
    if faults:
        return [], faults
    try:
        sheet = CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_index(0)
        cells = sheet.to_python(skip_empty_area=False)
    except (CalamineError, ValueError, OSError, IndexError):
        return [], [unreadable()]
    table = [[as_typed(cell) for cell in row] for row in cells]
    # A sheet is as wide as its widest row: columns without a heading and without cells are air.
    width = max((i for row in table for i, cell in enumerate(row, start=1) if cell), default=0)
    return read_table([row[:width] for row in table])
