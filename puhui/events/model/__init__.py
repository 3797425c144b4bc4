"""Events, what was entered about them, their estimates, offers, retirements and neutrality."""

from puhui.events.model.enquiry import Answer, Enquiry
from puhui.events.model.estimate import EstimateVersion
from puhui.events.model.event import Event, Inventory, ListUpload, WaitingList
from puhui.events.model.forest import ForestRouteVersion
from puhui.events.model.offer import Neutrality, Offer, RetiredForEvent
from puhui.events.model.plan import AssumptionVersion, ReductionPlanVersion
from puhui.events.model.statement import Confirmation

__all__ = [
    "Answer",
    "AssumptionVersion",
    "Confirmation",
    "Enquiry",
    "EstimateVersion",
    "Event",
    "ForestRouteVersion",
    "Inventory",
    "ListUpload",
    "Neutrality",
    "Offer",
    "ReductionPlanVersion",
    "RetiredForEvent",
    "WaitingList",
]
