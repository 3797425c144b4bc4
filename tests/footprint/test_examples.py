"""The example board: as JSON, as a workbook, and by hand. All three agree to the digit."""

import json
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from puhui.cli import group
from puhui.footprint.basis import resolve
from puhui.footprint.calculation import calculate, recompute
from puhui.footprint.errors import NotACalculation
from puhui.footprint.lifecycle import faults_of
from puhui.footprint.ruleset import BAMBOO_AR6
from puhui.footprint.workbook import read_workbook
from tests.makers.footprint import EXAMPLES, based, board_json, inventory_of, library

FORMS = Path(__file__).parent


def calculation_text() -> str:
    return calculate(based(board_json()), BAMBOO_AR6, {"name_zh": "竹集成材板"}).text


def by_hand() -> dict[str, Decimal]:
    """The figures in bold in the hand calculation, by their name."""
    text = (EXAMPLES / "bamboo-board.md").read_text("utf-8")
    found = re.findall(r"\*\*([a-z_0-9]+) = (-?[\d.]+)\*\*", text)
    return {name: Decimal(value) for name, value in found}


def test_json_workbook_and_hand_agree_to_the_digit() -> None:
    inventory, faults = read_workbook((EXAMPLES / "bamboo-board.xlsx").read_bytes())
    assert inventory is not None, faults
    from_workbook, faults = resolve(inventory, library())
    assert faults == faults_of(inventory, BAMBOO_AR6) == []
    calculation = calculate(from_workbook, BAMBOO_AR6, {"name_zh": "竹集成材板"})
    assert calculation.text == calculation_text()

    result = calculation.assessment
    computed = {str(stage): amounts.counted for stage, amounts in result.stages}
    computed |= {f"line_{i}": line.amounts.counted for i, line in enumerate(result.lines, 1)}
    computed |= {
        "footprint": result.total.counted,
        "fossil": result.total.fossil,
        "biogenic_other": result.total.biogenic_other,
        "biogenic_co2": result.total.biogenic_co2,
        "biogenic_removal": result.total.biogenic_removal,
        "carbon_held": result.carbon_held,
        "allocated_percent": result.allocated_percent,
    }
    hand = by_hand()
    assert {"footprint", "carbon_held", "manufacture", "line_6"} <= set(hand)
    assert {name: computed[name] for name in hand} == hand


def test_the_example_names_only_published_factors() -> None:
    assert len(based(board_json()).factors) == 18
    assert inventory_of(board_json()).output == 1000


def test_a_document_recomputes_to_the_same_bytes() -> None:
    text = calculation_text()
    again = recompute(text)
    assert again.text == text
    assert json.loads(text)["result"]["footprint_kg"] == "283.268244648"


def test_the_command_says_identical_or_where_it_differs(tmp_path) -> None:
    file = tmp_path / "calculation.json"
    file.write_text(calculation_text(), "utf-8")
    run = CliRunner().invoke(group, ["footprint", "recompute", str(file)])
    assert (run.exit_code, "identical" in run.output) == (0, True)

    forged = calculation_text().replace('"footprint_kg":"283.268244648"', '"footprint_kg":"28.3"')
    file.write_text(forged, "utf-8")
    run = CliRunner().invoke(group, ["footprint", "recompute", str(file)])
    assert (run.exit_code, "/result/footprint_kg: 28.3" in run.output) == (1, True)

    file.write_text('{"schema": "puhui.footprint/1"}', "utf-8")
    assert CliRunner().invoke(group, ["footprint", "recompute", str(file)]).exit_code == 2


def test_the_command_assesses_a_workbook_and_an_inventory_alike() -> None:
    runs = [
        CliRunner().invoke(group, ["footprint", "assess", str(EXAMPLES / name)])
        for name in ("bamboo-board.xlsx", "bamboo-board.json")
    ]
    assert runs[0].output == runs[1].output
    assert "283.268244648 kgCO2e/m3" in runs[0].output


def test_a_calculation_of_the_first_form_is_still_what_it_was_called() -> None:
    text = (FORMS / "calculation-1.json").read_text("utf-8")
    again = recompute(text)
    assert again.text == text
    assert again.sha256 == "acba9f146446ee4a9dfc48909d9c7b23f1fe69ee5c804bf3cd06dd4a83c9092c"
    assert "uncertainty" not in json.loads(text)["result"]


def test_a_calculation_whose_factors_break_the_rules_is_none() -> None:
    document = json.loads(calculation_text())
    co2_only = {**document["factors"]["grid.cn.lifecycle@2024.1"], "gases": "CO2"}
    document["factors"]["grid.cn.lifecycle@2024.1"] = co2_only
    with pytest.raises(NotACalculation) as refused:
        recompute(json.dumps(document))
    assert refused.value.details == {"reason": "co2_only"}


def test_the_province_s_grid_travels_with_the_calculation() -> None:
    found = replace(based(board_json()), grid=library().called("grid.cn-fj.co2"))
    text = calculate(found, BAMBOO_AR6, {}).text
    assert recompute(text).text == text
    (grid, _) = json.loads(text)["result"]["sensitivity"]
    # 145.5804 of it is power, at 0.4211 instead of 0.5777.
    assert grid["footprint_kg"] == "243.805044648"


@pytest.mark.parametrize("text", ["[" * 100_000, "{}", '{"ruleset": {"id": []}}', "null", "1e400"])
def test_a_hostile_file_is_no_calculation(text: str, tmp_path) -> None:
    file = tmp_path / "calculation.json"
    file.write_text(text, "utf-8")
    for command in ("recompute", "assess"):
        run = CliRunner().invoke(group, ["footprint", command, str(file)])
        assert run.exit_code in {1, 2}
        assert isinstance(run.exception, SystemExit)
