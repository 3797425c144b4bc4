"""JSON resources of credits, by noun."""

from puhui.credits.api import (
    batch,
    certificate,
    hold,
    payment,
    proposal,
    purchase,
    retirement,
    reversal,
)
from puhui.credits.api.blueprint import blueprint
from puhui.credits.api.fate import batches
from puhui.credits.api.project import blueprint as projects
from puhui.credits.api.reserve import reserves
from puhui.credits.api.serial import serials
from puhui.credits.api.statistics import sums

blueprints = (blueprint, projects, reserves, batches, serials, sums)

# These hang their views on the blueprint; importing them is enough.
__all__ = [
    "batch",
    "blueprints",
    "certificate",
    "hold",
    "payment",
    "proposal",
    "purchase",
    "retirement",
    "reversal",
]
