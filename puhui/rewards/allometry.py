"""What a living tree may have taken out of the air: information, in a book of its own.

Each equation is rows of data with species, source and the diameters it was made for. An estimate
is a range over every published equation made for the species that fits; where none fits there is
none. An equation made for no species in particular is a `proxy`: shown beside the others, never
counted. Equations of whole stands (biomass = a × volume + b) give 19 t a hectare for no trees at
all and are not read. Nothing here can be exchanged for anything.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cache
from importlib.resources import files

from puhui.kernel.errors import Fault, Invalid
from puhui.kernel.quantity import EXACT, Co2e
from puhui.kernel.text import N_
from puhui.rewards.species import Form, catalogue

BREAST_HEIGHT_M = Decimal("1.3")
CO2_PER_CARBON = EXACT.divide(Decimal(44), Decimal(12))
ROOTS_PER_SHOOT = Decimal("0.230")
"""IPCC 2019 Refinement, Table 4.4: subtropical humid, Asia, above-ground up to 125 t/ha."""


class Shape(StrEnum):
    """How an equation reads diameter D (cm) and height H (m)."""

    POWER = "power"
    """a × D^b × H^c"""
    D2H = "d2h"
    """a × (D²H)^b"""
    D2H_LINE = "d2h_line"
    """a × D²H + b, for the diameters it was made for and no smaller"""


class Part(StrEnum):
    """Which part of a tree a row gives."""

    ABOVE = "above"
    STEM = "stem"
    BARK = "bark"
    BRANCH = "branch"
    LEAF = "leaf"
    BELOW = "below"
    ROOT = "root"
    WHOLE = "whole"

    @property
    def is_below(self) -> bool:
        """Whether it is below ground."""
        return self in {Part.BELOW, Part.ROOT}


class Use(StrEnum):
    """What an equation is good for."""

    RANGE = "range"
    """A figure of the range."""
    CHECK = "check"
    """Too doubtful to be a figure; good enough to check another by."""
    PROXY = "proxy"
    """Made for a group of species, none in particular."""


class Group(StrEnum):
    """For what a proxy was made."""

    BROADLEAF = "broadleaf"


@dataclass(frozen=True)
class Term:
    """One row: the dry mass of a part, in kilograms after `kg_per_unit`."""

    equation: str
    species: str
    part: Part
    shape: Shape
    a: Decimal
    b: Decimal
    c: Decimal
    kg_per_unit: Decimal
    carbon_fraction: Decimal
    dbh_from_cm: Decimal
    dbh_below_cm: Decimal | None
    use: Use
    source: str

    def fits(self, dbh_cm: Decimal) -> bool:
        """Whether the row was made for this diameter."""
        return self.dbh_from_cm <= dbh_cm and (
            self.dbh_below_cm is None or dbh_cm < self.dbh_below_cm
        )

    def biomass_kg(self, dbh_cm: Decimal, height_m: Decimal) -> Decimal:
        """Return the part's dry mass, in kilograms."""
        if self.shape is Shape.POWER:
            found = EXACT.multiply(
                self.a,
                EXACT.multiply(EXACT.power(dbh_cm, self.b), EXACT.power(height_m, self.c)),
            )
        else:
            d2h = EXACT.multiply(EXACT.multiply(dbh_cm, dbh_cm), height_m)
            found = (
                EXACT.multiply(self.a, EXACT.power(d2h, self.b))
                if self.shape is Shape.D2H
                else EXACT.add(EXACT.multiply(self.a, d2h), self.b)
            )
        return EXACT.multiply(found, self.kg_per_unit)


@dataclass(frozen=True)
class TreeEstimate:
    """What one equation says of one tree: dry mass and carbon in kilograms, and CO2."""

    equation: str
    above_kg: Decimal
    below_kg: Decimal
    carbon_kg: Decimal
    co2: Co2e
    use: Use
    sources: tuple[str, ...]
    by_part_kg: Mapping[Part, Decimal] = field(default_factory=dict)
    """Dry mass of each part that the equation gives by itself."""

    @property
    def biomass_kg(self) -> Decimal:
        """Return the whole tree's dry mass, in kilograms."""
        return EXACT.add(self.above_kg, self.below_kg)


@dataclass(frozen=True)
class RemovalRange:
    """The least and the most that the published equations give, and each of them."""

    least: Co2e
    most: Co2e
    by_equation: tuple[TreeEstimate, ...]


def read(text: str) -> list[Term]:
    """Return the equations in a CSV text.

    Raises:
        Invalid: with every row that lacks a species we know, a source, a range of diameters, or
            a shape that starts from nothing for no tree.
    """
    terms, faults = [], []
    for number, row in enumerate(csv.DictReader(text.splitlines()), start=1):
        try:
            terms.append(_term(row))
        except (ValueError, KeyError, TypeError, AttributeError, InvalidOperation):
            message = N_("这一行缺少树种、来源、胸径范围或可用的方程形式")
            faults.append(Fault("bad_equation", message, number))
    if faults:
        raise Invalid(faults)
    return terms


