"""A product system as a set of linear equations: A s = f, g = B s (Heijungs & Suh 2002).

The second way to the same figure. A footprint is summed line by line; written as processes that
make, use and emit, and solved, it must come out the same. Fractions, so that it does exactly.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from puhui.factors.factor import Factor
from puhui.footprint.basis import Based
from puhui.footprint.flows import Flows, amount_in, supplied
from puhui.footprint.ruleset import Ruleset
from puhui.kernel.unit import unit_called

FlowAmounts = Mapping[str, Fraction]


@dataclass(frozen=True)
class Process:
    """Makes `output` of a product that has its name, out of others, emitting as it does."""

    name: str
    output: Fraction
    uses: FlowAmounts
    """How much of which other processes' products it takes."""
    emits: FlowAmounts
    """What it gives to the environment; below zero what it takes from there."""


class Unsolvable(ValueError):
    """A product that nobody makes is used, or the processes need more than they make."""


def solve(processes: Sequence[Process], demand: FlowAmounts) -> dict[str, Fraction]:
    """Return how many times each process runs so that just the demand is left over.

    Raises:
        Unsolvable: there is no such answer, or more than one.
    """
    names = [process.name for process in processes]
    place = {name: at for at, name in enumerate(names)}
    if len(place) != len(names) or not {*demand} <= {*place}:
        raise Unsolvable(names)
    rows: list[dict[int, Fraction]] = [{} for _ in names]
    for at, process in enumerate(processes):
        if not {*process.uses} <= {*place}:
            raise Unsolvable(process.name)
        rows[at][at] = rows[at].get(at, Fraction(0)) + process.output
        for name, amount in process.uses.items():
            row = rows[place[name]]
            row[at] = row.get(at, Fraction(0)) - amount
    wanted = [Fraction(demand.get(name, 0)) for name in names]
    return dict(zip(names, _eliminated(rows, wanted), strict=True))


def emitted(processes: Sequence[Process], demand: FlowAmounts) -> dict[str, Fraction]:
    """Return everything that meeting the demand gives to the environment.

    Raises:
        Unsolvable: see `solve`.
    """
    times = solve(processes, demand)
    sums: dict[str, Fraction] = {}
    for process in processes:
        for flow, amount in process.emits.items():
            sums[flow] = sums.get(flow, Fraction(0)) + amount * times[process.name]
    return sums


def system_of(based: Based, share: Fraction) -> tuple[Process, ...]:
    """Return an inventory as processes: one for each factor, one for the product that uses them.

    A factor's process makes one unit and emits its gas, weighed by nobody yet; the product's is
    called `product` and bears `share` of what it shares with sold residues.
    """
    inventory = based.inventory
    uses: dict[str, Fraction] = {}
    emits: dict[str, Fraction] = {}
    for line, factors in zip(inventory.lines, based.parts, strict=True):
        borne = share if line.shared else Fraction(1)
        for factor in factors:
            unit = unit_called(factor.unit)
            assert unit is not None, factor
            used = amount_in(line, unit) * borne
            uses[factor.citation] = uses.get(factor.citation, Fraction(0)) + used
        if line.supplier is not None:
            kg = supplied(line) * Fraction(line.supplier.kg_per_unit) * borne
            emits["CO2e"] = emits.get("CO2e", Fraction(0)) + kg
    made = [
        Process(citation, Fraction(1), {}, {_flow(factor): Fraction(factor.kg_per_unit)})
        for citation, factor in based.factors.items()
    ]
    return (*made, Process("product", Fraction(inventory.output), uses, emits))


def weights(ruleset: Ruleset) -> dict[str, Fraction]:
    """Return how much a kilogram of each flow counts; biogenic CO2 goes round: nothing."""
    return {
        "CO2e": Fraction(1),
        "CO2": Fraction(1),
        "CH4": Fraction(ruleset.ch4_fossil),
        "N2O": Fraction(ruleset.n2o),
        "biogenic CO2e": Fraction(1),
        "biogenic CO2": Fraction(0),
        "biogenic CH4": Fraction(ruleset.ch4_biogenic),
        "biogenic N2O": Fraction(ruleset.n2o),
    }


def footprint_of(based: Based, ruleset: Ruleset) -> Fraction:
    """Return the footprint of one declared unit by solving the system of its processes."""
    processes = system_of(based, Flows(based.inventory).share)
    flows = emitted(processes, {"product": Fraction(1)})
    counts = weights(ruleset)
    return sum((counts[flow] * kg for flow, kg in flows.items()), Fraction(0))


def _flow(factor: Factor) -> str:
    return f"biogenic {factor.gases}" if factor.biogenic else str(factor.gases)


def _eliminated(rows: list[dict[int, Fraction]], wanted: list[Fraction]) -> list[Fraction]:
    """Solve by Gauss and Jordan on sparse rows; each unknown's own row is tried first."""
    count = len(rows)
    for column in range(count):
        pivot = next((row for row in range(column, count) if rows[row].get(column)), None)
        if pivot is None:
            raise Unsolvable(column)
        rows[column], rows[pivot] = rows[pivot], rows[column]
        wanted[column], wanted[pivot] = wanted[pivot], wanted[column]
        own = rows[column][column]
        rows[column] = {at: value / own for at, value in rows[column].items() if value}
        wanted[column] /= own
        for row in range(count):
            share = rows[row].get(column)
            if row == column or not share:
                continue
            for at, value in rows[column].items():
                rows[row][at] = rows[row].get(at, Fraction(0)) - share * value
            wanted[row] -= share * wanted[column]
    return wanted
