"""A figure is held against its peers."""

from dataclasses import replace

from puhui.factors.factor import Boundary, Factor
from puhui.factors.library import read
from puhui.factors.peers import Peers
from tests.factors.test_library import GOOD, library, shipped_factors


def plastic(key: str, kg: str, unit: str = "kg", subject: str = "plastic.pp") -> Factor:
    row = {**GOOD, "key": key, "subject": subject, "kg_per_unit": kg, "unit": unit}
    return read("x.csv", library(row))[0][0].factor


def judged(factor: Factor, *peers: Factor) -> bool | None:
    span = Peers(peers).range_of(factor)
    return None if span is None else span.holds(factor)


def test_ten_times_the_greatest_and_a_tenth_of_the_least_still_pass() -> None:
    peers = (plastic("a", "1.5"), plastic("b", "5"))
    assert judged(plastic("c", "50"), *peers) is True
    assert judged(plastic("c", "50.1"), *peers) is False
    assert judged(plastic("c", "0.15"), *peers) is True
    assert judged(plastic("c", "0.149"), *peers) is False


def test_peers_are_compared_in_one_unit() -> None:
    # 1500 to 5000 kg a tonne is 1.5 to 5 kg a kilogram.
    peers = (plastic("a", "1500", "t"), plastic("b", "5000", "t"))
    assert judged(plastic("c", "3"), *peers) is True
    assert judged(plastic("c", "3000"), *peers) is False


def test_a_lone_subject_asks_its_family_if_three_are_in_it() -> None:
    family = [plastic(k, "3", subject=f"plastic.{k}") for k in ("pe", "pvc", "ps")]
    assert judged(plastic("c", "31"), *family) is False
    assert judged(plastic("c", "31"), *family[:2]) is None


def test_another_boundary_or_another_dimension_is_no_peer() -> None:
    peer = plastic("a", "3")
    assert judged(plastic("c", "300", "m3"), peer) is None
    assert judged(replace(plastic("c", "300"), boundary=Boundary.TREATMENT), peer) is None


def test_of_the_shipped_library_only_inert_glass_is_far_from_its_peers() -> None:
    factors = shipped_factors()
    peers = Peers(factors)
    far = [
        factor.key
        for factor in factors
        if (span := peers.range_of(factor)) and not span.holds(factor)
    ]
    # Landfilled glass does not rot: its figure is the lorry's alone.
    assert far == ["event.waste.landfill.glass.desnz"]
