"""How sure a footprint is, on what data, and what another choice would make of it."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from puhui.factors.pedigree import spread
from puhui.factors.uncertainty import Term, first_order, simulate
from puhui.footprint.basis import Based, resolve
from puhui.footprint.flows import Flows
from puhui.footprint.interpretation import contributions, judgement
from puhui.footprint.lifecycle import assess, faults_of
from puhui.footprint.marks import marks
from puhui.footprint.quality import rating, scores_of, uncertain
from puhui.footprint.ruleset import BAMBOO_AR5, BAMBOO_AR6
from puhui.footprint.sensitivity import Choice, Variation, variations
from tests.footprint.test_basis import FILM
from tests.footprint.test_inventory import HEAD, LORRY, POWER, PRODUCT
from tests.footprint.test_lifecycle import BOARD, bamboo, residue
from tests.makers.footprint import based, board_json, inventory_of, library

ONE = {**HEAD, "output": "1"}
FUJIAN = library().called("grid.cn-fj.co2")
SUPPLIED = {
    **FILM,
    "factor": "",
    "supplier_kg_per_unit": "2",
    "supplier_document": "声明 7",
    "amount": "10",
}


def of(*lines: dict[str, Any], product: dict[str, Any] = PRODUCT, **head: str) -> Based:
    content = {**ONE, **head, "lines": [product, *lines]}
    found, faults = resolve(inventory_of(content), library(), FUJIAN)
    assert faults == []
    return found


def vary(found: Based) -> dict[Choice, Variation]:
    varied = variations(found, assess(found, BAMBOO_AR6), BAMBOO_AR6)
    return {variation.choice: variation for variation in varied}


def marked(found: Based) -> list[tuple[str, int | None]]:
    varied = variations(found, assess(found, BAMBOO_AR6), BAMBOO_AR6)
    return [(mark.code, mark.row) for mark in marks(found, BAMBOO_AR6, varied)]


def test_a_factor_used_twice_is_drawn_once() -> None:
    sigmas = {"a": Decimal(0), "b": Decimal(0), "grid": Decimal("0.1"), "sea": Decimal("0.1")}
    same = simulate(
        [Term(Decimal(50), "a", "grid"), Term(Decimal(50), "b", "grid")], sigmas, 1, 10_000
    )
    other = simulate(
        [Term(Decimal(50), "a", "grid"), Term(Decimal(50), "b", "sea")], sigmas, 1, 10_000
    )
    alone = simulate([Term(Decimal(100), "a", "grid")], sigmas, 1, 10_000)
    assert same == alone
    # Independent errors partly cancel: the interval is √2 narrower.
    assert Decimal("1.3") < (same.high - same.low) / (other.high - other.low) < Decimal("1.5")


def test_the_draws_agree_with_the_first_order_rule_while_spreads_are_small() -> None:
    terms = [Term(Decimal(70), "a", "x"), Term(Decimal(20), "b", "x"), Term(Decimal(10), "c", "y")]
    sigmas = dict.fromkeys("abcxy", Decimal("0.05"))
    found = simulate(terms, sigmas, 7, 10_000)
    sigma = first_order(terms, sigmas)  # sqrt(0.7² + 0.2² + 0.1² + 0.9² + 0.1²) × 0.05
    assert round(sigma, 4) == Decimal("0.0583")
    sampled = ((found.high / found.low).ln()) / Decimal("3.92")
    assert abs(sampled - sigma) < Decimal("0.002")


def test_the_same_seed_gives_the_same_digits_and_lines_in_any_order_too() -> None:
    lines = [POWER, LORRY, FILM, SUPPLIED]
    found = judgement(of(*lines), assess(of(*lines), BAMBOO_AR6), BAMBOO_AR6)["uncertainty"]
    turned = lines[::-1]
    again = judgement(of(*turned), assess(of(*turned), BAMBOO_AR6), BAMBOO_AR6)["uncertainty"]
    assert found == again
    assert (found["draws"], found["seed"]) == (10_000, 24067)


def test_the_interval_stands_around_the_figure_that_goes_on_the_label() -> None:
    board = based(board_json())
    assessment = assess(board, BAMBOO_AR6)
    found = judgement(board, assessment, BAMBOO_AR6)["uncertainty"]
    low, median, high = (Decimal(found[name]) for name in ("low_kg", "median_kg", "high_kg"))
    assert low < assessment.total.counted < high
    assert low < median < Decimal(found["mean_kg"]) < high


def test_only_what_counts_is_sampled_and_all_of_it() -> None:
    board = based(board_json())
    assessment = assess(board, BAMBOO_AR6)
    terms, sigmas = uncertain(board, assessment)
    assert sum(term.kg for term in terms) == assessment.total.counted
    assert {name for term in terms for name in (term.amount, term.factor)} == set(sigmas)


def test_what_nobody_has_judged_counts_as_the_worst() -> None:
    grid = library().called("grid.cn.lifecycle@2024.1")
    assert grid is not None
    inventory = of(POWER).inventory
    assert scores_of(grid, inventory) == (2, 1, 1, 1, 1)
    late = of(POWER, period_from="2035-01-01", period_to="2035-12-31").inventory
    assert scores_of(grid, late) == (2, 1, 4, 1, 1)  # eleven years later


def test_the_rating_weighs_scores_by_kilograms() -> None:
    even = of({**POWER, "amount": "10", "factor": "", **_supplier("2", "1 1 1 1 1")}, SUPPLIED)
    found = rating(even, assess(even, BAMBOO_AR6))
    # 20 kg all ones; 20 kg of a supplier who says nothing: 3, 5, 5, 1, 1.
    assert [found.indicators[name] for name in ("reliability", "completeness")] == [2, 3]
    assert (found.score, found.unjudged_percent) == (2, 50)


def _supplier(kg: str, pedigree: str) -> dict[str, str]:
    return {"supplier_kg_per_unit": kg, "supplier_document": "声明 8", "pedigree": pedigree}


def test_better_data_make_a_narrower_interval() -> None:
    def width(pedigree: str) -> Decimal:
        found = of({**SUPPLIED, "pedigree": pedigree})
        told = judgement(found, assess(found, BAMBOO_AR6), BAMBOO_AR6)["uncertainty"]
        return Decimal(told["high_kg"]) - Decimal(told["low_kg"])

    assert width("1 1 1 1 1") < width("2 2 2 1 1") < width("55555")


def test_the_provincial_grid_is_told_beside_and_never_counted() -> None:
    found = of({**POWER, "amount": "1000"})
    assert assess(found, BAMBOO_AR6).total.counted == Decimal("577.7")
    varied = vary(found)[Choice.GRID]
    assert (varied.footprint_kg, varied.by) == (Decimal("421.1"), "grid.cn-fj.co2@2023.1")
    assert varied.change_percent == Decimal("-27.11")
    assert Choice.GRID not in vary(of(FILM))


def test_residues_sold_are_told_by_income_beside_dry_mass() -> None:
    # 1 t of board brings 9,000 yuan, 1 t of residue 1,000: nine tenths instead of half.
    power = {**POWER, "amount": "1000"}
    board, sold = {**BOARD, "income_cny": "9000"}, residue("1", "sold", income_cny="1000")
    found = of(bamboo("3.2"), power, sold, product=board)
    by_mass = assess(found, BAMBOO_AR6).total.counted
    varied = vary(found)[Choice.INCOME]
    assert varied.footprint_kg == by_mass * Decimal("1.8")
    assert varied.worth_telling
    assert ("allocation_matters", None) in marked(found)
    share = Flows(found.inventory).share_by_income
    assert share == Fraction(9, 10)
    assert assess(found, BAMBOO_AR6, share).total.counted == varied.footprint_kg
    # The carbon of the bamboo goes where the bamboo goes, whatever was paid for it.
    whole = assess(found, BAMBOO_AR6, share).total
    assert whole.biogenic_removal == assess(found, BAMBOO_AR6).total.biogenic_removal


def test_a_difference_of_less_than_a_tenth_is_not_worth_a_mark() -> None:
    board, sold = {**BOARD, "income_cny": "1050"}, residue("1", "sold", income_cny="950")
    found = of(bamboo("3.2"), POWER, sold, product=board)  # 52.5 % instead of 50 %: 5 % more
    assert not vary(found)[Choice.INCOME].worth_telling
    assert "allocation_matters" not in [code for code, _ in marked(found)]


def test_incomes_that_lack_are_said_to_lack() -> None:
    found = of(bamboo("3.2"), residue("1", "sold", income_cny="1000"), product=BOARD)
    assert Choice.INCOME not in vary(found)
    assert ("income_unknown", None) in marked(found)


def test_the_other_weights_give_what_the_other_ruleset_gives() -> None:
    found = based(board_json())
    other = assess(found, BAMBOO_AR5).total.counted
    assert abs(vary(found)[Choice.GWP].footprint_kg - other) < Decimal("1e-9")


@pytest.mark.parametrize(
    ("line", "mark"),
    [
        ({**LORRY, "factor": "freight.sea.container.direct", "proxy": "船"}, "upstream_missing"),
        ({**LORRY, "factor": "freight.road.electric.heavy", "proxy": "电车"}, "other_boundary"),
        ({**POWER, "factor": "grid.cn.lifecycle@2023.1"}, "grid_year"),
    ],
)
def test_what_the_rules_let_pass_is_marked(line: dict[str, Any], mark: str) -> None:
    assert (mark, 2) in marked(of(line))


def test_a_gap_that_is_named_passes_with_a_mark() -> None:
    lines = [BOARD, bamboo("2")]  # 1.25 t in, 1 t out: a fifth is missing

    def faults(**head: str) -> list[str]:
        content = {**ONE, **head, "lines": lines}
        return [fault.code for fault in faults_of(inventory_of(content), BAMBOO_AR6)]

    assert faults() == ["mass_balance"]
    assert faults(gap_reason="竹梢留在林地") == []
    named = of(bamboo("2"), product=BOARD, gap_reason="竹梢留在林地")
    assert ("gap", None) in marked(named)
    lines[1] = bamboo("1.5")  # less in than out: nothing explains that
    assert faults(gap_reason="竹梢留在林地") == ["mass_balance"]


def test_the_largest_contribution_comes_first() -> None:
    found = assess(of({**FILM, "amount": "1"}, {**POWER, "amount": "1000"}), BAMBOO_AR6)
    assert contributions(found) == [3, 2, 1]


def test_a_proxy_spreads_wider_than_the_thing_itself() -> None:
    itself, standing_in = of(FILM), of({**FILM, "proxy": "以薄膜代替"})
    spreads = [uncertain(found, assess(found, BAMBOO_AR6))[1] for found in (itself, standing_in)]
    one, two = (max(s for name, s in found.items() if "amount" in name) for found in spreads)
    assert one == round(spread((1,)), 12) < two == round(spread((1, 1, 1, 1, 4)), 12)
