"""Lists of codes as shops have them."""

from io import BytesIO

import openpyxl
import pytest

from puhui.footprint.code_list import read_file, typed
from puhui.kernel.errors import Invalid

ONE, TWO = "0123456789ABCDEFGHJKMNPQRS", "Z123456789ABCDEFGHJKMNPQRS"
ADDRESS = f"HTTPS://PUHUI.EXAMPLE/L/{TWO}"


def workbook(*rows: tuple[object, ...]) -> bytes:
    book, out = openpyxl.Workbook(), BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    "file",
    [
        f"日期,标签码\n3-12,{ONE.lower()}\n\n3-12,{ADDRESS}/\n".encode("gb18030"),
        f"date;code\n3-12;{ONE[:4]}-{ONE[4:]}\n;\n3-12;{ADDRESS}\n".encode(),
        workbook(("日期", "网址"), ("3-12", ONE), (None, None), ("3-12", ADDRESS)),
    ],
)
def test_codes_are_found_under_their_title(file: bytes) -> None:
    found = read_file(file)
    assert (found.codes, found.rows) == ((ONE, TWO), (2, 4))


@pytest.mark.parametrize("file", [f"1,{ONE}\n2,{TWO}\n".encode(), workbook((1, ONE), (2, TWO))])
def test_without_a_title_the_first_column_with_a_code_is_it(file: bytes) -> None:
    assert (read_file(file).codes, read_file(file).rows) == ((ONE, TWO), (1, 2))


def test_every_row_without_a_code_is_named() -> None:
    with pytest.raises(Invalid) as refusal:
        read_file(f"标签码\n{ONE}\n12345\n{ONE}U\n".encode())
    assert [(f.code, f.row, f.field) for f in refusal.value.faults] == [
        ("bad_code", 3, "标签码"),
        ("bad_code", 4, "标签码"),
    ]
    with pytest.raises(Invalid) as refusal:
        typed(f"{ONE}\n好\n")
    assert [(f.code, f.row) for f in refusal.value.faults] == [("bad_code", 2)]


@pytest.mark.parametrize("file", [b"\xff\xfe\x00", b"PK\x03\x04 nothing", b"", b"\n\n"])
def test_a_file_that_is_none_is_refused(file: bytes) -> None:
    with pytest.raises(Invalid):
        read_file(file)
