"""Bars that a page draws as SVG: where each part lies, computed once, exactly.

Pure: numbers in, numbers out. The drawing is `web/charts.html`, which needs no script, prints,
and repeats every figure as text.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

WIDTH = 1000
"""Width of the longest bar, in units of the drawing."""

COLOURS = 8
HEIGHT = 56
"""Height of a bar, likewise."""


def hatch(colour: int, x: Decimal, width: Decimal, height: int = HEIGHT, step: int = 10) -> str:
    """Return the strokes that tell a colour where it is printed in black: an SVG path.

    Each of the `COLOURS` has its own: nothing, upright, level, both, and slanting ones, wide and
    narrow. They stay inside the piece that begins at `x`.
    """
    left, right = float(x), float(x + width)
    strokes = [
        (),
        (_upright(left, right, height, step),),
        (_level(left, right, height, step),),
        (_slanting(left, right, height, step, 1),),
        (_upright(left, right, height, step), _level(left, right, height, step)),
        (_slanting(left, right, height, step, -1),),
        (_upright(left, right, height, 3 * step),),
        (_slanting(left, right, height, 2 * step, 1), _slanting(left, right, height, 2 * step, -1)),
    ][colour % COLOURS]
    return "".join(part for kind in strokes for part in kind)


def _upright(left: float, right: float, height: int, step: int) -> list[str]:
    count = int((right - left) / step)
    return [f"M{left + step * (i + 0.5):.1f} 0V{height}" for i in range(count)]


def _level(left: float, right: float, height: int, step: int) -> list[str]:
    return [f"M{left:.1f} {y:.1f}H{right:.1f}" for y in _places(height, step)]


def _places(height: int, step: int) -> list[float]:
    return [step * (i + 0.5) for i in range(max(int(height / step), 1))]


def _slanting(left: float, right: float, height: int, step: int, towards: int) -> list[str]:
    """Return lines at 45°, each cut where the piece ends."""
    found = []
    for i in range(int((right - left + height) / step) + 1):
        # From the upper edge at `begin` down to the lower edge, `height` further on.
        begin, end = left - height + step * i, left + step * i
        first, last = max(begin, left), min(end, right)
        if first < last:
            top, bottom = first - begin, last - begin
            if towards < 0:
                top, bottom = height - top, height - bottom
            found.append(f"M{first:.1f} {top:.1f}L{last:.1f} {bottom:.1f}")
    return found


@dataclass(frozen=True)
class Piece:
    """One part of a bar."""

    label: str
    value: Decimal
    x: Decimal
    width: Decimal
    colour: int
    share: int
    """Whole percent of its bar."""


@dataclass(frozen=True)
class Bar:
    """Parts end to end."""

    label: str
    pieces: tuple[Piece, ...]
    total: Decimal


@dataclass(frozen=True)
class Legend:
    """Which colour is which part."""

    label: str
    colour: int


@dataclass(frozen=True)
class Chart:
    """Bars on one scale."""

    bars: tuple[Bar, ...]
    legend: tuple[Legend, ...]


def stacked(bars: Sequence[tuple[str, Sequence[tuple[str, Decimal]]]]) -> Chart:
    """Return where the parts of each `(label, [(part, value), …])` lie, on one common scale."""
    names = list(dict.fromkeys(part for _, parts in bars for part, _ in parts))
    colour = {name: i % COLOURS for i, name in enumerate(names)}
    longest = max((sum((abs(v) for _, v in parts), Decimal(0)) for _, parts in bars), default=0)
    return Chart(
        tuple(_bar(label, parts, Decimal(longest), colour) for label, parts in bars),
        tuple(Legend(name, colour[name]) for name in names),
    )


def _bar(
    label: str, parts: Sequence[tuple[str, Decimal]], longest: Decimal, colour: dict[str, int]
) -> Bar:
    pieces: list[Piece] = []
    x = Decimal(0)
    whole = sum((abs(value) for _, value in parts), Decimal(0))
    for part, value in parts:
        width = (abs(value) / longest * WIDTH).quantize(Decimal("0.1")) if longest else Decimal(0)
        share = int((abs(value) * 100 / whole).to_integral_value()) if whole else 0
        pieces.append(Piece(part, value, x, width, colour[part], share))
        x += width
    return Bar(label, tuple(pieces), sum((value for _, value in parts), Decimal(0)))
