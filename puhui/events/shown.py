"""Figures as a page shows them: rounded so that the parts still add up to the total shown."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from typing import TypeVar

Key = TypeVar("Key")


def rounded_together(values: Mapping[Key, Decimal], places: int = 1) -> dict[Key, Decimal]:
    """Return the values rounded to `places`, adding up to their rounded sum.

    Each is rounded down; the units that are lacking go to the largest remainders.
    """
    step = Decimal(1).scaleb(-places)
    total = sum(values.values(), Decimal(0)).quantize(step, ROUND_HALF_EVEN)
    floors = {key: value.quantize(step, ROUND_FLOOR) for key, value in values.items()}
    lacking = int((total - sum(floors.values(), Decimal(0))) / step)
    order: Sequence[Key] = sorted(values, key=lambda key: floors[key] - values[key])
    for key in order[:lacking]:
        floors[key] += step
    return floors
