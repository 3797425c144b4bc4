"""How much of the bamboo's carbon ends in the product, as measured in mills.

What does not is residue, and its allocation moves a footprint more than most factors do, so an
inventory is held against what others have weighed.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from puhui.footprint.flows import Flows
from puhui.footprint.inventory import Inventory

LEAST_PERCENT, MOST_PERCENT = Decimal("9.97"), Decimal("74.44")
"""The widest range that has been published: whole culms drawn to strips (浙江农林大学学报 2013(1)),
flattened board (Zhou Y. et al., 林业科学 49(8):96-102, 2013)."""


@dataclass(frozen=True)
class Relation:
    """Per cent of the carbon that is transferred, over the culm's breast-height diameter in cm."""

    slope: Decimal
    intercept: Decimal

    def percent_at(self, diameter_cm: Decimal) -> Fraction:
        """Return what the regression gives for a diameter."""
        return Fraction(self.slope) * Fraction(diameter_cm) + Fraction(self.intercept)


# Zhou Y. et al., 林业科学 49(8):96-102 (2013), 209 culms of moso.
FLATTENED_BOARD = Relation(Decimal("2.8665"), Decimal("29.641"))
FLATTENED_CULM = Relation(Decimal("8.6465"), Decimal("-60.735"))


def carbon_in_strips(diameter_cm: Decimal) -> float:
    """Return the carbon that goes into drawn strips of a culm: 0.0065 D^2.2362.

    浙江农林大学学报 2013(1); the abstract does not print the unit.
    """
    return float(0.0065 * float(diameter_cm) ** 2.2362)


def residue_percent(transferred_percent: Decimal) -> Decimal:
    """Return the part that is left over when so much has gone into the product."""
    return 100 - transferred_percent


def transferred_percent(inventory: Inventory) -> Fraction | None:
    """Return how much of the oven-dry bamboo ended in the product; None when none went in."""
    flows = Flows(inventory)
    if flows.bamboo_in == 0:
        return None
    return flows.bamboo_product / flows.bamboo_in * 100


def is_unusual(inventory: Inventory) -> bool:
    """Whether more or less of the bamboo ended in the product than anybody has published."""
    percent = transferred_percent(inventory)
    return percent is not None and not LEAST_PERCENT <= percent <= MOST_PERCENT
