"""Where a product stands among others of its kind, or that nobody can say.

Only figures for the same unit, up to the same boundary, weighed by the same GWP set can be set side
by side (ISO 14026 asks for the same rules). A median over a few products, or over those of one or
two makers, would tell more of them than of the kind: below the numbers here it is unknown.
"""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from puhui.kernel.quantity import EXACT

FEWEST_PRODUCTS = 5
FEWEST_MAKERS = 3
"""This platform's choice: at least so many other products, of so many makers."""


@dataclass(frozen=True)
class Peer:
    """Another product of the same kind, unit, boundary and GWP set."""

    maker_id: UUID
    footprint_kg: Decimal


@dataclass(frozen=True)
class Comparison:
    """The middle of the others; None while they are too few."""

    median_kg: Decimal | None
    products: int
    makers: int


def compared(peers: Collection[Peer]) -> Comparison:
    """Return the median of the others' footprints, in kg CO2e for one declared unit."""
    makers = len({peer.maker_id for peer in peers})
    if len(peers) < FEWEST_PRODUCTS or makers < FEWEST_MAKERS:
        return Comparison(None, len(peers), makers)
    ordered = sorted(peer.footprint_kg for peer in peers)
    middle = len(ordered) // 2
    median = ordered[middle]
    if len(ordered) % 2 == 0:
        median = EXACT.divide(EXACT.add(ordered[middle - 1], median), Decimal(2))
    return Comparison(median, len(peers), makers)
