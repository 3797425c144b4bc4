"""Files of attendee lists: bytes in, rows of cells out, with the columns that were understood."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO, StringIO
from zipfile import BadZipFile, ZipFile

from python_calamine import CalamineError, CalamineSheet, load_workbook

from puhui.events.attendee_words import fields_of
from puhui.kernel.errors import Fault, Invalid
from puhui.kernel.text import N_

MOST_BYTES = 10_000_000
MOST_ROWS = 50_000
MOST_UNPACKED = 100_000_000
"""Of a workbook, in bytes: a small file can unpack to gigabytes."""
MOST_SHEETS = 20
_TITLE_LINES = 20


@dataclass(frozen=True)
class Table:
    """The cells of a list. Row 1 is the file's first."""

    rows: Sequence[Sequence[str]]
    start: int
    """Where the headings stand, counted from 0."""
    columns: dict[int, str]
    """Which column holds what."""
    faults: tuple[Fault, ...] = ()
    """What cannot be read for certain."""

    @property
    def length(self) -> int:
        """Return how many rows stand below the headings."""
        return len(self.rows) - self.start - 1


def table_of(file: bytes) -> Table:
    """Return the list in a CSV or xlsx file; of a workbook the first sheet that holds one.

    Raises:
        Invalid: the file cannot be read, or names no column of cities.
    """
    if len(file) > MOST_BYTES:
        raise Invalid([Fault("too_large", N_("文件超过 10 MB"), field="file")])
    if file.startswith(b"PK\x03\x04"):
        found = _in_workbook(file)
    else:
        found = _headed(_separated(_decoded(file)))
    if found is None:
        raise Invalid(
            [
                Fault(
                    "no_city_column",
                    N_("找不到出发城市一列：请把列名写成“出发城市”“城市”或“city”"),
                    field="city",
                )
            ]
        )
    return found


def lines_in(file: bytes) -> int:
    """Return about how many lines a file has, without understanding it.

    Raises:
        Invalid: the file cannot be read.
    """
    if len(file) > MOST_BYTES:
        raise Invalid([Fault("too_large", N_("文件超过 10 MB"), field="file")])
    if file.startswith(b"PK\x03\x04"):
        return max((sheet.total_height for sheet in _sheets(file)), default=0)
    return file.count(b"\n")


def _headed(rows: Sequence[Sequence[str]]) -> Table | None:
    """Return the rows with their headings, or None if no column holds cities."""
    for place, row in enumerate(rows[:_TITLE_LINES]):
        columns = fields_of(row)
        if "city" in columns.values():
            return Table(rows, place, columns)
    return None


def _decoded(file: bytes) -> str:
    """Return the text of a file in UTF-8, UTF-16, or GB 18030 (which holds GBK)."""
    encoding = "utf-8-sig"
    if file.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    # Without a mark the first line's end tells: its nought stands after it, or before it.
    elif file.find(b"\n\0") % 2 == 0:
        encoding = "utf-16-le"
    elif file.find(b"\0\n") % 2 == 0:
        encoding = "utf-16-be"
    for name in (encoding, "gb18030"):
        try:
            text = file.decode(name)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
        break
    raise Invalid(
        [
            Fault(
                "unreadable",
                N_("无法识别文件：请保存为 CSV（UTF-8 或 GBK）或 xlsx"),
                field="file",
            )
        ]
    )


def _separated(text: str) -> list[list[str]]:
    """Return the cells of a text whose separator is whichever the first lines use most."""
    head = [line for line in text[:100_000].splitlines()[: 2 * _TITLE_LINES] if line.strip()]
    separator = max(",;\t，；|", key=lambda mark: sum(line.count(mark) for line in head))
    try:
        return list(csv.reader(StringIO(text, newline=""), delimiter=separator))
    except csv.Error as fault:
        raise Invalid([Fault("not_csv", N_("不是有效的 CSV 文件"), field="file")]) from fault


def _in_workbook(file: bytes) -> Table | None:
    for sheet in _sheets(file):
        cells = sheet.to_python(skip_empty_area=False, nrows=MOST_ROWS + _TITLE_LINES + 2)
        rows = [
            [value if isinstance(value, str) else _cell(value) for value in row] for row in cells
        ]
        if (found := _headed(rows)) is not None:
            return replace(found, faults=tuple(_fill_merged(rows, found, sheet)))
    return None


def _sheets(file: bytes) -> list[CalamineSheet]:
    """Return the sheets of a workbook.

    Raises:
        Invalid: it is none, or would fill the memory.
    """
    try:
        with ZipFile(BytesIO(file)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > MOST_UNPACKED:
            raise Invalid([Fault("too_large", N_("工作簿解压后过大"), field="file")])
        book = load_workbook(BytesIO(file))
        names = book.sheet_names[:MOST_SHEETS]
        return [book.get_sheet_by_name(name) for name in names]
    # zipfile says NotImplementedError of a version or method that it does not know.
    except (BadZipFile, CalamineError, IndexError, NotImplementedError) as fault:
        raise Invalid([Fault("not_xlsx", N_("不是有效的 xlsx 文件"), field="file")]) from fault


def _fill_merged(rows: list[list[str]], table: Table, sheet: CalamineSheet) -> Iterator[Fault]:
    """Write what a cell says that was merged over several rows into each of them.

    A number of people that stands for several rows says nothing of each: that is a fault.
    """
    for (first, left), (last, right) in sheet.merged_cell_ranges or ():
        field = table.columns.get(left)
        if left != right or first <= table.start or field is None:
            continue
        if field == "people":
            yield Fault(
                "merged_people", N_("人数单元格合并了几行：请逐行填写"), first + 1, "people"
            )
            continue
        for row in range(first + 1, min(last + 1, len(rows))):
            rows[row][left] = rows[first][left]


def _cell(value: object) -> str:
    # A workbook keeps 2 nights as 2.0 and a telephone number as 1.38e10.
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
