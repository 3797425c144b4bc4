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

MOST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED = 50 * 1024 * 1024
MOST_RATIO = 100
MOST_ENTRIES = 200
MOST_ROWS = 50_000
MOST_COLUMNS = 64

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
            if len(entries) > MOST_ENTRIES or whole > MOST_UNPACKED:
                return too_large
            for entry in entries:
                if entry.file_size > MOST_RATIO * max(entry.compress_size, 1024):
                    return too_large
                # Reading checks the promised size and the checksum; only then is it believed.
                text = archive.read(entry)
                if entry.filename.lower().endswith((".xml", ".rels")) and _strange(text):
                    return [unreadable()]
                if entry.filename.startswith("xl/worksheets/") and _reaches_far(text):
                    return too_large
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
    for letters, digits in _FAR.findall(text):
        if int(digits) > MOST_ROWS or _column(letters) > MOST_COLUMNS:
            return True
    return b"&#" in re.sub(rb">[^<]*<", b"><", text)


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
