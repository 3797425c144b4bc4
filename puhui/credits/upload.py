"""Files that an operator brings: text in the encodings of spreadsheets, and workbooks, whose first
sheet says what a CSV file would."""

from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from io import BytesIO

from python_calamine import CalamineError, CalamineWorkbook

from puhui.credits.batch import Row, read_table
from puhui.kernel.errors import Fault, Invalid
from puhui.kernel.text import N_
from puhui.web.workbook import as_typed, dangers, unreadable

MOST_FILE_BYTES = 10 * 1024 * 1024


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


def file_of(data: bytes) -> str | bytes:
    """Return the text of a file, or its bytes where it is a workbook.

    Raises:
        Invalid: it is neither.
    """
    return data if is_workbook(data) else text_of(data)


def text_of(data: bytes) -> str:
    """Return the text of a file in UTF-8, or in GB 18030 as older spreadsheets write it, or in
    UTF-16 if it begins with that encoding's mark.

    Raises:
        Invalid: it is none of them.
    """
    marked = data.startswith((BOM_UTF16_LE, BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid([Fault("not_text", N_("文件不是 UTF-8 或 GB18030 编码的文字"))])
