"""An organiser sees the one thing to do next, and what is lacking."""

from datetime import date

import pytest

from puhui.events.activity import Source
from puhui.events.agenda import Agenda, Next, agenda_of
from puhui.events.estimate import Stage
from puhui.events.neutrality import State

DAY, LAST = date(2026, 3, 5), date(2027, 3, 5)
POWER, ROOMS, TRAVEL = Source.VENUE_ENERGY, Source.LODGING, Source.TRAVEL


def agenda(**said) -> Agenda:
    told = {
        "included": {TRAVEL, ROOMS, POWER},
        "entered": {POWER},
        "has_trips": True,
        "has_nights": True,
        "undecided": False,
        "state": State.PLANNED,
        "stage": None,
        "lacking_kg": 0,
        "ends_on": DAY,
        "deadline": LAST,
        "today": DAY,
        **said,
    }
    return agenda_of(**told)


BEFORE, LATE = date(2026, 3, 4), date(2027, 3, 6)
PLAN, ACTUAL = Stage.PLAN, Stage.ACTUAL


@pytest.mark.parametrize(
    ("said", "step"),
    [
        ({"has_trips": False, "has_nights": False, "entered": set()}, Next.ADD_LIST),
        ({"undecided": True}, Next.DECIDE_CITIES),
        ({"has_nights": False}, Next.ENTER_DATA),
        ({"today": BEFORE}, Next.ESTIMATE_PLAN),
        ({"today": BEFORE, "state": State.ESTIMATED, "stage": PLAN}, Next.WAIT_FOR_EVENT),
        ({}, Next.ESTIMATE_ACTUAL),
        ({"state": State.ESTIMATED, "stage": PLAN, "lacking_kg": 5}, Next.ESTIMATE_ACTUAL),
        ({"state": State.ESTIMATED, "stage": ACTUAL, "lacking_kg": 5}, Next.REQUEST_OFFER),
        ({"state": State.OFFERED, "stage": ACTUAL}, Next.PAY),
        ({"state": State.PAID, "stage": ACTUAL, "today": LATE}, Next.WAIT_FOR_RETIREMENT),
        ({"state": State.NEUTRAL, "stage": ACTUAL, "today": LATE}, Next.NOTHING),
        ({"state": State.ESTIMATED, "stage": ACTUAL, "today": LATE}, Next.TOO_LATE),
    ],
)
def test_the_next_step_follows_from_where_the_event_stands(said, step) -> None:
    assert agenda(**said).next is step


def test_every_included_source_without_data_is_named_and_the_days_are_counted() -> None:
    found = agenda(entered=set(), has_trips=False, has_nights=False)
    assert found.missing == (TRAVEL, ROOMS, POWER)
    assert (found.days_left, agenda(today=LATE).days_left) == (365, -1)
