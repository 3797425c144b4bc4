"""Points as other programmes have published them, by name: our rules can say the same.

What a point stands for there in grams differs more than fivefold, which is why it stands for
none here.
"""

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from puhui.rewards.points import Earlier, Measure, Rule, earn
from puhui.rewards.rulebook import shipped

CASES: dict[str, dict[str, Any]] = {
    case["id"]: case
    for case in json.loads(
        Path(__file__).with_name("golden_planting.json").read_text(encoding="utf-8"),
        parse_float=Decimal,
    )
    if case["kind"] == "points"
}
NOTHING_YET = Earlier(0, 0)
(OURS,) = [rule for rule in shipped() if rule.citation == "volunteering@2026.1"]


def points(rule: Rule, quantity: int) -> int:
    return earn(rule, quantity, NOTHING_YET).points


def unlimited(measures: Measure, points_per_unit: int) -> Rule:
    return replace(
        OURS,
        measures=measures,
        points_per_unit=points_per_unit,
        most_per_day=None,
        most_per_year=None,
    )


def test_an_hour_of_volunteering_earns_what_fuzhou_gives() -> None:
    case = CASES["FUZHOU-VOLUNTEER"]
    assert points(OURS, case["inputs"]["hours"]) == case["expected"]["carbon_points"]


def test_steps_earn_whole_points_as_in_wuhan() -> None:
    case = CASES["WUHAN-STEPS"]
    steps_a_point = int(1 / case["inputs"]["points_per_step"])
    whole = case["inputs"]["steps"] // steps_a_point
    assert points(unlimited(Measure.UNIT, 1), whole) == case["expected"]["points"]


def test_a_hundredth_of_the_price_comes_back_as_in_taiwan() -> None:
    case = CASES["TW-GREENPOINT"]
    hundreds = case["inputs"]["price_twd"] // 100
    value = case["expected"]["green_point_value_twd"]
    assert points(unlimited(Measure.YUAN, 1), hundreds) == value


def test_grams_a_point_differ_more_than_fivefold_in_one_programme() -> None:
    grams = {}
    for name in ("LUZHOU-CLEAN", "LUZHOU-BUS", "LUZHOU-OLD"):
        case = CASES[name]
        earned = points(unlimited(Measure.UNIT, case["inputs"]["points"]), 1)
        grams[name] = Decimal(case["inputs"]["g_co2"]) / earned
        off = abs(grams[name] - Decimal(case["expected"]["g_per_point"]))
        assert off <= case["tolerance"]["abs"], name
    assert max(grams.values()) / min(grams.values()) > 5
