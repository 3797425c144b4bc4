"""What is printed: every code as the library draws it, readable off the paper, no PIN beside it."""

import re
import zlib
from io import BytesIO
from zipfile import ZipFile

import numpy as np
import pytest
import zxingcpp
from PIL import Image
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

from puhui.footprint.label import CODE_LENGTH, address
from puhui.footprint.parcel import Form, parcel
from puhui.footprint.qr import Series, series
from puhui.footprint.series import BLOCK, units
from puhui.footprint.sheet import LEAST_MODULE_MM, MM_PER_INCH, Layout, a4, roll, sheet

BASE = "https://puhui.example"
SEED = bytes(range(32))


@pytest.fixture(scope="module")
def drawer() -> Series:
    return series(address(BASE, ""), CODE_LENGTH)


@pytest.mark.parametrize("prefix", [address(BASE, ""), address(BASE, "")[1:], "http://[::1]/L/"])
def test_all_codes_at_once_are_those_the_library_draws(prefix: str) -> None:
    drawn = series(prefix, CODE_LENGTH)
    tokens = [unit.token for unit in units(SEED, 1, 12)]
    for token, modules in zip(tokens, drawn.matrices(tokens), strict=True):
        code = QRCode(drawn.version, ERROR_CORRECT_M, border=0, mask_pattern=drawn.mask)
        code.add_data(prefix + token, optimize=0)
        assert (modules == np.array(code.get_matrix())).all()


def test_units_follow_from_the_seed_alone_and_from_nothing_else() -> None:
    across = list(units(SEED, BLOCK - 1, BLOCK + 2))
    assert across == [*units(SEED, 1, 2 * BLOCK)][BLOCK - 2 : BLOCK + 2]
    assert len({unit.token for unit in units(SEED, 1, 5000)}) == 5000
    assert next(units(bytes(32), 1, 1)) != next(units(SEED, 1, 1))


def streams_of(data: bytes) -> list[bytes]:
    """What the objects of a PDF hold: of every page the bitmap, then the words."""
    return [zlib.decompress(p) for p in re.findall(rb"stream\n(.*?)\nendstream", data, re.S)]


def numbers(line: str) -> list[float]:
    return [float(number) for number in line.split()]


def printed(layout: Layout, data: bytes, dots_per_inch: int) -> Image.Image:
    """The first page of our own PDF as a printer of so many dots sees it: its bitmap, placed."""
    streams = [
        zlib.decompress(part) for part in re.findall(rb"stream\n(.*?)\nendstream", data, re.S)
    ]
    wide, high = (int(n) for n in re.findall(rb"/Width (\d+)/Height (\d+)", data)[0])
    bits = np.unpackbits(np.frombuffer(streams[0], np.uint8).reshape(high, -1), axis=1)
    picture = Image.fromarray((bits[:, :wide] * 255).astype(np.uint8))
    width, _, _, height, left, below = (
        float(n) * dots_per_inch / 72 for n in streams[1].split(b" cm")[0].split()[1:]
    )
    page = [round(length / MM_PER_INCH * dots_per_inch) for length in layout.page_mm]
    paper = Image.new("L", (page[0], page[1]), 255)
    place = (round(left), round(page[1] - below - height))
    paper.paste(picture.resize((round(width), round(height)), Image.Resampling.NEAREST), place)
    return paper


@pytest.mark.parametrize(("of", "dots"), [(a4, 300), (roll, 203)])
def test_every_code_is_read_off_the_paper(drawer: Series, of, dots: int) -> None:
    layout = of(drawer.size)
    assert layout.module_mm >= LEAST_MODULE_MM
    page = list(units(SEED, 1, layout.per_page))
    codes = drawer.matrices([unit.token for unit in page])
    data = sheet(layout, page, codes, "test")
    read = {found.text for found in zxingcpp.read_barcodes(printed(layout, data, dots))}
    assert read == {address(BASE, unit.token) for unit in page}
    assert sheet(layout, page, codes, "test") == data


def test_codes_keep_their_quiet_zone_and_the_pin_its_field(drawer: Series) -> None:
    layout = a4(drawer.size)
    page = list(units(SEED, 1, 2))
    data = sheet(layout, page, drawer.matrices([unit.token for unit in page]), "test")
    content = streams_of(data)[1].decode()
    module = layout.module_mm * 72 / MM_PER_INCH
    left, below, width, height = numbers(re.findall(r"^([\d. ]+) re$", content, re.M)[0])
    code_ends = layout.margin_mm[0] * 72 / MM_PER_INCH + (4 + layout.size) * module
    assert left - code_ends >= 4 * module - 0.01
    pin = f"{page[0].pin[:4]}-{page[0].pin[4:]}"
    (place,) = re.findall(rf"1 0 0 1 ([\d. ]+) Tm\({pin}\)", content)
    x, y = numbers(place)
    assert left < x < x + len(pin) * 9 * 0.6 < left + width
    assert below < y < y + 9 * 0.7 < below + height
    # The next unit's quiet zone begins where this one's field has ended.
    assert left + width <= code_ends + (layout.pitch[0] - layout.size - 4) * module


@pytest.mark.parametrize("form", Form)
def test_the_file_holds_every_unit_once(form: Form) -> None:
    data = b"".join(parcel(SEED, 12, BASE, form, "test"))
    if form is Form.CSV:
        names, rows = ["serials.csv"], data
    else:
        with ZipFile(BytesIO(data)) as archive:
            assert archive.testzip() is None
            names, rows = archive.namelist(), archive.read("serials.csv")
    first = next(units(SEED, 1, 1))
    lines = rows.decode("utf-8-sig").split("\r\n")
    assert (
        lines[1] == f"1,{address(BASE, first.token)},{first.token},{first.pin[:4]}-{first.pin[4:]}"
    )
    assert len(lines) == 14
    assert len(names) == {"csv": 1, "a4": 2, "roll": 2}.get(form, 13)
