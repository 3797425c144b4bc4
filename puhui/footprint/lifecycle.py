"""The footprint of a product by life-cycle stage.

Everything is computed in exact fractions and rounded once, each line's part at a billionth of a
milligram; sums are sums of what was rounded, so the parts always make the whole. Carbon that the
product holds is told apart and never subtracted.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import reduce

from puhui.factors.factor import Factor, Gases
from puhui.footprint.basis import Based
from puhui.footprint.carbon import co2_held, dry_mass
from puhui.footprint.flows import (
    Flows,
    amount_in,
    exactly,
    mass_kg,
    rounded,
    rounded_product,
    supplied,
)
from puhui.footprint.inventory import Fate, Inventory, Kind, Line, Reach, Stage
from puhui.footprint.ruleset import Ruleset
from puhui.kernel.errors import Fault
from puhui.kernel.quantity import EXACT, plain
from puhui.kernel.text import N_
from puhui.kernel.unit import unit_called

AIRCRAFT = "freight.air"
_ONE = Fraction(1)


class Column(StrEnum):
    """Where a kilogram is reported (ISO 14067, 7.2). The first four count; the rest stand apart."""

    FOSSIL = "fossil"
    BIOGENIC_OTHER = "biogenic_other"
    """CH4 and N2O of biogenic origin."""
    LAND_USE = "land_use"
    AIRCRAFT = "aircraft"
    BIOGENIC_CO2 = "biogenic_co2"
    BIOGENIC_REMOVAL = "biogenic_removal"
    """CO2 that the bamboo took out of the air; below zero."""


COUNTED = (Column.FOSSIL, Column.BIOGENIC_OTHER, Column.LAND_USE, Column.AIRCRAFT)


@dataclass(frozen=True)
class Amounts:
    """Kilograms of CO2e for one declared unit, by column."""

    fossil: Decimal = Decimal(0)
    biogenic_other: Decimal = Decimal(0)
    land_use: Decimal = Decimal(0)
    aircraft: Decimal = Decimal(0)
    biogenic_co2: Decimal = Decimal(0)
    biogenic_removal: Decimal = Decimal(0)

    @property
    def counted(self) -> Decimal:
        """What the footprint is: everything but biogenic CO2, which goes round."""
        return _sum(getattr(self, column) for column in COUNTED)

    def __add__(self, other: "Amounts") -> "Amounts":
        pairs = ((getattr(self, f.name), getattr(other, f.name)) for f in fields(self))
        return Amounts(*(EXACT.add(mine, yours) for mine, yours in pairs))


@dataclass(frozen=True)
class Part:
    """What one factor, or a supplier's figure, makes of a line."""

    basis: str
    """A factor's citation, `supplier`, or `ruleset` for carbon that the rules themselves move."""
    column: Column
    kg: Decimal


@dataclass(frozen=True)
class LineResult:
    """A line of the inventory with its parts."""

    row: int
    stage: Stage
    kind: Kind
    name: str
    basis: str
    """`factor`, `supplier`, `proxy` or `none`."""
    parts: tuple[Part, ...]

    @property
    def amounts(self) -> Amounts:
        """The parts by column."""
        return _collect(self.parts)


@dataclass(frozen=True)
class Balance:
    """Oven-dry bamboo in and out, in kilograms over the whole period."""

    bamboo_in: Decimal
    product: Decimal
    burned: Decimal
    sold: Decimal
    wasted: Decimal
    gap_percent: Decimal


@dataclass(frozen=True)
class Assessment:
    """The footprint of one declared unit."""

    lines: tuple[LineResult, ...]
    stages: tuple[tuple[Stage, Amounts], ...]
    total: Amounts
    carbon_held: Decimal
    """kg CO2 whose carbon one declared unit holds; not part of any total."""
    product_mass_kg: Decimal
    allocated_percent: Decimal
    """Share of the common stages that the product bears; the rest goes with sold residues."""
    primary_percent: Decimal
    proxy_percent: Decimal
    balance: Balance

    def share_percent(self, line: LineResult) -> Decimal:
        """Return how much of the footprint a line is, in per cent to one place."""
        return _percent(line.amounts.counted, self.total.counted)


