"""Print sheets: many units' codes as PDF, on A4 or one to a label of a roll.

Lengths are in modules of the code until they are written, so that every code lies on the grid of
the printer's dots. A page is one bitmap at one pixel a module with the text beside it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from puhui.footprint.pdf import Page, Word, document
from puhui.footprint.series import Unit
from puhui.web.qr import QUIET_ZONE

LEAST_MODULE_MM = 0.396
"""GS1 General Specifications, table of minimum X-dimensions for QR codes of trade items."""
TEXT = 49
"""Modules for the text beside a code."""
GAP = 3
"""Modules between two units, to cut in."""
MM_PER_INCH = 25.4
POINTS_PER_INCH = 72


@dataclass(frozen=True)
class Layout:
    """Where codes of `size` modules stand on a page."""

    name: str
    size: int
    module_mm: float
    columns: int
    rows: int
    page_mm: tuple[float, float]
    """Width, height."""
    margin_mm: tuple[float, float]
    """From the left and from the top to the first unit."""
    per_file: int
    """Units in a file: a print shop opens a few megabytes, not a gigabyte."""

    @property
    def pitch(self) -> tuple[int, int]:
        """Return the modules from a unit to the next, across and down, quiet zone included."""
        side = self.size + 2 * QUIET_ZONE
        return side + TEXT + GAP, side + GAP

    @property
    def per_page(self) -> int:
        """Return how many units fit."""
        return self.columns * self.rows


def a4(size: int) -> Layout:
    """Return A4 at five dots a module of a printer with 300 dots an inch: 0.423 mm."""
    module_mm = 5 / 300 * MM_PER_INCH
    side = (size + 2 * QUIET_ZONE + GAP) * module_mm
    wide = side + TEXT * module_mm
    columns, rows = int(194 // wide), int(277 // side)
    margins = (210 - columns * wide) / 2, (297 - rows * side) / 2
    return Layout("a4", size, module_mm, columns, rows, (210, 297), margins, 30 * columns * rows)


def roll(size: int) -> Layout:
    """Return labels of a roll at four dots a module of a printer with 203 an inch: 0.501 mm."""
    module_mm = 4 / 203 * MM_PER_INCH
    side = size + 2 * QUIET_ZONE + GAP
    page = (side + TEXT) * module_mm, side * module_mm
    edge = GAP / 2 * module_mm
    return Layout("roll", size, module_mm, 1, 1, page, (edge, edge), 1000)


LAYOUTS = {"a4": a4, "roll": roll}


def sheet(layout: Layout, units: Sequence[Unit], codes: NDArray[np.bool_], title: str) -> bytes:
    """Return a PDF of the units: code, number and token in print, the PIN in a field of its own.

    The dashed field is what the scratch layer or the seal has to cover. `title` is ASCII.
    """
    return document(_pages(layout, units, codes, title))


def _pages(
    layout: Layout, units: Sequence[Unit], codes: NDArray[np.bool_], title: str
) -> Iterator[Page]:
    across, down = layout.pitch
    wide, high = layout.columns * across, layout.rows * down
    count = -(-len(units) // layout.per_page)
    for number in range(count):
        bitmap = np.zeros((high, wide), dtype=bool)
        words: list[Word] = []
        boxes = []
        on_page = slice(number * layout.per_page, (number + 1) * layout.per_page)
        for at, (unit, code) in enumerate(zip(units[on_page], codes[on_page], strict=True)):
            row, column = divmod(at, layout.columns)
            x, y = column * across + QUIET_ZONE, row * down + QUIET_ZONE
            bitmap[y : y + layout.size, x : x + layout.size] = code
            left = x + layout.size + QUIET_ZONE
            words += _words(layout, unit, left, y)
            boxes.append(
                (*_point(layout, left, y + layout.size), TEXT * _scale(layout), 12 * _scale(layout))
            )
        if layout.per_page > 1:
            below = layout.margin_mm[1] / 2 * POINTS_PER_INCH / MM_PER_INCH
            line = f"{title}  {units[on_page][0].number}-{units[on_page][-1].number}"
            words.append(Word(30, below, 7, f"{line}  page {number + 1}/{count}  print at 100 %"))
        left_pt, top_pt = _point(layout, 0, 0)
        yield Page(
            size=tuple(length * POINTS_PER_INCH / MM_PER_INCH for length in layout.page_mm),  # type: ignore[arg-type]
            bitmap=bitmap,
            place=(left_pt, top_pt - high * _scale(layout), _scale(layout)),
            words=words,
            boxes=boxes,
        )


def _words(layout: Layout, unit: Unit, left: int, top: int) -> Iterator[Word]:
    half = len(unit.token) // 2
    lines = (
        (4, 6.0, f"No. {unit.number}"),
        (9, 6.0, unit.token[:half]),
        (14, 6.0, unit.token[half:]),
        (layout.size - 3.5, 9.0, f"{unit.pin[:4]}-{unit.pin[4:]}"),
    )
    for below, size, text in lines:
        yield Word(*_point(layout, left + 2, top + below), size, text)


def _scale(layout: Layout) -> float:
    """Return the points of a module."""
    return layout.module_mm * POINTS_PER_INCH / MM_PER_INCH


def _point(layout: Layout, x: float, y: float) -> tuple[float, float]:
    """Return where a place on the grid of modules is on the page, in points from below left."""
    per_mm = POINTS_PER_INCH / MM_PER_INCH
    left, top = layout.margin_mm
    return (
        left * per_mm + x * _scale(layout),
        (layout.page_mm[1] - top) * per_mm - y * _scale(layout),
    )
