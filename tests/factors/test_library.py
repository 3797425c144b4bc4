"""The gates that a factor passes before it is believed, and the library that we ship."""

import csv
import re
from decimal import Decimal
from io import StringIO

import pytest

from puhui.factors.factor import PEDIGREE_PARTS, Boundary, Factor, Gases, Geography
from puhui.factors.library import CERTIFICATE, digest_lines, read, version_order
from puhui.factors.missing import missing
from puhui.factors.service import shipped

GOOD = dict(
    zip(
        CERTIFICATE,
        (
            "grid.test",
            "2024.1",
            "grid.test",
            "测试电力",
            "Test electricity",
            "0.5",
            "度",
            "CO2e",
            "life_cycle",
            "false",
            "CN",
            "2024",
            "Somebody, A table of factors, p. 7",
        ),
        strict=True,
    )
)


JUDGED = {
    **GOOD,
    "geography": "country",
    **dict.fromkeys(PEDIGREE_PARTS, "2"),
    "gsd": "1.05",
    "proxy": "",
}


def library(*rows: dict[str, str]) -> str:
    out = StringIO()
    writer = csv.DictWriter(out, list(dict.fromkeys(name for row in rows for name in row)))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def shipped_factors() -> list[Factor]:
    return [row.factor for file, text in shipped() for row in read(file, text)[0]]


def test_a_row_that_passes_becomes_a_factor_in_our_spelling_of_its_unit() -> None:
    rows, faults = read("x.csv", library(GOOD))
    assert faults == []
    factor = rows[0].factor
    assert (factor.citation, factor.kg_per_unit, factor.unit) == (
        "grid.test@2024.1",
        Decimal("0.5"),
        "kWh",
    )


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("key", "Grid Test", "bad_key"),
        ("version", "v1", "bad_version"),
        ("kg_per_unit", "0,5", "bad_value"),
        ("kg_per_unit", "5e-1", "bad_value"),
        ("kg_per_unit", "-14.89", "negative"),
        ("unit", "furlong", "unknown_unit"),
        ("gases", "CO", "bad_gases"),
        ("boundary", "", "bad_boundary"),
        ("biogenic", "maybe", "bad_biogenic"),
        ("region", "Fujian", "bad_region"),
        ("year", "", "bad_year"),
        ("source", "internet", "no_source"),
        ("name_en", "", "no_name"),
    ],
)
def test_a_row_that_fails_a_gate_is_named(field: str, value: str, code: str) -> None:
    rows, faults = read("x.csv", library(GOOD, {**GOOD, "key": "other", field: value}))
    assert [(fault.code, fault.row, fault.field) for fault in faults] == [(code, 3, field)]
    assert len(rows) == 1


def test_what_was_judged_of_the_data_is_carried_and_may_be_left_out() -> None:
    judged, faults = read("x.csv", library(JUDGED))
    plain, _ = read("x.csv", library(GOOD))
    assert faults == []
    assert (judged[0].factor.geography, judged[0].factor.pedigree, judged[0].factor.gsd) == (
        Geography.COUNTRY,
        (2, 2, 2, 2, 2),
        Decimal("1.05"),
    )
    assert (plain[0].factor.geography, plain[0].factor.pedigree) == (None, None)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("geography", "Fujian", "bad_geography"),
        ("temporal", "6", "bad_score"),
        ("temporal", "", "bad_score"),
        ("gsd", "0.9", "bad_gsd"),
        ("proxy", "近似", "bad_proxy"),
    ],
)
def test_a_judgement_that_fails_a_gate_is_named(field: str, value: str, code: str) -> None:
    _, faults = read("x.csv", library(JUDGED, {**JUDGED, "key": "other", field: value}))
    assert [(fault.code, fault.row, fault.field) for fault in faults] == [(code, 3, field)]


def test_columns_in_another_order_or_unknown_are_refused_whole() -> None:
    turned = dict(reversed(GOOD.items()))
    for row in (turned, {**GOOD, "colour": "green"}):
        rows, faults = read("x.csv", library(row))
        assert (rows, [fault.code for fault in faults]) == ([], ["wrong_columns"])


