"""Describe an event, count what it emits, cover it, see it become neutral."""

from puhui.events.service.answers import (
    close_enquiry,
    correct_answer,
    give_answer,
    open_enquiry,
    withdraw_answer,
)
from puhui.events.service.attendees import decide_cities, upload_list
from puhui.events.service.estimate import estimate_event
from puhui.events.service.event import save_event, save_inventory
from puhui.events.service.forget import forget_trips
from puhui.events.service.long_list import (
    begin_list,
    forget_waiting,
    list_seen_by,
    list_step,
    resume_list,
    stop_list,
)
from puhui.events.service.offer import accept_offer, record_retirement, request_bundle
from puhui.events.service.planning import enter_assumption, save_reduction_plan, what_if
from puhui.events.service.statement import confirm, record_forest

__all__ = [
    "accept_offer",
    "begin_list",
    "close_enquiry",
    "confirm",
    "correct_answer",
    "decide_cities",
    "enter_assumption",
    "estimate_event",
    "forget_trips",
    "forget_waiting",
    "give_answer",
    "list_seen_by",
    "list_step",
    "open_enquiry",
    "record_forest",
    "record_retirement",
    "request_bundle",
    "resume_list",
    "save_event",
    "save_inventory",
    "save_reduction_plan",
    "stop_list",
    "upload_list",
    "what_if",
    "withdraw_answer",
]
