"""What makers send is read line by line, and every fault is named at once."""

from typing import Any

import pytest

from puhui.footprint.flows import mass_kg
from puhui.footprint.submission import Submitted, as_submitted, read
from tests.makers.footprint import board_json, inventory_of

HEAD: dict[str, object] = {
    "declared_unit": "块",
    "output": "100",
    "reach": "cradle_to_gate",
    "period_from": "2025-01-01",
    "period_to": "2025-12-31",
}
PRODUCT = {
    "stage": "manufacture",
    "kind": "product",
    "name": "砧板",
    "amount": "110",
    "unit": "kg",
    "moisture_percent": "10",
    "bamboo_percent": "100",
}
POWER = {
    "stage": "manufacture",
    "kind": "energy",
    "name": "电",
    "amount": "50",
    "unit": "度",
    "factor": "grid.cn.lifecycle",
}
LORRY = {
    "stage": "transport_in",
    "kind": "transport",
    "name": "运竹",
    "amount": "2",
    "unit": "t",
    "distance_km": "30",
    "factor": "freight.road.diesel.heavy",
}


def faults_of(*lines: dict[str, Any], **head: object) -> list[tuple[str, int | None, str | None]]:
    _, faults = read(Submitted.of_json({**HEAD, **head, "lines": list(lines)}))
    return [(fault.code, fault.row, fault.field) for fault in faults]


def test_an_inventory_is_read_and_written_back_as_it_came() -> None:
    content = board_json()
    assert as_submitted(inventory_of(content)) == content


def test_every_faulty_line_is_named_at_once() -> None:
    assert faults_of(
        PRODUCT,
        {**POWER, "amount": "-3"},
        {**POWER, "unit": "斛"},
        {**LORRY, "distance_km": ""},
        {**POWER, "factor": ""},
    ) == [
        ("bad_number", 2, "amount"),
        ("unknown_unit", 3, "unit"),
        ("no_distance", 4, "distance_km"),
        ("no_factor", 5, "factor"),
    ]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ({**POWER, "amount": "1e3"}, ("bad_number", 1, "amount")),
        ({**POWER, "amount": "0"}, ("zero", 1, "amount")),
        ({**POWER, "amount": 50}, ("bad_number", 1, "amount")),
        ({**POWER, "amount": "NaN"}, ("bad_number", 1, "amount")),
        ({**POWER, "kind": "magic"}, ("not_a_choice", 1, "kind")),
        ({**POWER, "name": ""}, ("missing", 1, "name")),
        ({**POWER, "name": "电\x00"}, ("bad_text", 1, "name")),
        ({**POWER, "price": "3"}, ("unknown_field", 1, "price")),
        ({**POWER, "supplier_kg_per_unit": "3"}, ("supplier_incomplete", 1, "supplier_document")),
        ({**POWER, "factor": "", "proxy": "像电"}, ("proxy_without_factor", 1, "proxy")),
        ({**POWER, "distance_km": "3"}, ("not_transport", 1, "distance_km")),
        ({**POWER, "borne_by": "nobody"}, ("not_a_choice", 1, "borne_by")),
        ({**LORRY, "unit": "t·km"}, ("distance_twice", 1, "distance_km")),
        ({**LORRY, "unit": "m3"}, ("not_freight", 1, "unit")),
        ({**PRODUCT, "moisture_percent": ""}, ("no_moisture", 1, "moisture_percent")),
        ({**PRODUCT, "bamboo_percent": "101"}, ("over_hundred", 1, "bamboo_percent")),
        ({**PRODUCT, "unit": "m3"}, ("not_a_mass", 1, "unit")),
        ({**PRODUCT, "stage": "use"}, ("wrong_stage", 1, "stage")),
        ({**PRODUCT, "factor": "wood.log"}, ("factor_not_used", 1, "factor")),
    ],
)
def test_a_fault_names_its_field(line: dict[str, Any], fault: tuple[str, int, str]) -> None:
    assert fault in faults_of(line, PRODUCT)


