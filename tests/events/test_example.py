"""The example event comes out as `examples/event.md` computes it by hand, to the digit."""

import json
import re
from decimal import Decimal
from math import acos, cos, radians, sin
from pathlib import Path

import pytest
from click.testing import CliRunner

from puhui.cli import group as cli
from puhui.credits.batch import Encumbrance
from puhui.credits.batch import read as read_batches
from puhui.credits.bundle import Lot, choose
from puhui.events.city import gazetteer
from puhui.events.commands import estimate_file
from puhui.events.document import canonical, recompute
from puhui.events.schema.offer import EventOfferDraftSchema

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
BY_HAND = (EXAMPLES / "event.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def computed():
    return estimate_file(EXAMPLES / "event.json")


def table(heading: str) -> list[list[str]]:
    """Return the rows of the table under a heading, without bold marks and the two head lines."""
    part = BY_HAND.split(f"## {heading}", 1)[1].split("\n## ", 1)[0]
    rows = [line for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip(" *") for cell in row.strip("|").split("|")] for row in rows[2:]]


def number(cell: str) -> Decimal:
    return Decimal(re.match(r"[\d.]+", cell)[0])


def test_each_line_of_the_hand_calculation_is_right() -> None:
    *rows, (*_, total) = table("往返交通")
    for _, people, _, circle, one_way, amount, factor, kg in rows[:-1]:
        assert number(amount) == number(one_way) * 2 * number(people)
        assert number(kg) == number(amount) * number(factor)
        assert number(one_way) in {
            number(circle) * Decimal("1.2"),
            number(circle) + 95,
            number(circle) * Decimal("1.5"),
        }
    assert sum(number(row[-1]) for row in rows) == number(total)
    *rest, (*_, others) = table("其他")
    for _, amount, factor, kg in rest:
        assert number(kg) == number(amount) * number(factor)
    assert sum(number(row[-1]) for row in rest) == number(others)


def test_the_distances_are_those_of_another_formula(computed) -> None:
    _, annex = computed
    venue = gazetteer().by_code("350400")
    by_hand = {row[0]: number(row[3]) for row in table("往返交通")[:-1]}
    for leg in annex["legs"]:
        city = gazetteer().by_code(leg["city"])
        a, b = radians(city.latitude), radians(venue.latitude)
        angle = acos(
            sin(a) * sin(b) + cos(a) * cos(b) * cos(radians(city.longitude - venue.longitude))
        )
        assert abs(Decimal(leg["great_circle_km"]) - Decimal(angle * 6371.0088)) <= Decimal("0.05")
        assert Decimal(leg["great_circle_km"]) == by_hand[city.name_zh.removesuffix("市")]


def test_the_computer_agrees_with_the_hand(computed) -> None:
    document, annex = computed
    travel = {row[0]: number(row[5]) for row in table("往返交通")[:-2]}
    legs = {
        gazetteer().by_code(leg["city"]).name_zh.removesuffix("市"): Decimal(leg["amount"])
        for leg in annex["legs"]
    }
    assert legs == travel
    rest = [Decimal(line["kg"]) for line in document["lines"] if line["source"] != "travel"]
    assert sorted(rest) == sorted(number(row[-1]) for row in table("其他")[:-1])
    assert document["sources"]["travel"] == "1719.6038316"
    assert document["total_kg"] == "4853.9982416"
    assert (document["co2_kg"], document["co2e_kg"]) == ("2972.1449536", "1881.853288")
    assert document["need_kg"] == 4854
    assert document["sensitivities"][0]["total_kg"] == "5790.2864336"
    for figure in ("4853.9982416", "2972.1449536", "1881.853288", "5790.2864336", "4854 kg"):
        assert figure in BY_HAND


def test_the_bundle_costs_what_the_hand_says() -> None:
    told = json.loads((EXAMPLES / "event.json").read_text(encoding="utf-8"))
    rows, faults = read_batches((EXAMPLES / "credits.csv").read_text(encoding="utf-8"))
    assert faults == []
    lots = [
        Lot(
            row.draft.batch_id,
            row.draft.kind,
            row.draft.project.county_code,
            row.draft.period_ends,
            row.draft.quantity_kg,
            row.draft.price_fen_per_t,
        )
        for row in rows
        if row.draft.encumbrance is Encumbrance.NONE
    ]
    proposal = choose(4854, lots, EventOfferDraftSchema().load(told["wishes"]))
    assert sorted((line.quantity_kg, line.cost_fen) for line in proposal.lines) == sorted(
        (int(row[2]), int(number(row[4]) * 100)) for row in table("组合")[:-1]
    )
    assert (proposal.total_kg, proposal.total_fen, proposal.surplus_kg) == (4854, 11325, 0)


def test_a_stranger_recomputes_the_document_and_sees_a_changed_digit(computed, tmp_path) -> None:
    document, annex = computed
    assert recompute(document, annex) == []
    file, travel = tmp_path / "estimate.json", tmp_path / "annex.json"
    file.write_text(canonical(document), encoding="utf-8")
    travel.write_text(canonical(annex), encoding="utf-8")
    run = CliRunner().invoke(cli, ["events", "recompute", str(file), "--annex", str(travel)])
    assert run.exit_code == 0, run.output
    assert "4853.9982416 kg" in run.output
    file.write_text(canonical(document).replace('"3200"', '"2300"'), encoding="utf-8")
    run = CliRunner().invoke(cli, ["events", "recompute", str(file)])
    assert run.exit_code == 1
    assert "1347.52 kg, computed 968.53" in run.output


def test_the_command_computes_from_the_file_alone() -> None:
    run = CliRunner().invoke(cli, ["events", "estimate", str(EXAMPLES / "event.json")])
    assert run.exit_code == 0, run.output
    assert "4853.9982416 kg" in run.output


def test_distances_are_computed_again_with_the_annex(computed) -> None:
    document, annex = computed
    moved = json.loads(json.dumps(annex))
    moved["groups"][0]["people"] += 1
    assert recompute(document, moved) == ["annex: another file than the one the document names"]
