"""Bamboo for plastic (以竹代塑): a figure of the plastic thing beside ours, only like with like.

Like means: it does the same, one of the same unit of it, over the same part of its life. The maker
says what the product does; the verifier sees it; what it is set beside are published figures with
their sources. Where nothing fits, nothing is said. Nothing is subtracted from anything.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from puhui.factors.factor import Boundary, Factor, Gases
from puhui.footprint.inventory import Reach
from puhui.kernel.quantity import EXACT
from puhui.kernel.text import N_


class Function(StrEnum):
    """What a product does that plastic things do as well."""

    TAKEAWAY_BOX = "takeaway_box"
    FLOOR = "floor"


FUNCTION_NAMES = {
    Function.TAKEAWAY_BOX: N_("盛装一份外卖餐食（一次性餐盒）"),
    Function.FLOOR: N_("铺设室内地面"),
}
PLASTIC_SUBJECTS: dict[Function, tuple[str, ...]] = {
    Function.TAKEAWAY_BOX: ("comparator.box.pp", "comparator.box.pla"),
    Function.FLOOR: ("comparator.floor.plastic-2020", "comparator.floor.plastic-2013"),
}
"""What of plastic does the same, as the factor library calls it."""

_REACHES = {
    Reach.CRADLE_TO_GRAVE: Boundary.LIFE_CYCLE,
    Reach.CRADLE_TO_GATE: Boundary.CRADLE_TO_GATE,
}


@dataclass(frozen=True)
class Beside:
    """A plastic thing beside ours."""

    factor: Factor
    less_kg: Decimal
    """How much less ours is, in kg CO2e for one unit; below zero if it is more."""


def beside(
    footprint_kg: Decimal, unit: str, reach: Reach, plastics: Iterable[Factor]
) -> tuple[Beside, ...]:
    """Return those of the plastic things that are like a product of this unit and reach."""
    return tuple(
        Beside(factor, EXACT.subtract(factor.kg_per_unit, footprint_kg))
        for factor in plastics
        if factor.unit == unit
        and factor.boundary is _REACHES[reach]
        and factor.gases is Gases.CO2E
        and not factor.biogenic
    )