def test_a_supplier_figure_needs_its_document_and_excludes_a_factor() -> None:
    both = {**POWER, "supplier_kg_per_unit": "0.1", "supplier_document": "绿电合同 7 号"}
    assert faults_of(PRODUCT, both) == [("two_bases", 2, "factor")]
    assert faults_of(PRODUCT, {**both, "factor": ""}) == []


def test_an_inventory_without_a_product_is_refused() -> None:
    assert faults_of(POWER) == [("no_product", None, "lines")]


def test_twenty_thousand_lines_are_read_and_one_more_is_refused() -> None:
    assert faults_of(PRODUCT, *[POWER] * 19_999) == []
    assert faults_of(PRODUCT, *[POWER] * 20_000) == [("too_many_lines", None, "lines")]


def test_bamboo_that_nobody_felled_is_refused() -> None:
    bamboo = {
        "stage": "raw_material",
        "kind": "bamboo",
        "name": "毛竹",
        "amount": "1",
        "unit": "t",
        "moisture_percent": "50",
    }
    assert faults_of(PRODUCT, bamboo) == [("no_felling", 2, "factor")]
    assert faults_of(PRODUCT, bamboo, {**POWER, "stage": "raw_material"}) == []


def test_lines_beyond_the_boundary_are_refused() -> None:
    assert faults_of(PRODUCT, {**LORRY, "stage": "distribution"}) == [
        ("beyond_boundary", 2, "stage")
    ]
    assert faults_of(PRODUCT, reach="cradle_to_grave") == [
        ("stage_missing", None, "lines"),
        ("stage_missing", None, "lines"),
    ]


@pytest.mark.parametrize(
    ("head", "fault"),
    [
        ({"period_to": "2024-12-31"}, ("period_backwards", None, "period_to")),
        ({"period_to": "2025-02-30"}, ("bad_day", None, "period_to")),
        ({"output": ""}, ("missing", None, "output")),
        ({"colour": "green"}, ("unknown_field", None, "colour")),
    ],
)
def test_a_faulty_head_is_named(head: dict[str, object], fault: tuple[str, None, str]) -> None:
    assert faults_of(PRODUCT, **head) == [fault]


CULMS = {
    "stage": "raw_material",
    "kind": "bamboo",
    "name": "毛竹",
    "amount": "100",
    "unit": "根",
    "moisture_percent": "60",
    "factor": "wood.log",
    "proxy": "以原木代替",
}


def test_culms_and_sheets_weigh_what_their_maker_says_and_nothing_otherwise() -> None:
    assert faults_of(PRODUCT, CULMS) == [("not_a_mass", 2, "unit")]
    weighed = {**CULMS, "each": "25", "each_unit": "kg"}
    inventory = inventory_of({**HEAD, "lines": [PRODUCT, weighed]})
    assert mass_kg(inventory.lines[1]) == 2500
    assert as_submitted(inventory)["lines"][1]["each"] == "25"  # type: ignore[index]
    assert faults_of(PRODUCT, {**CULMS, "each": "25", "each_unit": "m2"}) == [
        ("not_a_mass", 2, "each_unit")
    ]
    assert faults_of(PRODUCT, {**CULMS, "each": "25"}) == [("missing", 2, "each_unit")]
    assert faults_of(PRODUCT, {**CULMS, "each": "0", "each_unit": "kg"}) == [("zero", 2, "each")]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ({**POWER, "income_cny": "3"}, ("earns_nothing", 2, "income_cny")),
        ({**PRODUCT, "income_cny": "-3"}, ("bad_number", 2, "income_cny")),
        ({**POWER, "pedigree": "1 2 3"}, ("bad_scores", 2, "pedigree")),
        ({**POWER, "pedigree": "1 2 3 4 6"}, ("bad_scores", 2, "pedigree")),
        ({**POWER, "pedigree": "11111"}, ("nothing_to_score", 2, "pedigree")),
    ],
)
def test_what_a_line_cannot_say_is_a_fault(line: dict[str, Any], fault: tuple[Any, ...]) -> None:
    assert fault in faults_of(PRODUCT, line)
