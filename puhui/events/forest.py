"""A new forest instead of credits: on record, with its six years, and never a credit.

MEE guide (notice 2019 no. 19) art. 12(2): sinks of new forestry must be there no later than six
years after the event, by an accepted methodology, certified, and not used again; place,
coordinates, species, area, plan, monitoring, quantity and period are published. Until somebody has
certified it nothing counts, and even then it is no retired credit: the event says which it is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from puhui.kernel.errors import Fault
from puhui.kernel.text import N_

YEARS = 6
EARLIEST_WARNING = timedelta(days=365)


class RouteState(StrEnum):
    """Where a new forest stands."""

    OPEN = "open"
    CERTIFIED = "certified"
    SHORT = "short"
    """Certified for less than what is lacking."""
    OVERDUE = "overdue"


ROUTE_STATE_NAMES: Mapping[RouteState, str] = {
    RouteState.OPEN: N_("新造林路线进行中"),
    RouteState.CERTIFIED: N_("新造林碳汇已核证"),
    RouteState.SHORT: N_("新造林碳汇已核证，但不足"),
    RouteState.OVERDUE: N_("新造林路线已逾期"),
}


class Reminder(StrEnum):
    """What is due."""

    MONITOR = "monitor"
    CERTIFY = "certify"
    OVERDUE = "overdue"


REMINDER_NAMES: Mapping[Reminder, str] = {
    Reminder.MONITOR: N_("距上次监测已满一年，请安排监测并记录"),
    Reminder.CERTIFY: N_("距六年期限不足一年，请安排核证"),
    Reminder.OVERDUE: N_("六年期限已过，没有核证：不能以新造林实现碳中和"),
}


@dataclass(frozen=True)
class ForestDraft:
    """A new forest as its organiser describes it, and as it is certified in the end."""

    place: str
    latitude: Decimal
    longitude: Decimal
    area_mu: Decimal
    species: str
    planted_on: date
    plan: str
    monitoring: str
    methodology: str
    expected_kg: int
    monitored_on: date | None = None
    certified_kg: int | None = None
    certified_on: date | None = None
    certifier: str = ""


def route_deadline(ends_on: date) -> date:
    """Return the last day on which a new forest can still count: six years on."""
    if (ends_on.month, ends_on.day) == (2, 29):
        return date(ends_on.year + YEARS, 2, 28)
    return ends_on.replace(year=ends_on.year + YEARS)


def route_state(draft: ForestDraft, lacking_kg: int, ends_on: date, today: date) -> RouteState:
    """Return where a forest stands for an event that lacks so many kilograms."""
    if draft.certified_kg is not None:
        return RouteState.CERTIFIED if draft.certified_kg >= lacking_kg else RouteState.SHORT
    return RouteState.OVERDUE if today > route_deadline(ends_on) else RouteState.OPEN


def reminders(draft: ForestDraft, ends_on: date, today: date) -> tuple[Reminder, ...]:
    """Return what is due today; nothing once it is certified."""
    if draft.certified_kg is not None:
        return ()
    if today > route_deadline(ends_on):
        return (Reminder.OVERDUE,)
    found = []
    if today - (draft.monitored_on or draft.planted_on) >= timedelta(days=365):
        found.append(Reminder.MONITOR)
    if route_deadline(ends_on) - today <= EARLIEST_WARNING:
        found.append(Reminder.CERTIFY)
    return tuple(found)


def faults_of_forest(draft: ForestDraft, ends_on: date, today: date) -> Iterator[Fault]:
    """Return everything that is wrong with a forest for an event that ends on this day."""
    told = (draft.certified_kg is not None, draft.certified_on is not None, bool(draft.certifier))
    if any(told) and not all(told):
        yield Fault(
            "certificate_incomplete",
            N_("核证须同时写明数量、日期和核证机构"),
            field="certifier",
        )
    if draft.planted_on > route_deadline(ends_on):
        yield Fault("too_late", N_("晚于活动结束后六年"), field="planted_on")
    for name in ("monitored_on", "certified_on"):
        day = getattr(draft, name)
        if day is None:
            continue
        if day < draft.planted_on:
            yield Fault("before_planting", N_("早于造林日期"), field=name)
        if day > today:
            yield Fault("not_yet", N_("日期还没有到"), field=name)
    if draft.certified_on is not None and draft.certified_on > route_deadline(ends_on):
        yield Fault("too_late", N_("晚于活动结束后六年"), field="certified_on")
