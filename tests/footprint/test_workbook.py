"""Workbooks come from anywhere: what is wrong in them is named, what is hostile is not opened."""

import zipfile
from io import BytesIO

import openpyxl
import pytest

from puhui.footprint.submission import as_submitted
from puhui.footprint.workbook import cells_of, read_workbook, template
from puhui.web.workbook import MOST_BYTES
from tests.makers.footprint import EXAMPLES, board_json, inventory_of

EXAMPLE = (EXAMPLES / "bamboo-board.xlsx").read_bytes()


def edited(**cells: object) -> bytes:
    """The example with some cells of its lines changed."""
    book = openpyxl.load_workbook(BytesIO(EXAMPLE))
    for place, value in cells.items():
        book["清单"][place] = value
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def repacked(**entries: bytes) -> bytes:
    """The example with some of its parts replaced, `xl_worksheets_sheet2_xml` for the path."""
    out = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(EXAMPLE)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.namelist():
            name = entry.replace("/", "_").replace(".", "_")
            new.writestr(entry, entries.pop(name, None) or old.read(entry))
        for name, text in entries.items():
            new.writestr(name, text)
    return out.getvalue()


def part(name: str) -> bytes:
    with zipfile.ZipFile(BytesIO(EXAMPLE)) as archive:
        return archive.read(name)


def codes_of(data: bytes) -> list[str]:
    return [fault.code for fault in read_workbook(data)[1]]


def test_what_was_written_is_read_back() -> None:
    inventory = inventory_of(board_json())
    again, faults = read_workbook(template([], inventory))
    assert faults == []
    assert again is not None
    assert as_submitted(again) == board_json()


def test_numbers_typed_as_numbers_or_as_text_are_the_same() -> None:
    inventory, faults = read_workbook(edited(D7="420000", D8=8000.0, F7="grid.cn.lifecycle@2024.1"))
    assert faults == []
    assert inventory is not None
    assert as_submitted(inventory) == board_json()


def test_words_may_be_the_sheet_or_the_wire() -> None:
    inventory, faults = read_workbook(edited(A7="manufacture", B7="energy"))
    assert faults == []
    assert inventory is not None


def test_faults_stand_at_the_row_of_the_sheet_and_the_title_of_the_column() -> None:
    _, faults = read_workbook(edited(A3="天上", J4=None, N5="谁"))
    assert [(fault.row, fault.field) for fault in faults] == [
        (3, "阶段"),
        (4, "里程（km）"),
        (5, "由谁承担"),
    ]


def test_empty_rows_between_lines_are_skipped_and_do_not_shift_the_count() -> None:
    book = openpyxl.load_workbook(BytesIO(EXAMPLE))
    book["清单"].insert_rows(3, 2)
    book["清单"]["D9"] = "-1"
    out = BytesIO()
    book.save(out)
    _, faults = read_workbook(out.getvalue())
    assert [(fault.row, fault.field) for fault in faults] == [(9, "数量")]


def test_a_column_that_is_not_ours_is_named() -> None:
    assert [(f.code, f.field) for f in read_workbook(edited(O1="价格"))[1]] == [
        ("unknown_column", "价格")
    ]


def test_sheets_that_are_missing_are_named() -> None:
    book = openpyxl.Workbook()
    out = BytesIO()
    book.save(out)
    _, faults = read_workbook(out.getvalue())
    assert [fault.values["sheet"] for fault in faults] == ["基本信息", "清单"]


