"""The file of a batch's secrets, made while it is being read: nothing of it is ever kept."""

import csv
from collections.abc import Callable, Iterator
from enum import StrEnum
from io import StringIO
from itertools import islice
from typing import IO, cast
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import numpy as np
from numpy.typing import NDArray

from puhui.footprint.envelope import Recipient, sealed
from puhui.footprint.label import CODE_LENGTH, address
from puhui.footprint.qr import series
from puhui.footprint.series import BLOCK, Unit, units
from puhui.footprint.sheet import LAYOUTS, sheet
from puhui.web.qr import png_of_modules, svg_of_modules

MOST_PICTURES = 100_000
"""Each picture is an entry in the archive's list, which is kept until its end."""


class Form(StrEnum):
    """What the file is: a list, or an archive with the list and something to print."""

    CSV = "csv"
    SVG = "svg"
    PNG = "png"
    A4 = "a4"
    ROLL = "roll"

    @property
    def ending(self) -> str:
        """Return how the file's name ends."""
        return "csv" if self is Form.CSV else "zip"

    @property
    def sealed_together(self) -> int:
        """Return how many units are encrypted at a time: 10 MB at most, drawn in a second or two.

        What is encrypted is in memory three times over, and nothing is sent meanwhile.
        """
        return {Form.CSV: 100_000, Form.A4: 20_000, Form.ROLL: 5_000}.get(self, 1000)


def parcel(
    seed: bytes, last: int, base_url: str, form: Form, title: str, *, first: int = 1
) -> Iterator[bytes]:
    """Return the file of units `first` to `last` piece by piece.

    `title`, in ASCII, stands on every sheet.
    """
    if form is Form.CSV:
        yield from _list(seed, first, last, base_url)
        return
    pipe = _Pipe()
    # The date that an archive's entries have says nothing here; a fixed one keeps bytes the same.
    with ZipFile(cast("IO[bytes]", pipe), "w", ZIP_STORED) as archive:
        with archive.open(ZipInfo("serials.csv"), "w", force_zip64=True) as entry:
            for piece in _list(seed, first, last, base_url):
                entry.write(piece)
                yield from pipe.taken()
        for name, data in _prints(seed, first, last, base_url, form, title):
            archive.writestr(ZipInfo(name), data)
            yield from pipe.taken()
    yield from pipe.taken()


def sealed_name(count: int, form: Form, name: str) -> str:
    """Return what the encrypted file of so many units is called."""
    if count <= form.sealed_together:
        return f"{name}.{form.ending}.p7m"
    return f"{name}.p7m.zip"


def sealed_parcel(
    seed: bytes, count: int, base_url: str, form: Form, title: str, to: Recipient
) -> Iterator[bytes]:
    """Return the file as one that only `to` can open, or as an archive of such files.

    A large batch goes in parts, each a whole file by itself: it takes the memory of a part, and a
    print shop opens what is to be printed today. From outside one sees how many units there are.
    """
    step = form.sealed_together
    if count <= step:
        yield sealed(b"".join(parcel(seed, count, base_url, form, title)), to)
        return
    pipe = _Pipe()
    with ZipFile(cast("IO[bytes]", pipe), "w", ZIP_STORED) as archive:
        for first in range(1, count + 1, step):
            last = min(first + step - 1, count)
            part = b"".join(parcel(seed, last, base_url, form, title, first=first))
            name = f"serials-{first:07d}-{last:07d}.{form.ending}.p7m"
            archive.writestr(ZipInfo(name), sealed(part, to))
            yield from pipe.taken()
    yield from pipe.taken()


def _list(seed: bytes, first: int, last: int, base_url: str) -> Iterator[bytes]:
    prefix = address(base_url, "")
    # The mark at the start tells spreadsheets that it is UTF-8.
    yield "\ufeffnumber,url,code,pin\r\n".encode()
    for block in _lots(units(seed, first, last), BLOCK):
        out = StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerows(
            (unit.number, prefix + unit.token, unit.token, f"{unit.pin[:4]}-{unit.pin[4:]}")
            for unit in block
        )
        yield out.getvalue().encode()


def _prints(
    seed: bytes, first: int, last: int, base_url: str, form: Form, title: str
) -> Iterator[tuple[str, bytes]]:
    """Return the names and bytes of what there is to print."""
    drawer = series(address(base_url, ""), CODE_LENGTH)
    drawings: dict[Form, Callable[[NDArray[np.bool_]], bytes]] = {
        Form.SVG: lambda modules: svg_of_modules(modules).encode(),
        Form.PNG: png_of_modules,
    }
    draw = drawings.get(form)
    layout = None if draw else LAYOUTS[form](drawer.size)
    for some in _lots(units(seed, first, last), layout.per_file if layout else BLOCK):
        codes = drawer.matrices([unit.token for unit in some])
        if draw is not None:
            for unit, modules in zip(some, codes, strict=True):
                yield f"codes/{_number(unit)}.{form}", draw(modules)
        else:
            assert layout is not None
            name = f"sheets/{_number(some[0])}-{_number(some[-1])}.pdf"
            yield name, sheet(layout, some, codes, title)


def _lots(every: Iterator[Unit], size: int) -> Iterator[list[Unit]]:
    while lot := list(islice(every, size)):
        yield lot


def _number(unit: Unit) -> str:
    return f"{unit.number:07d}"


class _Pipe:
    """Takes what the archive writes and gives it on; the archive never looks back."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits here but what `taken` gives."""

    def taken(self) -> Iterator[bytes]:
        parts, self._parts = self._parts, []
        if parts:
            yield b"".join(parts)
