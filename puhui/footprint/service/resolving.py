"""Give an inventory its factors, or name everything that stands in the way."""

from fractions import Fraction

from sqlalchemy.orm import Session

from puhui.factors import queries as factors
from puhui.factors.errors import UnknownFactor
from puhui.factors.factor import Factor
from puhui.footprint.basis import Based, grid_key, names_in, resolve, resolve_lines
from puhui.footprint.flows import mass_kg, rounded
from puhui.footprint.inventory import Inventory, Kind
from puhui.footprint.lifecycle import faults_of
from puhui.footprint.model import Product
from puhui.footprint.product import region_of
from puhui.footprint.ruleset import BAMBOO_AR6, Ruleset
from puhui.footprint.submission import Submitted, read, read_lines
from puhui.kernel.errors import Fault, Invalid
from puhui.kernel.quantity import plain
from puhui.kernel.text import N_

MASS_TOLERANCE = Fraction(2, 100)
"""How far the product's registered mass may be from what the inventory says came out."""


def based_on(
    session: Session, submitted: Submitted, product: Product, ruleset: Ruleset = BAMBOO_AR6
) -> Based:
    """Return the inventory with the factors in force now.

    Raises:
        Invalid: every fault at once, by row: lines that cannot be read, factors that are unknown
            or do not fit, a mass balance that does not close, another unit or mass than the
            product's.
    """
    inventory, faults = read(submitted)
    if inventory is None:
        lines, _ = read_lines(submitted)
        faults += resolve_lines(lines, factors.catalogue(session, names_in(lines)))[1]
        raise Invalid(_in_order(faults))
    catalogue = factors.catalogue(session, names_in(inventory.lines))
    based, faults = resolve(inventory, catalogue, _grid_of(session, product))
    faults += faults_of(inventory, ruleset)
    faults += _against_product(inventory, product)
    if faults:
        raise Invalid(_in_order(faults))
    return based


def _grid_of(session: Session, product: Product) -> Factor | None:
    """Return the factor of the grid that the product's county is on, if one is published."""
    region = region_of(product.county_code)
    if region is None:
        return None
    try:
        return factors.by_key(session, grid_key(region))
    except UnknownFactor:
        return None


def _in_order(faults: list[Fault]) -> list[Fault]:
    return sorted(faults, key=lambda fault: fault.row or 0)


def _against_product(inventory: Inventory, product: Product) -> list[Fault]:
    faults = []
    if inventory.declared_unit.symbol != product.declared_unit:
        faults.append(
            Fault(
                "other_unit",
                N_("产品的声明单位是 %(unit)s，与清单不一致"),
                field="declared_unit",
                values={"unit": product.declared_unit},
            )
        )
    out = sum(
        (mass_kg(line) for line in inventory.lines if line.kind is Kind.PRODUCT),
        Fraction(0),
    )
    said = Fraction(product.mass_kg)
    per_unit = out / Fraction(inventory.output)
    if abs(per_unit - said) > said * MASS_TOLERANCE:
        faults.append(
            Fault(
                "other_mass",
                N_("产品登记的单位质量是 %(said)s kg，清单算出 %(found)s kg，相差超过 2%%"),
                field="output",
                values={"said": plain(product.mass_kg), "found": plain(rounded(per_unit, 6))},
            )
        )
    return faults