def faults_of(inventory: Inventory, ruleset: Ruleset) -> list[Fault]:
    """Return what keeps the inventory from being computed: a mass balance that does not close."""
    flows = Flows(inventory)
    if flows.bamboo_in == 0 and flows.bamboo_out == 0:
        return []
    if flows.bamboo_in == 0:
        return [Fault("no_bamboo_in", N_("产出含竹材，但没有“投入竹材”行"), field="lines")]
    if flows.gap <= Fraction(ruleset.widest_gap):
        return []
    if inventory.gap_reason is not None and flows.bamboo_in > flows.bamboo_out:
        # What went missing has been named; what was never put in cannot come out.
        return []
    return [
        Fault(
            "mass_balance",
            N_(
                "竹材物料不平衡：绝干投入 %(into)s kg，绝干产出与剩余物 %(out)s kg，"
                "相差 %(gap)s%%，超过 %(most)s%%；投入多于产出的，可在“物料缺口说明”中写明去向"
            ),
            field="lines",
            values={
                "into": plain(rounded(flows.bamboo_in, 3)),
                "out": plain(rounded(flows.bamboo_out, 3)),
                "gap": plain(rounded(flows.gap * 100, 2)),
                "most": plain(ruleset.widest_gap * 100),
            },
        )
    ]


def assess(based: Based, ruleset: Ruleset, share: Fraction | None = None) -> Assessment:
    """Return the footprint of one declared unit. The inventory has passed `faults_of`.

    `share` is the product's part of what it shares with sold residues, by oven-dry mass unless
    given. Carbon always goes where the matter goes, whatever the share (EN 16485).
    """
    inventory = based.inventory
    flows = Flows(inventory)
    borne = flows.share if share is None else share
    one = 1 / Fraction(inventory.output)
    # What a line's kilograms are multiplied with, and its carbon: shared with residues or alone.
    shares = {True: (borne * one, flows.share * one), False: (one, one)}
    lines = tuple(
        _line(line, parts, *shares[line.shared], ruleset)
        for line, parts in zip(inventory.lines, based.parts, strict=True)
    )
    lines += tuple(_end_of_life(inventory, ruleset))
    held = co2_held(flows.bamboo_product, ruleset.bamboo_carbon) / Fraction(inventory.output)
    stages = tuple(
        (stage, amounts)
        for stage in Stage
        if (found := [line for line in lines if line.stage is stage])
        for amounts in [_collect(part for line in found for part in line.parts)]
    )
    total = _collect(part for line in lines for part in line.parts)
    return Assessment(
        lines=lines,
        stages=stages,
        total=total,
        carbon_held=rounded(held),
        product_mass_kg=rounded(flows.product_mass / Fraction(inventory.output), 6),
        allocated_percent=rounded(borne * 100, 4),
        primary_percent=_percent(_counted(lines, "supplier"), total.counted),
        proxy_percent=_percent(_counted(lines, "proxy"), total.counted),
        balance=Balance(
            bamboo_in=rounded(flows.bamboo_in, 6),
            product=rounded(flows.bamboo_product, 6),
            burned=rounded(flows.residue[Fate.BURNED], 6),
            sold=rounded(flows.residue[Fate.SOLD], 6),
            wasted=rounded(flows.residue[Fate.WASTED], 6),
            gap_percent=rounded(flows.gap * 100, 4),
        ),
    )


