"""Describe an event, count what it emits, cover it, see it become neutral."""

from puhui.events.service.attendees import decide_cities, upload_list
from puhui.events.service.estimate import estimate_event
from puhui.events.service.event import save_event, save_inventory
from puhui.events.service.forget import forget_trips
from puhui.events.service.offer import accept_offer, record_retirement, request_bundle
from puhui.events.service.planning import enter_assumption, save_reduction_plan, what_if
from puhui.events.service.statement import confirm, record_forest

__all__ = [
    "accept_offer",
    "confirm",
    "decide_cities",
    "enter_assumption",
    "estimate_event",
    "forget_trips",
    "record_forest",
    "record_retirement",
    "request_bundle",
    "save_event",
    "save_inventory",
    "save_reduction_plan",
    "upload_list",
    "what_if",
]
