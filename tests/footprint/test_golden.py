"""Published figures and known traps, each computed through our own rules, by its name.

`golden.json` tells of every case where its figures are from. A rule takes a case's `given` and
returns what `expected` names.
"""

import json
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from puhui.factors.catalogue import Catalogue
from puhui.factors.factor import Boundary, Factor, Gases
from puhui.factors.library import CERTIFICATE
from puhui.factors.library import read as read_library
from puhui.factors.pedigree import geometric_sd, spread
from puhui.factors.uncertainty import interval, lognormal
from puhui.footprint import comparison, yields
from puhui.footprint.basis import resolve
from puhui.footprint.carbon import co2_held, co2_held_by_volume, dry_basis, dry_mass
from puhui.footprint.lifecycle import assess
from puhui.footprint.ruleset import BAMBOO_AR6
from puhui.footprint.system import Process, emitted, solve
from tests.footprint.test_basis import BURNED
from tests.footprint.test_inventory import HEAD, LORRY, POWER, PRODUCT
from tests.makers.footprint import inventory_of, library

CASES = json.loads((Path(__file__).parent / "golden.json").read_text("utf-8"))
ONE = {**HEAD, "output": "1"}
Given = dict[str, Any]


def exact(texts: dict[str, str]) -> dict[str, Fraction]:
    return {name: Fraction(text) for name, text in texts.items()}


def footprint_of(line: dict[str, Any], catalogue: Catalogue | None = None) -> Any:
    """Assess one line, of one declared unit."""
    inventory = inventory_of({**ONE, "lines": [PRODUCT, line]})
    based, faults = resolve(inventory, catalogue or library())
    assert faults == []
    return assess(based, BAMBOO_AR6).lines[1]


def factor_for(kg_per_unit: str, unit: str, boundary: Boundary) -> Catalogue:
    """A library of one factor called `it`."""
    told = (Decimal(kg_per_unit), unit, Gases.CO2E, boundary, False, "CN", 2025, "of this case")
    return Catalogue([Factor("it", "2025.1", "it", "它", "It", *told)])


def system(given: Given) -> Any:
    processes = [
        Process(p["name"], Fraction(p["output"]), exact(p["uses"]), exact(p["emits"]))
        for p in given["processes"]
    ]
    demand = exact(given["demand"])
    return {"scaling": solve(processes, demand), "emits": emitted(processes, demand)}


def of_lognormal(given: Given) -> Any:
    median, sigma = Decimal(given["median"]), Decimal(given["sigma"])
    sample = lognormal("a case", median, sigma, given["seed"], given["draws"])
    found = interval(sample)
    mean = float(np.mean(sample))
    return {"median": found.median, "mean": mean, "p2_5": found.low, "p97_5": found.high}


def pedigree(given: Given) -> Any:
    sigma = spread(given["scores"], Decimal(given["basic"]))
    return {"sigma": sigma, "gsd_squared": geometric_sd(sigma) ** 2}


def held(given: Given) -> Any:
    bamboo = Fraction(given["mass_kg"]) * Fraction(given["bamboo_share"])
    dry = dry_mass(bamboo, dry_basis(Decimal(given["moisture_wet_percent"])))
    fraction = Decimal(given["carbon_fraction"])
    co2 = co2_held(dry, fraction)
    carbon = dry * Fraction(fraction)
    return {"bamboo_kg": bamboo, "dry_kg": dry, "carbon_kg": carbon, "co2_kg": co2}


def held_by_volume(given: Given) -> Any:
    numbers = (Decimal(given[n]) for n in ("density", "moisture_percent", "carbon_fraction"))
    co2 = co2_held_by_volume(Fraction(given["volume_m3"]), *numbers)
    return {"co2_kg": co2}


def net(given: Given) -> Any:
    gross = Fraction(given["gross"])
    fell = Fraction(given["reduction_percent"]) / 100
    return {
        "held_kg": comparison.held_in_net(gross, Fraction(given["net"])),
        "baseline_kg": comparison.baseline(gross, fell),
    }


def reduction(given: Given) -> Any:
    pairs = [[Fraction(number) for number in pair] for pair in given["pairs"]]
    return {"percent": [comparison.reduction(*pair) * 100 for pair in pairs]}


def transferred(given: Given) -> Any:
    diameter = Decimal(given["diameter_cm"])
    return {
        "residue_percent": yields.residue_percent(Decimal(given["transferred_percent"])),
        "board_percent": yields.FLATTENED_BOARD.percent_at(diameter),
        "culm_percent": yields.FLATTENED_CULM.percent_at(diameter),
    }


def strips(given: Given) -> Any:
    return {"carbon": yields.carbon_in_strips(Decimal(given["diameter_cm"]))}


def each(given: Given) -> Any:
    # One board is so much of a cubic metre: the maker says it, and the figures agree.
    piece = Fraction(given["per_piece"]) / Fraction(given["per_m3"])
    board = {
        **POWER,
        "stage": "raw_material",
        "kind": "material",
        "amount": "1",
        "unit": "块",
        "each": f"{float(piece):.12f}",
        "each_unit": "m3",
        "factor": "it",
    }
    found = footprint_of(board, factor_for(given["per_m3"], "m3", Boundary.CRADLE_TO_GATE))
    assert abs(found.amounts.counted - Decimal(given["per_piece"])) < Decimal("1e-8")
    return {"piece_m3": piece}


def netted(given: Given) -> Any:
    row = dict.fromkeys(CERTIFICATE, "x") | {"kg_per_unit": given["kg_per_unit"]}
    text = ",".join(row) + "\n" + ",".join(row.values()) + "\n"
    _, faults = read_library("a case", text)
    return {"refused": next(f.code for f in faults if f.field == "kg_per_unit")}


