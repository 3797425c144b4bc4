"""Assessments beside bare sums and bw2calc; Monte Carlo beside bare numpy; tenfold growth."""

from decimal import Decimal
from typing import Any

import numpy as np

from puhui.factors.uncertainty import simulate
from puhui.footprint.basis import Based
from puhui.footprint.calculation import calculate
from puhui.footprint.flows import Flows
from puhui.footprint.lifecycle import COUNTED, assess
from puhui.footprint.quality import uncertain
from puhui.footprint.ruleset import BAMBOO_AR6
from puhui.footprint.system import system_of, weights
from puhui.kernel.quantity import EXACT
from puhui.settings import Settings
from tests.bench.race import Result, Runner, Step, race
from tests.makers.brightway import score_of
from tests.makers.footprint import based, board_json

LINES = (60, 600)
DRAWS = 10_000


def races(_: Settings) -> list[Result]:
    """Run the races of the engine, each at two sizes."""
    found = []
    for count in LINES:
        inventory = based(board_of(count))
        found += assessments(inventory, count) + sampling(inventory, count)
    return found


def board_of(count: int) -> dict[str, Any]:
    """Return the example board with so many lines: its own, then its purchases again and again."""
    content = board_json()
    lines: Any = content["lines"]
    matter = [line for line in lines if line["kind"] in {"bamboo", "residue", "product"}]
    bought = [line for line in lines if line not in matter]
    more = [{**bought[at % len(bought)], "name": f"{at}"} for at in range(count - len(matter))]
    return {**content, "lines": [*matter, *more]}


def assessments(inventory: Based, count: int) -> list[Result]:
    """From resolved lines to a footprint."""
    assessment = assess(inventory, BAMBOO_AR6)
    parts = [part for line in assessment.lines for part in line.parts if part.column in COUNTED]
    pairs = [(part.kg, Decimal(7)) for part in parts]
    processes = system_of(inventory, Flows(inventory.inventory).share)
    counts = weights(BAMBOO_AR6)

    def bare(_: int) -> Step:
        def step() -> Decimal:
            total = Decimal(0)
            for amount, factor in pairs:
                total = EXACT.add(total, EXACT.multiply(amount, factor))
            return total

        return step

    return race(
        f"assessment of {count} lines",
        [
            Runner("bare sum of products, Decimal (floor)", bare),
            Runner("lifecycle.assess", lambda _: lambda: assess(inventory, BAMBOO_AR6)),
            Runner(
                "calculation with 10,000 draws, document and hash",
                lambda _: lambda: calculate(inventory, BAMBOO_AR6, {}).sha256,
            ),
            Runner(
                "bw2calc 3.1, the same system, no draws",
                lambda _: lambda: score_of(processes, counts, {"product": 1}),
            ),
        ],
        clients=(1,),
        rounds=3,
        seconds=0.6,
    )


def sampling(inventory: Based, count: int) -> list[Result]:
    """10,000 draws of a footprint."""
    terms, sigmas = uncertain(inventory, assess(inventory, BAMBOO_AR6))
    amounts = len({term.amount for term in terms})
    factors = len({term.factor for term in terms})
    kg = np.random.default_rng(1).random((amounts, factors))

    def bare(_: int) -> Step:
        generator = np.random.default_rng(1)

        def step() -> Any:
            drawn = generator.lognormal(0, 0.1, (factors, DRAWS))
            by_amount = kg @ drawn
            by_amount *= generator.lognormal(0, 0.1, (amounts, DRAWS))
            return np.quantile(by_amount.sum(axis=0), (0.025, 0.5, 0.975))

        return step

    return race(
        f"10,000 draws over {count} lines",
        [
            Runner("bare numpy (floor)", bare),
            Runner("uncertainty.simulate", lambda _: lambda: simulate(terms, sigmas, 1, DRAWS)),
        ],
        clients=(1,),
        rounds=3,
        seconds=0.6,
    )
