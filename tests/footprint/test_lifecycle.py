"""Footprints by hand: small figures, and the traps of the field."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from puhui.footprint.carbon import co2_held_by_volume
from puhui.footprint.lifecycle import Assessment, assess, faults_of
from puhui.footprint.ruleset import BAMBOO_AR5, BAMBOO_AR6
from tests.footprint.test_basis import BURNED, FILM
from tests.footprint.test_inventory import HEAD, LORRY, POWER, PRODUCT
from tests.makers.footprint import based, inventory_of

ONE = {**HEAD, "output": "1"}
"""Figures for the whole are the figures of one declared unit."""


def footprint(*lines: dict[str, Any], product: dict[str, Any] = PRODUCT) -> Assessment:
    return assess(based({**ONE, "lines": [product, *lines]}), BAMBOO_AR6)


def test_a_thousand_kilowatt_hours_of_the_national_grid() -> None:
    power = {**POWER, "amount": "1000"}
    assert footprint(power).total.counted == Decimal("577.7")
    of_2023 = {**power, "factor": "grid.cn.lifecycle@2023.1"}
    assert footprint(of_2023).total.counted == Decimal("620.5")


@pytest.mark.parametrize(
    ("key", "kg"),
    [
        ("freight.road.diesel.18t", "258"),
        ("freight.road.diesel.heavy", "195.6"),
        ("freight.road.diesel.2t", "572"),
        ("freight.sea.container.direct", "16.244"),
    ],
)
def test_ten_tonnes_over_two_hundred_kilometres(key: str, kg: str) -> None:
    lorry = {**LORRY, "amount": "10", "distance_km": "200", "factor": key, "proxy": "按此计"}
    assert footprint(lorry).total.counted == Decimal(kg)
    written_out = {**lorry, "amount": "2000", "unit": "t·km", "distance_km": ""}
    assert footprint(written_out).total.counted == Decimal(kg)


def test_natural_gas_is_its_burning_and_its_upstream() -> None:
    gas = {**POWER, "amount": "1", "unit": "m3", "factor": "fuel.natural-gas"}
    assert footprint(gas).total.counted == Decimal("2.768")


def test_burned_residue_counts_methane_and_nitrous_oxide_and_tells_its_co2_apart() -> None:
    # 1 t × 15.6 GJ/t: CO2 112 kg/GJ; CH4 30 g/GJ × 27.0; N2O 4 g/GJ × 273.
    total = footprint(BURNED).total
    assert total.counted == total.biogenic_other == Decimal("29.6712")
    assert total.biogenic_co2 == Decimal("1747.2")
    assert total.fossil == 0


def test_the_other_set_of_weights_is_another_ruleset() -> None:
    content = {**ONE, "lines": [PRODUCT, BURNED]}
    assert BAMBOO_AR5.id != BAMBOO_AR6.id
    # 0.468 × 28 + 0.0624 × 265
    assert assess(based(content), BAMBOO_AR5).total.counted == Decimal("29.64")


def bamboo(tonnes: str, moisture: str = "60") -> dict[str, Any]:
    return {
        "stage": "raw_material",
        "kind": "bamboo",
        "name": "毛竹",
        "amount": tonnes,
        "unit": "t",
        "moisture_percent": moisture,
        "factor": "wood.log",
        "proxy": "以原木代替",
    }


def residue(tonnes: str, fate: str, **more: str) -> dict[str, Any]:
    return {**BURNED, "amount": tonnes, "fate": fate, "factor": "", **more}


BOARD = {**PRODUCT, "amount": "1.1", "unit": "t"}
"""1 t oven-dry."""


def test_what_is_sold_bears_its_share_by_dry_mass() -> None:
    # In 1.6 t at 60 % = 1 t dry twice; out 1 t of board and 1 t sold: half each.
    power = {**POWER, "amount": "1000"}
    result = footprint(bamboo("3.2"), power, residue("1", "sold"), product=BOARD)
    assert result.allocated_percent == 50
    assert result.lines[2].amounts.fossil == Decimal("288.85")
    alone = {**power, "borne_by": "product"}
    result = footprint(bamboo("3.2"), alone, residue("1", "sold"), product=BOARD)
    assert result.lines[2].amounts.fossil == Decimal("577.7")


def test_packaging_and_glue_are_not_shared_with_what_was_sold() -> None:
    glue = {
        "stage": "raw_material",
        "kind": "material",
        "name": "胶",
        "amount": "10",
        "unit": "kg",
        "supplier_kg_per_unit": "2.5",
        "supplier_document": "声明 7",
    }
    result = footprint(bamboo("3.2"), FILM, glue, residue("1", "sold"), product=BOARD)
    assert [line.amounts.counted for line in result.lines[2:4]] == [
        Decimal("5.14"),
        Decimal("25"),
    ]


def test_carbon_is_told_apart_and_never_subtracted() -> None:
    result = footprint(bamboo("1.6"), product=BOARD)
    held = Fraction(44, 12) * Fraction("0.492") * 1000
    assert Fraction(result.carbon_held) == held == 1804
    assert result.total.biogenic_removal == -1804
    assert result.total.counted == result.lines[1].amounts.fossil == 240


def test_over_the_whole_life_the_carbon_goes_back_into_the_air() -> None:
    grave = {**ONE, "reach": "cradle_to_grave"}
    lines = [
        BOARD,
        bamboo("1.6"),
        {**LORRY, "stage": "distribution"},
        {**FILM, "stage": "end_of_life", "kind": "waste", "factor": "waste.landfill"},
    ]
    result = assess(based({**grave, "lines": lines}), BAMBOO_AR6)
    assert result.total.biogenic_co2 == -result.total.biogenic_removal == 1804
    stages = dict(result.stages)
    assert [str(s) for s, a in stages.items() if a.biogenic_co2] == ["end_of_life"]


def test_a_mass_balance_that_does_not_close_is_a_fault() -> None:
    def faults(tonnes: str) -> list[str]:
        content = {**ONE, "lines": [BOARD, bamboo(tonnes)]}
        return [fault.code for fault in faults_of(inventory_of(content), BAMBOO_AR6)]

    assert faults("1.632") == []  # 1.02 t in, 1 t out: 1.96 %
    assert faults("1.64") == ["mass_balance"]  # 1.025 t in: 2.44 %
    assert faults("1.5") == ["mass_balance"]  # less went in than came out


def test_shares_tell_primary_data_and_proxies() -> None:
    power = {**POWER, "factor": "", "supplier_kg_per_unit": "4.8", "supplier_document": "合同"}
    result = footprint(bamboo("1.6"), power, product=BOARD)  # 240 kg proxy, 240 kg supplier's
    assert (result.primary_percent, result.proxy_percent) == (50, 50)
    assert [result.share_percent(line) for line in result.lines] == [0, 50, 50]


@pytest.mark.parametrize(
    ("carbon_fraction", "kg"), [("0.5", "1145.83"), ("0.492", "1127.50"), ("0.45", "1031.25")]
)
def test_en_16449_counts_moisture_on_dry_basis(carbon_fraction: str, kg: str) -> None:
    held = co2_held_by_volume(Fraction(1), Decimal(700), Decimal(12), Decimal(carbon_fraction))
    assert round(held, 2) == Fraction(kg)  # on wet basis it would be 1,129.33 for cf 0.5
