"""A file of batches is read whole, and every fault in it is named by row and column."""

import csv
from io import StringIO

import pytest

from puhui.credits.batch import COLUMNS, clashes, read
from tests.makers.credits import EXAMPLE


def changed(row: int, **cells: str) -> str:
    """Return the example file with some cells of a line changed, the heading being line 1."""
    lines = list(csv.DictReader(StringIO(EXAMPLE.read_text("utf-8"))))
    lines[row - 2] |= cells
    return written(lines)


def written(lines) -> str:
    text = StringIO()
    table = csv.DictWriter(text, COLUMNS)
    table.writeheader()
    table.writerows(lines)
    return text.getvalue()


def faults(content: str) -> list[tuple[str, int | None, str | None]]:
    rows, found = read(content)
    return [(fault.code, fault.row, fault.field) for fault in [*found, *clashes(rows)]]


def test_the_example_file_has_no_fault() -> None:
    rows, found = read("\ufeff" + EXAMPLE.read_text("utf-8"))
    assert found == []
    assert [row.row for row in rows] == [2, 3, 4, 5, 6, 7]
    assert rows[2].draft.price_fen_per_t == 1555
    assert rows[2].draft.quantity_kg == 300_000


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("kind", "ffcr", "unknown_kind"),
        ("project", "tn shanyang", "malformed_code"),
        ("project_name", "", "missing"),
        ("county_code", "35042", "malformed_county"),
        ("serials", "FFCER-350429-TNSY-2019-300-1", "malformed_serials"),
        ("quantity_kg", "300", "quantity_differs"),
        ("period_starts", "2017/01/01", "malformed_day"),
        ("period_starts", "2017-02-30", "malformed_day"),
        ("period_ends", "2016-12-31", "period_backward"),
        ("price_yuan_per_t", "15.555", "malformed_price"),
        ("price_yuan_per_t", "0", "malformed_price"),
        ("price_yuan_per_t", "-1", "malformed_price"),
        ("price_yuan_per_t", "1e3", "malformed_price"),
        ("price_yuan_per_t", "15,55", "malformed_price"),
        ("encumbrance", "sold", "unknown_encumbrance"),
        ("households", "many", "malformed_number"),
        ("registry", "a|b", "malformed_text"),
        ("seller", "x" * 501, "malformed_text"),
        ("source", "", "missing"),
    ],
)
def test_a_fault_is_named_by_row_and_column(column: str, cell: str, code: str) -> None:
    assert faults(changed(4, **{column: cell})) == [(code, 4, column)]


def test_all_faults_are_named_at_once() -> None:
    content = changed(4, kind="x", seller="", price_yuan_per_t="no")
    assert faults(content) == [
        ("missing", 4, "seller"),
        ("unknown_kind", 4, "kind"),
        ("malformed_price", 4, "price_yuan_per_t"),
    ]


def test_rows_that_share_serials_contradict_each_other() -> None:
    content = changed(3, serials="LYTP-350428-0000001/2723000-12722999")
    assert faults(content) == [("serials_overlap", 3, "serials")]


def test_a_parcel_is_not_issued_under_two_kinds_for_one_period() -> None:
    lines = list(csv.DictReader(StringIO(EXAMPLE.read_text("utf-8"))))
    other = lines[2] | {
        "kind": "forest_ticket",
        "serials": "LYTP-350429-0000009/1-300000",
        "period_starts": "2019-12-31",
        "period_ends": "2024-12-31",
    }
    assert faults(written([*lines, other])) == [("issued_twice", 8, "kind")]


def test_a_project_is_one_thing_in_all_rows() -> None:
    assert faults(changed(3, place="别处")) == [("project_differs", 3, "project")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "empty_file"),
        ("\n", "empty_file"),
        (",".join(COLUMNS) + "\n", "empty_file"),
        (",".join(COLUMNS[:-1]) + "\n", "column_missing"),
        (",".join([*COLUMNS, "surprise"]) + "\n", "column_unknown"),
        (",".join(COLUMNS) + "\nffcer\n", "cells_missing"),
        ('"', "not_csv"),
    ],
)
def test_what_is_no_such_table_is_refused(content: str, code: str) -> None:
    assert faults(content)[0][0] == code
