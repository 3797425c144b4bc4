"""Pages of events, by noun: what the public sees, and the organiser's desk."""

from puhui.events.pages import (
    assumption,
    attendee,
    badge,
    desk,
    enquiry,
    estimate,
    event,
    forest,
    inventory,
    long_list,
    reduction,
    statement,
    what_if,
)
from puhui.events.pages.blueprint import pages

# Importing a noun hangs its views on the blueprint.
__all__ = [
    "assumption",
    "attendee",
    "badge",
    "desk",
    "enquiry",
    "estimate",
    "event",
    "forest",
    "inventory",
    "long_list",
    "pages",
    "reduction",
    "statement",
    "what_if",
]
