"""The blueprint of events' pages, and the words and files that all of them use."""

from typing import Any
from uuid import UUID

from flask import Blueprint, request

from puhui.db.session import snapshot
from puhui.events import queries
from puhui.events.activity import ACTIVITIES, GUIDE_TYPES, LEVEL_NAMES, SOURCE_NAMES, UNIT_NAMES
from puhui.events.agenda import NEXT_NAMES
from puhui.events.answers import GROUND_NAMES
from puhui.events.benchmark import UNLIKE_NAMES
from puhui.events.errors import Outdated
from puhui.events.estimate import MARK_NAMES, Stage
from puhui.events.forest import REMINDER_NAMES, ROUTE_STATE_NAMES
from puhui.events.neutrality import STATE_NAMES, State
from puhui.events.queries import EventCard
from puhui.events.reckoning import SENSITIVITY_NAMES
from puhui.events.reduction import MEASURE_STATE_NAMES
from puhui.events.statement import CONFIRMATION_NAMES
from puhui.events.travel import MODE_NAMES
from puhui.events.whatif import ASSUMED_NAMES
from puhui.kernel.actor import Actor
from puhui.kernel.clock import now
from puhui.kernel.text import N_
from puhui.web.locale import tag

pages = Blueprint("events_pages", __name__, template_folder="../templates")

MOST_ROWS = 120
STAGE_NAMES = {Stage.PLAN: N_("会前预估"), Stage.ACTUAL: N_("会后实际")}
TONES = {State.NEUTRAL: "good", State.PLANNED: "plain"}


@pages.app_context_processor
def _words() -> dict[str, Any]:
    return {"either": either}


def either(chinese: str, english: str) -> str:
    """Return the text in the language of the page, the Chinese where there is no English."""
    return english if tag() == "en" and english else chinese


def names() -> dict[str, Any]:
    """Return the words that pages of events put on what is counted, stated and planned."""
    return {
        "source_names": SOURCE_NAMES,
        "guide_types": GUIDE_TYPES,
        "level_names": LEVEL_NAMES,
        "mark_names": MARK_NAMES,
        "mode_names": MODE_NAMES,
        "state_names": STATE_NAMES,
        "stage_names": STAGE_NAMES,
        "activities": ACTIVITIES,
        "tones": TONES,
        "unit_names": UNIT_NAMES,
        "sensitivity_names": SENSITIVITY_NAMES,
        "unlike_names": UNLIKE_NAMES,
        "next_names": NEXT_NAMES,
        "ground_names": GROUND_NAMES,
        "assumed_names": ASSUMED_NAMES,
        "measure_state_names": MEASURE_STATE_NAMES,
        "route_state_names": ROUTE_STATE_NAMES,
        "reminder_names": REMINDER_NAMES,
        "confirmation_names": CONFIRMATION_NAMES,
    }


def own_card(actor: Actor, event_id: UUID) -> EventCard:
    """Return an event to its organiser.

    Raises:
        UnknownEvent: there is none, or it is somebody else's.
    """
    with snapshot() as session:
        return queries.card(session, queries.own_event(session, actor, event_id), now())


def based_on_form(version: int) -> None:
    """Refuse a form that was filled in on another version than this.

    Raises:
        Outdated: somebody has changed the thing meanwhile.
    """
    if request.form.get("version") != str(version):
        raise Outdated()
