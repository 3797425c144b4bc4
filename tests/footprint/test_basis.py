"""Factors that do not fit are refused by row: nothing is mixed silently."""

from dataclasses import replace
from typing import Any

import pytest

from puhui.factors.catalogue import Catalogue
from puhui.footprint.basis import resolve
from tests.footprint.test_inventory import HEAD, LORRY, POWER, PRODUCT
from tests.makers.footprint import inventory_of, library

LIBRARY = library()
FILM = {
    "stage": "packaging",
    "kind": "packaging",
    "name": "膜",
    "amount": "2",
    "unit": "kg",
    "factor": "packaging.film",
}
BURNED = {
    "stage": "manufacture",
    "kind": "residue",
    "name": "竹屑",
    "amount": "1",
    "unit": "t",
    "moisture_percent": "0",
    "fate": "burned",
    "factor": "fuel.wood",
}


def faults_of(*lines: dict[str, Any]) -> list[tuple[str, int | None]]:
    _, faults = resolve(inventory_of({**HEAD, "lines": [PRODUCT, *lines]}), LIBRARY)
    return [(fault.code, fault.row) for fault in faults]


def citations_of(line: dict[str, Any]) -> list[str]:
    based, faults = resolve(inventory_of({**HEAD, "lines": [PRODUCT, line]}), LIBRARY)
    assert faults == []
    return [factor.citation for factor in based.parts[1]]


def test_a_key_without_version_takes_the_newest_and_keeps_its_name() -> None:
    assert citations_of(POWER) == ["grid.cn.lifecycle@2024.1"]
    assert citations_of({**POWER, "factor": "grid.cn.lifecycle@2023.1"}) == [
        "grid.cn.lifecycle@2023.1"
    ]


def test_a_fuel_is_completed_by_its_gases_and_its_upstream() -> None:
    diesel = {**POWER, "unit": "kg", "factor": "fuel.diesel"}
    assert citations_of(diesel) == [
        "fuel.diesel.combustion.ch4@2006.1",
        "fuel.diesel.combustion.co2@2006.1",
        "fuel.diesel.combustion.n2o@2006.1",
        "fuel.diesel.upstream@2024.1",
    ]
    by_one_gas = {**diesel, "factor": "fuel.diesel.combustion.co2"}
    assert citations_of(by_one_gas) == citations_of(diesel)


def test_residues_burned_on_site_are_an_inner_loop_without_upstream() -> None:
    assert citations_of(BURNED) == [
        "fuel.wood.combustion.ch4@2006.1",
        "fuel.wood.combustion.co2@2006.1",
        "fuel.wood.combustion.n2o@2006.1",
    ]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ({**POWER, "factor": "grid.cn-fj.co2"}, "co2_only"),
        ({**POWER, "factor": "grid.cn-fj.co2", "proxy": "本省"}, "co2_only"),
        ({**POWER, "factor": "glue.uf"}, "unknown_factor"),
        ({**POWER, "factor": "adhesive.uf"}, "no_default_factor"),
        ({**POWER, "factor": "heat.cn-fj"}, "no_default_factor"),
        ({**POWER, "factor": "grid.cn.lifecycle@1999.1"}, "unknown_factor"),
        ({**POWER, "unit": "kg"}, "wrong_unit"),
        ({**POWER, "unit": "GJ", "factor": "heat.cn-sh"}, "upstream_missing"),
        ({**POWER, "unit": "GJ", "factor": "fuel.diesel.combustion-gj"}, "upstream_missing"),
        ({**POWER, "unit": "kg", "factor": "packaging.film"}, "mixed_boundary"),
        ({**LORRY, "factor": "freight.sea.container.direct"}, "upstream_missing"),
        ({**LORRY, "factor": "freight.road.electric.heavy"}, "mixed_boundary"),
        ({**FILM, "unit": "卷", "factor": "packaging.tape.opp-roll"}, "mixed_boundary"),
        ({**FILM, "factor": "waste.landfill"}, "mixed_boundary"),
        ({**BURNED, "factor": "fuel.diesel"}, "not_a_residue_fuel"),
        ({**BURNED, "fate": "wasted"}, "upstream_missing"),
    ],
)
def test_a_factor_that_does_not_fit_is_refused(line: dict[str, Any], code: str) -> None:
    assert faults_of(line) == [(code, 2)]


def test_a_marked_proxy_may_end_at_another_boundary() -> None:
    tape = {**FILM, "unit": "卷", "factor": "packaging.tape.opp-roll", "proxy": "按整卷估算"}
    assert faults_of(tape) == []


def test_every_unfit_line_is_named_at_once() -> None:
    assert faults_of(
        {**POWER, "factor": "grid.cn-fj.co2"}, POWER, {**FILM, "factor": "packaging.gold"}
    ) == [("co2_only", 2), ("unknown_factor", 4)]


def test_a_name_that_stands_for_rivals_is_ambiguous() -> None:
    by_subject = {**POWER, "factor": "grid.co2"}
    _, faults = resolve(inventory_of({**HEAD, "lines": [PRODUCT, by_subject]}), LIBRARY)
    assert [fault.code for fault in faults] == ["ambiguous_factor"]
    assert "grid.cn-fj.co2@2023.1" in str(faults[0].values["matches"])


def test_two_figures_for_one_burning_are_ambiguous_until_one_is_named() -> None:
    diesel = list(LIBRARY.about("fuel.diesel"))
    rival = replace(diesel[1], key="fuel.diesel.combustion.co2-measured")
    catalogue = Catalogue([*diesel, rival])
    line = {**POWER, "unit": "kg", "factor": "fuel.diesel"}

    def resolved(name: str) -> tuple[list[str], list[str]]:
        content = {**HEAD, "lines": [PRODUCT, {**line, "factor": name}]}
        found, faults = resolve(inventory_of(content), catalogue)
        return [factor.key for factor in found.parts[1]], [fault.code for fault in faults]

    assert resolved("fuel.diesel") == ([], ["ambiguous_factor"])
    keys, faults = resolved(rival.key)
    assert faults == []
    assert rival.key in keys
    assert diesel[1].key not in keys


def test_pieces_reach_a_factor_through_what_one_of_them_is() -> None:
    sheets = {**FILM, "unit": "张"}
    assert faults_of(sheets) == [("wrong_unit", 2)]
    assert faults_of({**sheets, "each": "0.12", "each_unit": "kg"}) == []
    assert faults_of({**sheets, "each": "2", "each_unit": "m2"}) == [("wrong_unit", 2)]