def test_a_name_that_begins_like_a_formula_stays_a_name() -> None:
    content = board_json()
    content["lines"][0]["name"] = '=HYPERLINK("http://evil.example","毛竹")'
    data = template([], inventory_of(content))
    cell = openpyxl.load_workbook(BytesIO(data))["清单"]["C2"]
    assert (cell.data_type, cell.value) == ("s", content["lines"][0]["name"])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04 not really",
        b"name,amount\nx,1\n",
        EXAMPLE[:4000],
        repacked(xl_workbook_xml=b"<nothing/>"),
        repacked(
            xl_worksheets_sheet2_xml=b'<!DOCTYPE x [<!ENTITY a "aaaa">]>'
            + part("xl/worksheets/sheet2.xml")
        ),
        repacked(
            xl_worksheets_sheet2_xml=part("xl/worksheets/sheet2.xml").decode().encode("utf-16")
        ),
    ],
    ids=["empty", "stump", "csv", "cut", "wrong types", "entities", "utf-16"],
)
def test_what_is_not_a_workbook_is_refused(data: bytes) -> None:
    assert codes_of(data) == ["not_a_workbook"]


@pytest.mark.parametrize(
    "data",
    [
        bytes(MOST_BYTES + 1),
        repacked(bomb=bytes(60 * 1024 * 1024)),
        repacked(dense=bytes(2 * 1024 * 1024)),
        repacked(**{f"entry{n}": b"x" for n in range(300)}),
        edited(A1048576="x"),
        edited(XFD2="x"),
    ],
    ids=["bytes", "unpacked", "ratio", "entries", "far row", "far column"],
)
def test_what_would_grow_is_not_opened(data: bytes) -> None:
    assert codes_of(data) == ["too_large"]


def test_a_far_cell_written_in_disguise_is_not_opened() -> None:
    sheet = part("xl/worksheets/sheet2.xml").replace(b'r="A2"', b'r="&#88;FD1048576"', 1)
    assert codes_of(repacked(xl_worksheets_sheet2_xml=sheet)) == ["too_large"]


def test_the_cells_of_a_workbook_are_what_a_person_would_have_typed() -> None:
    submitted, faults = cells_of(edited(D7=0.1, D8=1e-7, D9=True))
    assert faults == []
    amounts = {row: cells["amount"] for row, cells in submitted.lines}
    assert (amounts[7], amounts[8], amounts[9]) == ("0.1", "0.0000001", "true")


@pytest.mark.parametrize(
    "data",
    [
        repacked(xl_vbaProject_bin=b"macro", **{"xl/vbaProject.bin": b"macro"}),
        repacked(**{"xl/externalLinks/externalLink1.xml": b"<a/>"}),
        repacked(**{"xl/embeddings/oleObject1.bin": b"x"}),
    ],
    ids=["macro", "external link", "embedded"],
)
def test_what_could_act_by_itself_is_not_opened(data: bytes) -> None:
    assert codes_of(data) == ["active_workbook"]


def test_a_formula_is_named_by_its_cell() -> None:
    (fault,) = read_workbook(edited(D7="=1+2"))[1]
    assert (fault.code, fault.row, fault.field) == ("formula", 7, "D")


def test_elements_in_elements_without_end_are_not_opened() -> None:
    deep = b"<a>" * 1000 + b"</a>" * 1000
    sheet = part("xl/worksheets/sheet2.xml").replace(b"<sheetData>", deep + b"<sheetData>")
    assert codes_of(repacked(xl_worksheets_sheet2_xml=sheet)) == ["not_a_workbook"]


def test_headings_and_choices_in_both_languages_are_read_back() -> None:
    inventory = inventory_of(board_json())
    data = template([], inventory, lambda sentence: f"English of {sentence}")
    sheet = openpyxl.load_workbook(BytesIO(data))["清单"]
    assert sheet["A1"].value == "阶段 / English of 阶段"
    again, faults = read_workbook(data)
    assert faults == []
    assert again is not None
    assert as_submitted(again) == board_json()


def test_faults_name_their_sheet() -> None:
    book = openpyxl.load_workbook(BytesIO(EXAMPLE))
    book["基本信息"]["B3"], book["清单"]["D7"] = "天上", "很多"
    out = BytesIO()
    book.save(out)
    _, faults = read_workbook(out.getvalue())
    assert [(f.sheet, f.row, f.field) for f in faults] == [
        ("基本信息", None, "核算边界"),
        ("清单", 7, "数量"),
    ]
