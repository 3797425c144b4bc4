"""Prices on record come out as published, by name; money in whole fen."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from puhui.credits.bundle import KG_PER_TONNE, Lot, Proposal, choose
from puhui.credits.kind import RULES, Kind

CASES: dict[str, dict[str, Any]] = {
    case["id"]: case
    for case in json.loads(
        Path(__file__).with_name("golden_prices.json").read_text(encoding="utf-8"),
        parse_float=Decimal,
    )
}
FEN_PER_YUAN = 100


def bought(kind: Kind, *lots: tuple[int, int], need_kg: int = 0) -> Proposal:
    """Buy lots of (kilograms, fen per tonne): all of them, or what the need asks for."""
    offered = [
        Lot(UUID(int=number), kind, "350428", date(2020, 12, 31), quantity_kg, price_fen)
        for number, (quantity_kg, price_fen) in enumerate(lots, start=1)
    ]
    return choose(need_kg or sum(lot.available_kg for lot in offered), offered)


def test_the_first_tickets_of_sanming_cost_what_was_paid() -> None:
    case = CASES["SANMING-0000001"]
    lots = [
        (tonnes * KG_PER_TONNE, yuan * FEN_PER_YUAN)
        for tonnes, yuan in zip(case["inputs"]["tonnes"], case["inputs"]["cny_per_t"], strict=True)
    ]
    bundle = bought(Kind.FOREST_TICKET, *lots)
    costs = {line.batch_id.int: line.cost_fen // FEN_PER_YUAN for line in bundle.lines}
    assert [costs[number] for number in sorted(costs)] == case["expected"]["cny"]
    assert bundle.total_fen == case["expected"]["total_cny"] * FEN_PER_YUAN
    assert bundle.total_kg == case["expected"]["total_t"] * KG_PER_TONNE


def test_one_yuan_buys_one_granule_of_one_yuan_credits() -> None:
    case = CASES["YIYUAN-PRICE"]
    granule = RULES[Kind.ONE_YUAN].granularity_kg
    assert granule == case["expected"]["kg_co2"]
    price_fen = case["expected"]["cny_per_t"] * FEN_PER_YUAN
    bundle = bought(Kind.ONE_YUAN, (1000 * granule, price_fen), need_kg=1)
    assert (bundle.total_kg, bundle.total_fen) == (granule, case["inputs"]["cny"] * FEN_PER_YUAN)


@pytest.mark.parametrize(
    ("name", "tonnes", "yuan"),
    [("SEED-AVG-SANMING", 107_000, 1_500_000), ("BJ-MAAS-PRICE", 24_000, 1_200_000)],
)
def test_what_was_sold_at_its_average_price_costs_what_was_taken(
    name: str, tonnes: int, yuan: int
) -> None:
    case = CASES[name]
    told = {
        k.removesuffix("_10k"): v * (10_000 if k.endswith("_10k") else 1)
        for k, v in case["inputs"].items()
    }
    assert (told["t"], told["cny"]) == (tonnes, yuan)
    price_fen = int(Decimal(str(case["expected"]["cny_per_t"])) * FEN_PER_YUAN)
    bundle = bought(Kind.FOREST_TICKET, (tonnes * KG_PER_TONNE, price_fen))
    off = abs(Decimal(bundle.total_fen) / FEN_PER_YUAN / tonnes - Decimal(yuan) / tonnes)
    assert off <= case["tolerance"]["abs"]


def test_a_village_of_single_trees_is_paid_what_it_was() -> None:
    case = CASES["GZ-SINGLE-TREE"]
    told = case["inputs"]
    # The scheme sells years of trees; the smallest unit of the kind stands for one, by price alone.
    per_household = (told["trees_each"], told["cny_per_tree_yr"] * FEN_PER_YUAN * KG_PER_TONNE)
    bundle = bought(Kind.SINGLE_TREE, *[per_household] * told["households"])
    assert len(bundle.lines) == told["households"]
    assert bundle.total_fen == case["expected"]["cny_per_yr"] * FEN_PER_YUAN
