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