def _line(
    line: Line,
    factors: Sequence[Factor],
    per_unit: Fraction,
    carried: Fraction,
    ruleset: Ruleset,
) -> LineResult:
    parts = []
    for factor in factors:
        column = column_of(factor)
        unit = unit_called(factor.unit)
        assert unit is not None, factor
        kg = rounded_product(
            amount_in(line, unit),
            exactly(factor.kg_per_unit),
            weight_of(factor, ruleset),
            carried if column is Column.BIOGENIC_CO2 else per_unit,
        )
        parts.append(Part(factor.citation, column, kg))
    if line.supplier is not None:
        column = Column.LAND_USE if line.kind is Kind.LAND_USE else Column.FOSSIL
        figure = Fraction(line.supplier.kg_per_unit)
        parts.append(Part("supplier", column, rounded_product(supplied(line), figure, per_unit)))
    if line.kind in {Kind.BAMBOO, Kind.RESIDUE, Kind.PRODUCT}:
        parts += _biogenic(line, carried, ruleset)
    if line.supplier is not None:
        basis = "supplier"
    elif line.proxy is not None:
        basis = "proxy"
    else:
        basis = "factor" if factors else "none"
    return LineResult(line.row, line.stage, line.kind, line.name, basis, tuple(parts))


def column_of(factor: Factor) -> Column:
    """Return where the kilograms that a factor gives are reported."""
    if factor.biogenic:
        return Column.BIOGENIC_CO2 if factor.gases is Gases.CO2 else Column.BIOGENIC_OTHER
    return Column.AIRCRAFT if factor.subject.startswith(AIRCRAFT) else Column.FOSSIL


def weight_of(factor: Factor, ruleset: Ruleset) -> Fraction:
    """Return how many kilograms of CO2e a kilogram of what the factor counts is."""
    if factor.gases is Gases.CH4:
        return exactly(ruleset.ch4_biogenic if factor.biogenic else ruleset.ch4_fossil)
    return exactly(ruleset.n2o) if factor.gases is Gases.N2O else _ONE


def _biogenic(line: Line, per_unit: Fraction, ruleset: Ruleset) -> list[Part]:
    """Return the CO2 that bamboo takes up, and what rotting residue gives back.

    Burning has a factor of its own; what is sold takes its carbon along.
    """
    assert line.moisture_percent is not None, line
    dry = dry_mass(mass_kg(line), line.moisture_percent)
    content = co2_held(dry, ruleset.bamboo_carbon)
    if line.kind is Kind.BAMBOO:
        return [Part("ruleset", Column.BIOGENIC_REMOVAL, rounded(-content * per_unit))]
    if line.fate is Fate.WASTED:
        return [Part("ruleset", Column.BIOGENIC_CO2, rounded(content * per_unit))]
    return []


def _end_of_life(inventory: Inventory, ruleset: Ruleset) -> Iterator[LineResult]:
    """Return, for a whole life, the carbon that the product gives back when it is done with."""
    if inventory.reach is not Reach.CRADLE_TO_GRAVE:
        return
    for line in inventory.lines:
        if line.kind is not Kind.PRODUCT or not line.bamboo_percent:
            continue
        assert line.moisture_percent is not None, line
        dry = dry_mass(mass_kg(line), line.moisture_percent) * Fraction(line.bamboo_percent) / 100
        kg = rounded(co2_held(dry, ruleset.bamboo_carbon) / Fraction(inventory.output))
        part = Part("ruleset", Column.BIOGENIC_CO2, kg)
        yield LineResult(line.row, Stage.END_OF_LIFE, line.kind, line.name, "none", (part,))


def _collect(parts: Iterable[Part]) -> Amounts:
    sums: dict[str, Decimal] = {}
    for part in parts:
        before = sums.get(part.column)
        sums[part.column] = part.kg if before is None else EXACT.add(before, part.kg)
    return Amounts(**sums)


def _counted(lines: Iterable[LineResult], basis: str) -> Decimal:
    return _sum(line.amounts.counted for line in lines if line.basis == basis)


def _sum(numbers: Iterable[Decimal]) -> Decimal:
    return reduce(EXACT.add, numbers, Decimal(0))


def _percent(part: Decimal, whole: Decimal) -> Decimal:
    if whole == 0:
        return Decimal(0)
    return rounded(Fraction(part) / Fraction(whole) * 100, 1)