def _term(row: dict[str, str]) -> Term:
    species, source, use = row["species"].strip(), row["source"].strip(), Use(row["use"])
    if species not in (set(Group) if use is Use.PROXY else catalogue()) or not source:
        raise ValueError(row)
    term = Term(
        row["equation"],
        species,
        Part(row["part"]),
        Shape(row["form"]),
        Decimal(row["a"]),
        Decimal(row["b"]),
        Decimal(row["c"] or 0),
        Decimal(row["kg_per_unit"]),
        Decimal(row["carbon_fraction"]),
        Decimal(row["dbh_from_cm"]),
        Decimal(row["dbh_below_cm"]) if row["dbh_below_cm"] else None,
        use,
        source,
    )
    if term.shape is Shape.D2H_LINE and term.dbh_from_cm <= 0:
        raise ValueError(row)
    return term


@cache
def equations() -> Sequence[Term]:
    """Return the equations that the product ships."""
    return read((files("puhui.rewards") / "data" / "equations.csv").read_text(encoding="utf-8"))


def estimates(species: str, dbh_cm: Decimal, height_m: Decimal) -> list[TreeEstimate]:
    """Return what each fitting equation says of one tree of this size.

    A tree below breast height has no diameter and counts as nothing, by convention. Bamboo and
    mangrove are estimated by area, never by the stem: for them there is no equation.
    """
    if catalogue()[species].form in {Form.BAMBOO, Form.MANGROVE}:
        return []
    return _by_equation(species, dbh_cm, height_m)


def proxies(group: Group, dbh_cm: Decimal, height_m: Decimal) -> list[TreeEstimate]:
    """Return what the equations made for no species in particular say of a tree of this size."""
    return _by_equation(group, dbh_cm, height_m)


def _by_equation(species: str, dbh_cm: Decimal, height_m: Decimal) -> list[TreeEstimate]:
    mine = [term for term in equations() if term.species == species]
    found = []
    for name in dict.fromkeys(term.equation for term in mine):
        terms = [term for term in mine if term.equation == name]
        if dbh_cm <= 0 or height_m <= BREAST_HEIGHT_M:
            nothing = Decimal(0)
            found.append(
                TreeEstimate(name, nothing, nothing, nothing, Co2e.zero(), terms[0].use, ())
            )
        elif fitting := [term for term in terms if term.fits(dbh_cm)]:
            found.append(_estimate(name, fitting, dbh_cm, height_m))
    return found


def _estimate(name: str, terms: Sequence[Term], dbh_cm: Decimal, height_m: Decimal) -> TreeEstimate:
    above, below, carbon = Decimal(0), Decimal(0), Decimal(0)
    masses = {term.part: term.biomass_kg(dbh_cm, height_m) for term in terms}
    for term in terms:
        mass = masses[term.part]
        carbon = EXACT.add(carbon, EXACT.multiply(mass, term.carbon_fraction))
        if term.part.is_below:
            below = EXACT.add(below, mass)
        else:
            above = EXACT.add(above, mass)
    if Part.WHOLE not in masses and not any(part.is_below for part in masses):
        below = EXACT.multiply(above, ROOTS_PER_SHOOT)
        carbon = EXACT.add(carbon, EXACT.multiply(carbon, ROOTS_PER_SHOOT))
    sources = tuple(dict.fromkeys(term.source for term in terms))
    co2 = Co2e(EXACT.multiply(carbon, CO2_PER_CARBON))
    return TreeEstimate(name, above, below, carbon, co2, terms[0].use, sources, masses)


def removal(
    species: str, dbh_cm: Decimal, height_m: Decimal, alive: int, *, surveyed: bool
) -> RemovalRange | None:
    """Return what the living trees of a planting may hold, as a range; None where none is known.

    Before the first survival survey it is nothing: a seedling has removed nothing yet.
    """
    assert alive >= 0, alive
    found = [one for one in estimates(species, dbh_cm, height_m) if one.use is Use.RANGE]
    if not found:
        return None
    if not surveyed:
        return RemovalRange(Co2e.zero(), Co2e.zero(), tuple(found))
    totals = [one.co2 * alive for one in found]
    return RemovalRange(min(totals), max(totals), tuple(found))


def area_removal_t(
    dry_t_per_ha_year: Decimal, carbon_fraction: Decimal, area_ha: Decimal, years: int
) -> Decimal:
    """Return the tonnes of CO2 that a stand takes up by area: bamboo groves, mangroves.

    The rate is a mean over the stand's youth; young stands take up far less.
    """
    carbon = EXACT.multiply(EXACT.multiply(dry_t_per_ha_year, carbon_fraction), area_ha)
    return EXACT.multiply(EXACT.multiply(carbon, CO2_PER_CARBON), Decimal(years))


def culms_t_per_ha(culm_kg: Decimal, culms_per_ha: int) -> Decimal:
    """Return the dry mass of a bamboo grove, in tonnes a hectare, from its mean culm."""
    return EXACT.divide(EXACT.multiply(culm_kg, Decimal(culms_per_ha)), Decimal(1000))


def stand_t_per_ha(volume_m3_per_ha: Decimal, a: Decimal, b: Decimal) -> Decimal:
    """Return a stand's dry mass by a line through grown stands (Fang et al.), in t/ha.

    For comparison only: at no volume it gives `b`, some 3 to 20 t/ha of trees that are not there.
    No estimate of a planting uses it, and `read` refuses it as an equation.
    """
    return EXACT.add(EXACT.multiply(a, volume_m3_per_ha), b)
