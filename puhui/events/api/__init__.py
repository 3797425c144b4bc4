"""JSON resources of events, by noun."""

from puhui.events.api import (
    assumption,
    attendee,
    estimate,
    event,
    forest,
    inventory,
    long_list,
    offer,
    reduction,
    statement,
    what_if,
)
from puhui.events.api.blueprint import blueprint, planning
from puhui.events.api.enquiry import enquiries

blueprints = (blueprint, planning, enquiries)

# These hang their views on the blueprints; importing them is enough.
__all__ = [
    "assumption",
    "attendee",
    "blueprints",
    "estimate",
    "event",
    "forest",
    "inventory",
    "long_list",
    "offer",
    "reduction",
    "statement",
    "what_if",
]
