"""Amounts through a factory: what a line weighs or measures, and where the bamboo goes."""

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from puhui.footprint.carbon import dry_mass
from puhui.footprint.inventory import Fate, Inventory, Kind, Line
from puhui.kernel.quantity import EXACT
from puhui.kernel.unit import UNITS, Unit

QUANTUM = 12
"""Decimal places of a kilogram to which each part is rounded."""
_QUANTA = 10**QUANTUM


class Flows:
    """Oven-dry mass through the factory, in kilograms, and how the burden divides."""

    def __init__(self, inventory: Inventory) -> None:
        self.bamboo_in = Fraction(0)
        self.product_mass = Fraction(0)
        self.product_dry = Fraction(0)
        self.bamboo_product = Fraction(0)
        self.residue = dict.fromkeys(Fate, Fraction(0))
        self._incomes: dict[bool, list[Decimal | None]] = {True: [], False: []}
        for line in inventory.lines:
            if line.kind not in {Kind.BAMBOO, Kind.PRODUCT, Kind.RESIDUE}:
                continue
            assert line.moisture_percent is not None, line
            mass = mass_kg(line)
            dry = dry_mass(mass, line.moisture_percent)
            if line.kind is Kind.BAMBOO:
                self.bamboo_in += dry
            elif line.kind is Kind.PRODUCT:
                assert line.bamboo_percent is not None, line
                self.product_mass += mass
                self.product_dry += dry
                self.bamboo_product += dry * Fraction(line.bamboo_percent) / 100
                self._incomes[True].append(line.income_cny)
            else:
                assert line.fate is not None, line
                self.residue[line.fate] += dry
                if line.fate is Fate.SOLD:
                    self._incomes[False].append(line.income_cny)

    @property
    def bamboo_out(self) -> Fraction:
        """Oven-dry bamboo in the product and in every residue."""
        return self.bamboo_product + sum(self.residue.values())

    @property
    def gap(self) -> Fraction:
        """The part of the bamboo put in that is found nowhere, or came from nowhere."""
        if self.bamboo_in == 0:
            return Fraction(0)
        return abs(self.bamboo_in - self.bamboo_out) / self.bamboo_in

    @property
    def share(self) -> Fraction:
        """The product's part of what it shares with sold residues, by oven-dry mass."""
        return self.product_dry / (self.product_dry + self.residue[Fate.SOLD])

    @property
    def share_by_income(self) -> Fraction | None:
        """The same by what each brought in; None when nothing is sold beside, or a price lacks."""
        own, others = ([_income(i) for i in self._incomes[of]] for of in (True, False))
        if not others or None in own or None in others:
            return None
        mine = sum(filter(None, own), Fraction(0))
        return mine / (mine + sum(filter(None, others), Fraction(0)))


def mass_kg(line: Line) -> Fraction:
    """Return what a line of matter weighs."""
    amount, unit = line.measured
    return amount * unit.in_terms_of(UNITS["kg"])


def amount_in(line: Line, unit: Unit) -> Fraction:
    """Return a line's amount in a factor's unit; a transport's from mass and distance."""
    amount, own = line.measured
    if own is unit:
        return amount
    if line.distance_km is None:
        return amount * own.in_terms_of(unit)
    freight = amount * own.in_terms_of(UNITS["t"]) * Fraction(line.distance_km)
    return freight * UNITS["tkm"].in_terms_of(unit)


def supplied(line: Line) -> Fraction:
    """Return how many units a supplier's figure is multiplied with.

    Of matter they are kilograms, of transport tonne-kilometres, else the line's own unit.
    """
    if line.kind is Kind.TRANSPORT:
        return amount_in(line, UNITS["tkm"])
    if line.kind in {Kind.BAMBOO, Kind.RESIDUE, Kind.PRODUCT}:
        return mass_kg(line)
    return Fraction(line.amount)


@lru_cache(maxsize=4096)
def exactly(number: Decimal) -> Fraction:
    """Return a number that is met again and again, a factor's, as a fraction."""
    return Fraction(number)


def rounded(number: Fraction, places: int = QUANTUM) -> Decimal:
    """Return the nearest decimal of so many places, halves to even."""
    return EXACT.scaleb(Decimal(round(number * 10**places)), Decimal(-places))


def rounded_product(*numbers: Fraction) -> Decimal:
    """Return the product rounded as `rounded` does, without reducing a fraction on the way."""
    above, below = _QUANTA, 1
    for number in numbers:
        above *= number.numerator
        below *= number.denominator
    whole, rest = divmod(above, below)
    if 2 * rest > below or (2 * rest == below and whole % 2):
        whole += 1
    return EXACT.scaleb(Decimal(whole), Decimal(-QUANTUM))


def _income(number: Decimal | None) -> Fraction | None:
    return None if number is None else Fraction(number)
