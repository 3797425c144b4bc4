"""Units of the trade convert exactly."""

from fractions import Fraction

import pytest

from puhui.kernel.unit import UNITS, unit_called


@pytest.mark.parametrize(
    ("written", "symbol"),
    [
        ("度", "kWh"),
        (" 吨 ", "t"),
        ("方", "m3"),
        ("公吨·公里", "tkm"),
        ("根", "culm"),
        ("GJ", "GJ"),
    ],
)
def test_people_write_units_in_many_ways(written: str, symbol: str) -> None:
    assert unit_called(written) == UNITS[symbol]


@pytest.mark.parametrize(
    ("one", "of", "is_so_many"),
    [
        ("t", "kg", Fraction(1000)),
        ("jin", "kg", Fraction(1, 2)),
        ("GJ", "kWh", Fraction(2500, 9)),
        ("kWh", "MJ", Fraction(36, 10)),
        ("mu", "ha", Fraction(1, 15)),
        ("L", "m3", Fraction(1, 1000)),
    ],
)
def test_conversions_do_not_round(one: str, of: str, is_so_many: Fraction) -> None:
    assert UNITS[one].in_terms_of(UNITS[of]) == is_so_many


def test_a_culm_is_not_a_sheet() -> None:
    assert not UNITS["culm"].measures_like(UNITS["sheet"])
    assert unit_called("竿") is None
