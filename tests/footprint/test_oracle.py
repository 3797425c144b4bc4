"""The same system, solved by bw2calc: it must find what we find, to a billionth."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from puhui.footprint.flows import Flows
from puhui.footprint.lifecycle import assess
from puhui.footprint.ruleset import BAMBOO_AR5, BAMBOO_AR6
from puhui.footprint.system import Process, Unsolvable, emitted, footprint_of, solve, system_of
from puhui.footprint.system import weights as weights_of
from tests.footprint.test_basis import BURNED, FILM
from tests.footprint.test_inventory import HEAD, LORRY, POWER, PRODUCT
from tests.makers.brightway import score_of
from tests.makers.footprint import based, board_json

SUPPLIED = {**FILM, "factor": "", "supplier_kg_per_unit": "2", "supplier_document": "声明 7"}
GAS = {**POWER, "unit": "m3", "factor": "fuel.natural-gas"}


@pytest.mark.parametrize("ruleset", [BAMBOO_AR6, BAMBOO_AR5], ids=lambda ruleset: ruleset.gwp)
@pytest.mark.parametrize(
    "content",
    [
        board_json(),
        {**HEAD, "lines": [PRODUCT, POWER, LORRY, FILM, SUPPLIED, GAS, BURNED]},
        {
            **HEAD,
            "output": "0.003",
            "lines": [PRODUCT, *[{**POWER, "name": str(n)} for n in range(60)]],
        },
    ],
    ids=["board", "every kind", "sixty lines"],
)
def test_brightway_finds_the_same_footprint(content: dict[str, Any], ruleset: Any) -> None:
    found = based(content)
    ours = assess(found, ruleset).total.counted
    processes = system_of(found, Flows(found.inventory).share)
    theirs = score_of(processes, weights_of(ruleset), {"product": 1})
    assert theirs == pytest.approx(float(ours), rel=1e-9)
    assert float(footprint_of(found, ruleset)) == pytest.approx(float(ours), rel=1e-9)


AMOUNT = st.fractions("0.01", 100, max_denominator=100)


@settings(max_examples=15)
@given(data=st.data(), count=st.integers(2, 6))
def test_brightway_solves_any_system_as_we_do(data: Any, count: int) -> None:
    # Each process uses less of the others than it makes, so that there is an answer.
    names = [f"process {at}" for at in range(count)]
    processes = []
    for name in names:
        used = data.draw(st.lists(st.sampled_from(names), unique=True, max_size=3))
        uses = {other: data.draw(AMOUNT) / 1000 for other in used if other != name}
        processes.append(Process(name, data.draw(AMOUNT) + 1, uses, {"CO2": data.draw(AMOUNT)}))
    ours = emitted(processes, {names[0]: Fraction(1)})["CO2"]
    theirs = score_of(processes, {"CO2": Fraction(1)}, {names[0]: 1})
    assert theirs == pytest.approx(float(ours), rel=1e-9)


def test_a_system_without_an_answer_is_refused() -> None:
    eats_itself = Process("a", Fraction(1), {"a": Fraction(1)}, {})
    with pytest.raises(Unsolvable):
        solve([eats_itself], {"a": Fraction(1)})
    with pytest.raises(Unsolvable):
        solve([Process("a", Fraction(1), {"nobody": Fraction(1)}, {})], {"a": Fraction(1)})
    with pytest.raises(Unsolvable):
        solve([Process("a", Fraction(1), {}, {})], {"b": Fraction(1)})
