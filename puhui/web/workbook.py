"""Workbooks are somebody else's files: what to look at before anything parses one.

Its size, its entries and the furthest cell that it names are looked at first, so that a small file
cannot grow into a large one.
"""

import re
import zipfile
import zlib
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

from puhui.kernel.errors import Fault
from puhui.kernel.quantity import plain
from puhui.kernel.text import N_

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
"""The media type of a workbook."""
MOST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED = 50 * 1024 * 1024
MOST_RATIO = 100
MOST_ENTRIES = 200
MOST_ROWS = 50_000
MOST_COLUMNS = 64
MOST_CELLS = 800_000
DEEPEST = 64

_FORMULA = re.compile(rb"""<c\b[^>]*?\br\s*=\s*["']([A-Z]{1,3}\d{1,7})["'][^>]*>\s*<f[\s/>]""")
_ROW = re.compile(rb"<row[\s/>]")
_TAG = re.compile(rb"<(/?)[A-Za-z_][^>]*?(/?)>")
_FAR = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{0,7})(\d{1,10})["']""")
_NOT_OURS = re.compile(rb"<!(DOCTYPE|ENTITY)|\x00", re.IGNORECASE)


def dangers(data: bytes) -> list[Fault]:
    """Return why the file must not be opened, if so."""
    too_large = [
        Fault(
            "too_large",
            N_("表格过大：文件最多 5 MB，展开后最多 50 MB，最多 50000 行、64 列"),
        )
    ]
    if len(data) > MOST_BYTES:
        return too_large
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            entries = archive.infolist()
            whole = sum(entry.file_size for entry in entries)
            if any(_is_active(entry.filename) for entry in entries):
                return [
                    Fault(
                        "active_workbook",
                        N_("表格里有宏、外部链接或嵌入的文件，请另存为普通的 xlsx"),
                    )
                ]
            if len(entries) > MOST_ENTRIES or whole > MOST_UNPACKED:
                return too_large
            for entry in entries:
                if entry.file_size > MOST_RATIO * max(entry.compress_size, 1024):
                    return too_large
                # Reading checks the promised size and the checksum; only then is it believed.
                text = archive.read(entry)
                if entry.filename.lower().endswith((".xml", ".rels")) and _strange(text):
                    return [unreadable()]
                if entry.filename.lower().endswith((".xml", ".rels")) and _is_deep(text):
                    return [unreadable()]
                if entry.filename.startswith("xl/worksheets/"):
                    if _reaches_far(text):
                        return too_large
                    if (formula := _FORMULA.search(text)) is not None:
                        return [_formula(formula[1].decode())]
    except (
        zipfile.BadZipFile,
        NotImplementedError,
        RuntimeError,
        EOFError,
        OSError,
        ValueError,
        zlib.error,
    ):
        return [unreadable()]
    return []


def _strange(text: bytes) -> bool:
    return text[:2] in (b"\xff\xfe", b"\xfe\xff") or _NOT_OURS.search(text) is not None


def _reaches_far(text: bytes) -> bool:
    """Whether a cell lies so far out that the sheet, made dense, would fill the memory."""
    for count, found in enumerate(_FAR.finditer(text)):
        letters, digits = found.groups()
        if int(digits) > MOST_ROWS or _column(letters) > MOST_COLUMNS or count > MOST_CELLS:
            return True
    return b"&#" in re.sub(rb">[^<]*<", b"><", text)


def _is_active(name: str) -> bool:
    return name.lower().endswith("vbaproject.bin") or name.startswith(
        ("xl/externalLinks/", "xl/embeddings/", "xl/activeX/", "xl/macrosheets/")
    )


def _is_deep(text: bytes) -> bool:
    """Whether elements stand in one another further than any workbook needs."""
    depth = 0
    for tag in _TAG.finditer(text):
        depth += -1 if tag[1] else 0 if tag[2] else 1
        if depth > DEEPEST:
            return True
    return False


def _formula(cell: str) -> Fault:
    column = cell.rstrip("0123456789")
    return Fault(
        "formula",
        N_("单元格 %(cell)s 是公式；请复制后“选择性粘贴”为数值"),
        int(cell[len(column) :]),
        column,
        {"cell": cell},
    )


def lines_in(data: bytes) -> int:
    """Return about how many lines a workbook has, without reading them; it has no dangers."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        sheets = [n for n in archive.namelist() if n.startswith("xl/worksheets/")]
        rows = (sum(1 for _ in _ROW.finditer(archive.read(name))) for name in sheets)
        return max(max(rows, default=0) - 1, 0)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number


def unreadable() -> Fault:
    """Return the fault of a file that is no workbook."""
    return Fault("not_a_workbook", N_("不是可读取的 xlsx 表格"))


def as_typed(value: object) -> str:
    """Return a cell as the text that a person would have typed."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return plain(Decimal(repr(value)))
    if isinstance(value, int):
        return str(value)
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value).strip() if value is not None else ""
