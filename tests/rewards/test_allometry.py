"""What trees and duty come to, by published cases; each case passes by its name."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from puhui.kernel.errors import Invalid
from puhui.kernel.quantity import Co2e
from puhui.rewards.allometry import (
    CO2_PER_CARBON,
    Group,
    TreeEstimate,
    Use,
    area_removal_t,
    culms_t_per_ha,
    equations,
    estimates,
    proxies,
    read,
    removal,
    stand_t_per_ha,
)
from puhui.rewards.duty import NoConversion, certificate, trees_for_donation, trees_that_count
from puhui.rewards.species import catalogue

GOLDEN = json.loads((Path(__file__).parent / "golden_planting.json").read_text(encoding="utf-8"))
PROVINCES = {"Beijing": "110000", "Hainan": "460000", "Hunan": "430000"}
HEADING = (
    "equation,species,part,form,a,b,c,kg_per_unit,carbon_fraction,dbh_from_cm,dbh_below_cm,use,"
    "source\n"
)


def cases(kind: str) -> list[Any]:
    return [pytest.param(case, id=case["id"]) for case in GOLDEN if case["kind"] == kind]


def near(value: Decimal, expected: float, case: dict[str, Any]) -> bool:
    # The published figures are rounded to three places themselves.
    tolerance = case["tolerance"]
    allowed = tolerance.get("rel", 0) * abs(expected) + tolerance.get("abs", 0) + 0.0006
    return abs(float(value) - expected) <= allowed


def species_of(case: dict[str, Any]) -> str:
    named = case["inputs"]["species"]
    return next(k for k, s in catalogue().items() if named.startswith(s.scientific_name))


def by_equation(case: dict[str, Any]) -> dict[str, Any]:
    size = (Decimal(str(case["inputs"][name])) for name in ("dbh_cm", "height_m"))
    return {one.equation: one for one in estimates(species_of(case), *size)}


def figures_of(one: TreeEstimate) -> dict[str, Decimal]:
    return {
        "agb_kg": one.above_kg,
        "bgb_kg": one.below_kg,
        "biomass_kg": one.biomass_kg,
        "carbon_kg": one.carbon_kg,
        "co2_kg": one.co2.value,
        **{f"{part}_kg": kg for part, kg in one.by_part_kg.items()},
    }


@pytest.mark.parametrize("case", cases("tree_allometry"))
def test_a_published_tree_comes_out(case: dict[str, Any]) -> None:
    found = by_equation(case)
    # The case names its equation; a figure of another equation says whose it is.
    own = next((name for name in found if name.split("-")[0] in case["id"].lower()), "zhang2007")
    own = own if own in found else "lyt2264-2014"
    figures = {
        f"{prefix}{name}": value
        for equation, one in found.items()
        for prefix in {f"{equation.split('-')[0]}_", "" if equation == own else f"{equation}_"}
        for name, value in figures_of(one).items()
    }
    assert case["expected"].keys() <= figures.keys()
    assert all(near(figures[name], value, case) for name, value in case["expected"].items())


@pytest.mark.parametrize("case", cases("tree_volume"))
def test_a_published_tree_comes_out_by_volume(case: dict[str, Any]) -> None:
    said, expected = case["inputs"], case["expected"]
    size = Decimal(str(said["dbh_cm"])), Decimal(str(said["height_m"]))
    if case["id"] == "EUCALYPT-PROXY":
        one = next(p for p in proxies(Group.BROADLEAF, *size) if p.equation == "taiwan-broadleaf")
    else:
        one = next(e for e in by_equation(case).values() if e.equation != "taiwan-young")
    whole_t_per_m3 = Decimal(str(said["whole_tree_factor_t_per_m3"]))
    assert near(one.biomass_kg / whole_t_per_m3 / 1000, expected["volume_m3"], case)
    assert near(one.biomass_kg, expected["biomass_kg"], case)
    assert near(one.carbon_kg, expected["carbon_kg"], case)
    assert near(one.co2.value, expected["co2_kg"], case)
    assert "primary source not seen" in one.sources[0]


def test_an_equation_for_no_species_in_particular_never_counts() -> None:
    size = Decimal("14.6"), Decimal("19.3")
    assert all(one.use is Use.PROXY for one in proxies(Group.BROADLEAF, *size))
    for species in catalogue():
        found = removal(species, *size, 1, surveyed=True)
        assert found is None or all(one.use is Use.RANGE for one in found.by_equation)


@pytest.mark.parametrize("case", cases("reference"))
def test_a_measured_culm_makes_its_grove(case: dict[str, Any]) -> None:
    said, expected = case["inputs"], case["expected"]
    culm = Decimal(str(expected["biomass_kg"]))
    carbon = culm * Decimal(str(expected["carbon_fraction_mean"]))
    assert near(culms_t_per_ha(culm, said["stems_per_ha"]), expected["check_stand"], case)
    assert near(carbon, expected["carbon_kg"], case)
    assert near(carbon * CO2_PER_CARBON, expected["co2_kg"], case)


@pytest.mark.parametrize("case", cases("property"))
def test_the_two_bands_of_fir_meet(case: dict[str, Any]) -> None:
    size = Decimal(str(case["inputs"]["dbh_cm"])), Decimal(str(case["inputs"]["height_m"]))
    bands = [
        term.biomass_kg(*size)
        for term in equations()
        if term.equation == "lyt2264-2014" and term.part == "above"
    ]
    small, large = bands
    assert near(small, case["expected"]["agb_lo_kg"], case)
    assert near(large, case["expected"]["agb_hi_kg"], case)
    assert abs(small - large) / large < Decimal(str(case["expected"]["max_rel_gap"]))


@pytest.mark.parametrize("case", cases("area_rate"))
def test_a_mangrove_is_estimated_by_area(case: dict[str, Any]) -> None:
    said = case["inputs"]
    found = area_removal_t(
        Decimal(str(said["agb_increment_t_per_ha_yr"])),
        Decimal(str(said["carbon_fraction"])),
        Decimal(str(said["area_ha"])),
        said["years"],
    )
    assert near(found, case["expected"]["co2_t"], case)
    assert removal("kandelia_obovata", Decimal(5), Decimal(3), 10, surveyed=True) is None
    assert removal("phyllostachys_edulis", Decimal(10), Decimal(12), 10, surveyed=True) is None


@pytest.mark.parametrize("case", cases("stand_regression"))
def test_a_stand_line_that_grows_from_nothing_is_not_read(case: dict[str, Any]) -> None:
    a, b = case["inputs"]["a_t_per_m3"], case["inputs"]["b_t_per_ha"]
    line = (Decimal(str(case["inputs"]["volume_m3_per_ha"])), Decimal(str(a)), Decimal(str(b)))
    assert near(stand_t_per_ha(*line), case["expected"]["biomass_t_per_ha"], case)
    row = f"stand,pinus_massoniana,whole,d2h_line,{a},{b},,1,0.47,0,,range,Fang et al.\n"
    with pytest.raises(Invalid):
        read(HEADING + row)


@pytest.mark.parametrize("case", cases("negative"))
def test_an_equation_without_a_species_is_not_read(case: dict[str, Any]) -> None:
    a, b, c = case["inputs"]["v_dm3"]
    good = f"x,pinus_massoniana,whole,power,{a},{b},{c},1,0.47,5,40,range,somebody\n"
    assert len(read(HEADING + good)) == 1
    for lacking in (
        good.replace("pinus_massoniana", ""),
        good.replace("pinus_massoniana", "some_tree"),
        good.replace("somebody", ""),
        good.replace(",5,40,", ",,40,"),
    ):
        with pytest.raises(Invalid) as refusal:
            read(HEADING + good + lacking)
        assert [fault.row for fault in refusal.value.faults] == [2]


@pytest.mark.parametrize("case", cases("duty_rule"))
def test_a_duty_is_counted_as_published(case: dict[str, Any]) -> None:
    said, expected = case["inputs"], case["expected"]
    if "planted" in said:
        assert trees_that_count(said["planted"], said["alive"]) == expected["credited_trees"]
    elif "cny" in said:
        province = PROVINCES[said["province"]]
        trees = trees_for_donation(province, Decimal(said["cny"]), date(2026, 3, 12))
        assert trees == expected["tree_equivalents"]
    else:
        assert certificate(said["tree_equivalents"]) == expected["certificate"]


def test_fujians_conversion_is_not_guessed() -> None:
    with pytest.raises(NoConversion):
        trees_for_donation("350000", Decimal(100), date(2026, 3, 12))


def test_nothing_is_estimated_before_the_first_survey() -> None:
    size = Decimal("10.347"), Decimal("12.6")
    seedlings = removal("cunninghamia_lanceolata", *size, 100, surveyed=False)
    grown = removal("cunninghamia_lanceolata", *size, 100, surveyed=True)
    assert seedlings is not None
    assert seedlings.most == Co2e.zero()
    assert grown is not None
    assert [one.equation for one in grown.by_equation] == ["lyt2264-2014", "zhang2007", "anhui"]
    # 54.8 kg a tree by LY/T 2264, 54.7 by Zhang, 70.0 by the organs of Anhui.
    assert Decimal(5400) < grown.least.value < Decimal(5500)
    assert Decimal(6900) < grown.most.value < Decimal(7000)


def test_a_doubtful_equation_checks_and_does_not_count() -> None:
    found = removal("pinus_massoniana", Decimal("8.92"), Decimal("7.38"), 1, surveyed=True)
    assert found is not None
    assert [one.equation for one in found.by_equation] == ["anhui"]


def test_a_species_without_equation_has_no_estimate() -> None:
    assert removal("phoebe_bournei", Decimal(10), Decimal(8), 3, surveyed=True) is None


@given(st.integers(14, 400), st.integers(1, 300), st.integers(0, 500))
def test_the_range_is_in_order_and_in_step_with_the_living(
    height_dm: int, dbh_mm: int, alive: int
) -> None:
    size = Decimal(dbh_mm) / 10, Decimal(height_dm) / 10
    for species in ("cunninghamia_lanceolata", "schima_superba"):
        one = removal(species, *size, 1, surveyed=True)
        many = removal(species, *size, alive, surveyed=True)
        assert one is not None
        assert many is not None
        assert Co2e.zero() <= many.least <= many.most
        assert many.most == one.most * alive


@given(st.integers(1, 1000), st.data())
def test_survival_never_credits_more_than_was_planted_nor_less_than_lives(
    planted: int, data: st.DataObject
) -> None:
    alive = data.draw(st.integers(0, planted))
    assert alive <= trees_that_count(planted, alive) <= planted