def test_a_library_from_before_judgements_keeps_its_digest() -> None:
    (row,), _ = read("x.csv", library(GOOD))
    assert digest_lines([row.factor]) == (
        "grid.test\t2024.1\tgrid.test\t测试电力\tTest electricity\t0.5\tkWh\tCO2e\tlife_cycle"
        "\tFalse\tCN\t2024\tSomebody, A table of factors, p. 7\n"
    )


def test_every_faulty_row_is_named_at_once() -> None:
    _, faults = read("x.csv", library({**GOOD, "year": "x"}, {**GOOD, "key": "b", "unit": "x"}))
    assert [(fault.row, fault.field) for fault in faults] == [(2, "year"), (3, "unit")]


def test_the_same_key_and_version_twice_in_a_file_is_a_fault() -> None:
    _, faults = read("x.csv", library(GOOD, GOOD))
    assert [(fault.code, fault.values["other"]) for fault in faults] == [("duplicate", 2)]


def test_versions_are_ordered_as_numbers() -> None:
    assert version_order("2024.10") > version_order("2024.9") > version_order("2023.11")


def test_every_shipped_row_passes_and_cites_a_document() -> None:
    for file, text in shipped():
        rows, faults = read(file, text)
        assert faults == [], (file, faults[:3])
        assert rows, file
        for row in rows:
            # A publication has a year, a number or an identifier: a source without a digit is
            # hearsay.
            assert re.search(r"\d", row.factor.source), (file, row.row)


def test_footprint_rows_taken_from_cpcd_name_the_row_there() -> None:
    (footprint,) = [read(file, text)[0] for file, text in shipped() if "footprint" in str(file)]
    cpcd = [
        row.factor
        for row in footprint
        if "CPCD" in row.factor.source and row.factor.key != "grid.cn.lifecycle"
    ]
    assert len(cpcd) > 150
    for factor in cpcd:
        assert re.search(r"CPCD \d{5}[0-9A-Z]{8,9}", factor.source), factor.citation


def test_the_two_kinds_of_electricity_cannot_be_confused() -> None:
    grid = [f for f in shipped_factors() if f.subject.startswith("grid.")]
    for factor in grid:
        if factor.gases is Gases.CO2:
            assert factor.boundary is Boundary.GENERATION, factor.citation
            assert ".co2" in factor.key, factor.citation
        else:
            assert factor.boundary is Boundary.LIFE_CYCLE, factor.citation
            assert ".lifecycle" in factor.key, factor.citation
    assert not {f.subject for f in grid if f.gases is Gases.CO2} & {
        f.subject for f in grid if f.gases is Gases.CO2E
    }


def test_what_has_no_source_is_named_and_nothing_stands_in_unmarked() -> None:
    factors = shipped_factors()
    known = {f.key for f in factors} | {f.subject for f in factors}
    assert {"adhesive.uf", "adhesive.pf", "coating.uv"} <= set(missing())
    assert not known & set(missing())
    for subject, gap in missing().items():
        assert gap.why_zh, subject
        assert gap.why_en, subject
        assert gap.proxy is None or gap.proxy in known, subject
    for factor in factors:
        if factor.key.startswith("proxy."):
            assert factor.proxy, factor.citation


def test_every_region_and_year_of_the_official_grid_factors_is_there() -> None:
    grid = {(f.region, f.year) for f in shipped_factors() if f.subject == "grid.co2"}
    # 30 provinces (none is published for Tibet), 7 regional grids and the nation.
    assert len(grid) == 3 * 38
    kinds = {f.key for f in shipped_factors() if f.year == 2024 and ".lifecycle." in f.key}
    assert {key.rpartition(".")[2] for key in kinds} >= {
        "coal", "gas", "hydro", "nuclear", "wind", "pv", "csp", "biomass", "transmission",
    }  # fmt: skip