def of_factor(given: Given) -> Any:
    kg = []
    for name in given["factors"]:
        line = {**POWER, "amount": given["amount"], "unit": given["unit"], "factor": name}
        inventory = inventory_of({**ONE, "lines": [PRODUCT, line]})
        based, faults = resolve(inventory, library())
        assert bool(faults) is not given["fits"]
        if given["fits"]:
            kg.append(assess(based, BAMBOO_AR6).total.counted)
        else:
            assert [fault.code for fault in faults] == ["co2_only"]
            factor = library().called(name)
            assert factor is not None
            kg.append(factor.kg_per_unit * Decimal(given["amount"]))
    return {"kg": kg}


def understated(given: Given) -> Any:
    taken, right = (library().called(given[which]) for which in ("taken", "right"))
    assert taken is not None
    assert right is not None
    part = comparison.reduction(Fraction(right.kg_per_unit), Fraction(taken.kg_per_unit))
    line = {**POWER, "factor": given["taken"]}
    _, faults = resolve(inventory_of({**ONE, "lines": [PRODUCT, line]}), library())
    assert [fault.code for fault in faults] == ["co2_only"]
    return {"percent": part * 100}


def fuel(given: Given) -> Any:
    # Tonnes of fuel reach a factor by heat through the heating value that the maker states.
    per_gj = Fraction(given["co2_kg_per_tj"]) / 1000
    line = {**POWER, "amount": given["tonnes"], "unit": "t", "factor": "it"}
    line |= {"each": given["ncv_gj_per_t"], "each_unit": "GJ"}
    by_heat = factor_for(f"{float(per_gj):g}", "GJ", Boundary.LIFE_CYCLE)
    kg = footprint_of(line, by_heat).amounts.counted
    if "factor" in given:
        shipped = library().called(given["factor"])
        assert shipped is not None
        assert shipped.kg_per_unit * 1000 == kg
    return {"kg": kg}


def whole_fuel(given: Given) -> Any:
    line = {**POWER, "amount": given["amount"], "unit": given["unit"], "factor": given["factor"]}
    found = footprint_of(line)
    return {"kg": found.amounts.counted, "parts": [part.kg for part in found.parts]}


def burned(given: Given) -> Any:
    line = {**BURNED, "amount": given["tonnes"], "factor": given["factor"]}
    found = footprint_of(line)
    about = {f.gases: f for f in library().about(given["factor"]) if f.gases is not Gases.CO2E}
    kg = Decimal(given["tonnes"]) * 1000
    return {
        "biogenic_co2_kg": found.amounts.biogenic_co2,
        "ch4_kg": about[Gases.CH4].kg_per_unit * kg,
        "n2o_kg": about[Gases.N2O].kg_per_unit * kg,
        "counted_kg": found.amounts.counted,
    }


def freight(given: Given) -> Any:
    line = {**LORRY, "amount": given["tonnes"], "distance_km": given["km"]}
    line |= {"factor": given["factor"], "proxy": "按此计"}
    return {"kg": footprint_of(line).amounts.counted}


def compare(given: Given) -> Any:
    told = [
        comparison.Told(Decimal(kg), unit, boundary)
        for kg, unit, boundary in (given["mine"], given["other"])
    ]
    try:
        comparison.difference(*told)
    except comparison.NotAlike:
        return {"refused": True}
    return {"refused": False}


def reduction_label(given: Given) -> Any:
    before, after = Fraction(given["baseline"]), Fraction(given["new"])
    return {"earned": comparison.earns_reduction(before, after, given["years"])}


RULES: dict[str, Callable[[Given], Any]] = {
    "system": system,
    "lognormal": of_lognormal,
    "pedigree": pedigree,
    "held": held,
    "held_by_volume": held_by_volume,
    "net": net,
    "reduction": reduction,
    "yield": transferred,
    "strips": strips,
    "each": each,
    "netted": netted,
    "factor": of_factor,
    "understated": understated,
    "fuel": fuel,
    "whole_fuel": whole_fuel,
    "burned": burned,
    "freight": freight,
    "compare": compare,
    "reduction_label": reduction_label,
}


def near(found: Any, expected: Any, within: dict[str, str]) -> bool:
    if isinstance(expected, dict):
        return found.keys() == expected.keys() and all(
            near(found[name], value, _of(within, name)) for name, value in expected.items()
        )
    if isinstance(expected, list):
        return len(found) == len(expected) and all(
            near(one, two, within) for one, two in zip(found, expected, strict=True)
        )
    if isinstance(expected, bool) or "note" in within or "exact" in within:
        return bool(found == expected)
    gap = abs(Fraction(found) - Fraction(expected))
    return gap <= Fraction(within.get("abs", 0)) + abs(Fraction(expected)) * Fraction(
        within.get("rel", 0)
    )


def _of(within: dict[str, str], name: str) -> dict[str, str]:
    """A case may give each of its figures a tolerance of its own: `held_abs` is of `held_kg`."""
    own = {"held_kg": "stored_abs", "baseline_kg": "baseline_abs"}.get(name)
    return {"abs": within[own]} if own in within else within


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_published_figure_comes_out(case: dict[str, Any]) -> None:
    found = RULES[case["rule"]](case["given"])
    assert near(found, case["expected"], case["within"]), found


def test_carbon_by_wet_basis_would_be_less() -> None:
    # The mistake that the case of EN 16449 warns of: 700 kg × (1 − 12 %) instead of ÷ 1.12.
    right = co2_held_by_volume(Fraction(1), Decimal(700), Decimal(12), Decimal("0.5"))
    wrong = co2_held(Fraction(700) * Fraction(88, 100), Decimal("0.5"))
    assert (round(right, 2), round(wrong, 2)) == (Fraction("1145.83"), Fraction("1129.33"))
