"""A distance is measured under either datum, and nobody is accused for the wrong one."""

from decimal import Decimal

import pytest

from puhui.evidence.geodesy import Datum, Place, apart, to_gcj02


def at(latitude: float, longitude: float, datum: Datum | None = Datum.WGS84) -> Place:
    return Place(Decimal(repr(latitude)), Decimal(repr(longitude)), datum)


@pytest.mark.parametrize(
    ("latitude", "longitude", "metres"),
    [
        (43.8256, 87.6168, 265),  # Urumqi
        (30.5728, 104.0668, 363),  # Chengdu
        (30.6386, 119.6803, 541),  # Anji
        (39.9042, 116.4074, 555),  # Beijing
    ],
)
def test_chinese_maps_are_as_far_off_as_published(
    latitude: float, longitude: float, metres: int
) -> None:
    shifted = at(*to_gcj02(latitude, longitude))
    assert apart(shifted, at(latitude, longitude)).as_wgs84_m == metres


@pytest.mark.parametrize("said", [None, Datum.WGS84, Datum.GCJ02])
def test_a_point_from_a_map_is_recognised_whatever_was_said(said: Datum | None) -> None:
    changkou = at(26.7321, 117.4712)
    found = apart(at(*to_gcj02(26.7321, 117.4712), said), changkou)
    assert (found.least_m, found.likelier) == (0, Datum.GCJ02)
    assert found.as_wgs84_m == 634
    assert found.as_said_m == {None: None, Datum.WGS84: 634, Datum.GCJ02: 0}[said]


def test_a_base_may_be_named_by_a_map() -> None:
    base = at(*to_gcj02(26.7321, 117.4712), Datum.GCJ02)
    assert apart(at(26.7321, 117.4712), base).least_m == 0


def test_a_degree_of_latitude_is_a_hundred_and_eleven_kilometres() -> None:
    assert apart(at(26.0, 117.0), at(27.0, 117.0)).as_wgs84_m == 111_195


def test_outside_china_nothing_is_shifted() -> None:
    assert to_gcj02(51.5, 0.0) == (51.5, 0.0)
