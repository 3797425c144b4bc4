"""Charts are told apart in print: each colour has strokes of its own, inside its piece."""

import re
from decimal import Decimal

import pytest

from puhui.web.charts import COLOURS, HEIGHT, hatch

NUMBER = re.compile(r"[\d.]+")


def strokes(path: str) -> list[tuple[str, str]]:
    return re.findall(r"M([\d.]+ [\d.]+)(?=[HVL])([HVL][\d. ]+)", path)


def test_every_colour_has_strokes_of_its_own() -> None:
    paths = {hatch(colour, Decimal(100), Decimal("80.5")) for colour in range(COLOURS)}
    assert len(paths) == COLOURS
    assert hatch(3, Decimal(0), Decimal(50)) == hatch(3 + COLOURS, Decimal(0), Decimal(50))


@pytest.mark.parametrize("colour", range(COLOURS))
@pytest.mark.parametrize("width", [Decimal("0.1"), Decimal(7), Decimal(80), Decimal(1000)])
def test_strokes_stay_inside_their_piece(colour: int, width: Decimal) -> None:
    left = Decimal(100)
    path = hatch(colour, left, width)
    found = strokes(path)
    assert "".join(f"M{start}{end}" for start, end in found) == path
    for start, end in found:
        x, y = map(Decimal, start.split())
        kind, numbers = end[0], [Decimal(n) for n in NUMBER.findall(end)]
        x2 = numbers[0] if kind in "HL" else x
        y2 = {"H": y, "V": numbers[0], "L": numbers[-1]}[kind]
        for across in (x, x2):
            assert left - Decimal("0.05") <= across <= left + width + Decimal("0.05")
        for down in (y, y2):
            assert 0 <= down <= HEIGHT
