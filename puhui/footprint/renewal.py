"""What a new release of factors makes of a footprint that a label shows.

A footprint is a sum in which each factor stands once, so a newer figure of the same kind moves
its part of the sum in proportion; nothing is assessed anew, and ten thousand labels are looked
through in seconds. What cannot be compared in that way is said to need a person.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from puhui.factors.catalogue import Catalogue
from puhui.factors.factor import Factor
from puhui.footprint.basis import GRID
from puhui.footprint.label import shown
from puhui.footprint.lifecycle import COUNTED
from puhui.footprint.validity import Ground, Policy, is_moved, is_worse
from puhui.kernel.quantity import EXACT
from puhui.kernel.text import N_


class Outcome(StrEnum):
    """What becomes of a label."""

    HOLDS = "holds"
    RENEW = "renew"
    UNCLEAR = "unclear"


OUTCOME_WORDS = {
    Outcome.HOLDS: N_("继续有效"),
    Outcome.RENEW: N_("须重新核查"),
    Outcome.UNCLEAR: N_("须人工核对"),
}


@dataclass(frozen=True)
class Judged:
    """What became of one label, and why."""

    outcome: Outcome
    is_kg: Decimal | None
    """The result with the newest factors, kg CO2e a declared unit; None if it has none."""
    ground: Ground | None = None
    detail: str = ""


def newer(citations: frozenset[str], catalogue: Catalogue) -> Mapping[str, Factor | None]:
    """Return for each citation that is out of date what stands in its place, None for nothing.

    A withdrawn version that has a successor is out of date too: see `judge`.
    """
    found: dict[str, Factor | None] = {}
    for citation in citations:
        latest = catalogue.called(citation.partition("@")[0])
        if latest is None or latest.citation != citation:
            found[citation] = latest
    return found


def judge(
    document: Mapping[str, Any],
    was_kg: Decimal,
    replaced: Mapping[str, Factor | None],
    withdrawn: frozenset[str],
    policy: Policy,
) -> Judged:
    """Return what becomes of the label of a calculation.

    `replaced` are its outdated factors with the newest of their keys, `withdrawn` those that no
    label may rest on any more.
    """
    gone = sorted(withdrawn & document["factors"].keys())
    mine = {name: factor for name, factor in replaced.items() if name in document["factors"]}
    strange = sorted(name for name, factor in mine.items() if not _alike(document, name, factor))
    is_kg = None if strange else moved(document, was_kg, mine)
    if gone:
        return Judged(Outcome.RENEW, is_kg, Ground.FACTOR, ", ".join(gone))
    if is_kg is None:
        return Judged(Outcome.UNCLEAR, None, None, ", ".join(strange))
    grid = {name: factor for name, factor in mine.items() if factor and factor.subject == GRID}
    by_grid = moved(document, was_kg, grid)
    if is_moved(policy, was_kg, by_grid):
        return Judged(Outcome.RENEW, is_kg, Ground.ELECTRICITY, _change(was_kg, by_grid))
    if is_worse(policy, was_kg, is_kg):
        return Judged(Outcome.RENEW, is_kg, Ground.WORSE, _change(was_kg, is_kg))
    return Judged(Outcome.HOLDS, is_kg)


def moved(
    document: Mapping[str, Any], was_kg: Decimal, replaced: Mapping[str, Factor | None]
) -> Decimal:
    """Return the footprint with some factors replaced by others of the same kind."""
    total = was_kg
    counted = {str(column) for column in COUNTED}
    for line in document["result"]["lines"]:
        for part in line["parts"]:
            factor = replaced.get(part["basis"])
            if factor is None or part["column"] not in counted:
                continue
            was = Decimal(document["factors"][part["basis"]]["kg_per_unit"])
            more = EXACT.multiply(Decimal(part["kg"]), EXACT.subtract(factor.kg_per_unit, was))
            total = EXACT.add(total, EXACT.divide(more, was))
    return total.quantize(Decimal("1e-12"), context=EXACT)


def _alike(document: Mapping[str, Any], citation: str, factor: Factor | None) -> bool:
    """Whether the newer factor measures the same thing in the same way."""
    was = document["factors"][citation]
    if factor is None or Decimal(was["kg_per_unit"]) == 0:
        return False
    said = (was["unit"], was["gases"], was["boundary"], was["biogenic"])
    return said == (factor.unit, str(factor.gases), str(factor.boundary), factor.biogenic)


def _change(was_kg: Decimal, is_kg: Decimal) -> str:
    return f"{shown(was_kg)} → {shown(is_kg)} kgCO2e"
