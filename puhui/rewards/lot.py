"""A lot: points that came together, mature together and expire together.

Points that expire first are spent first. So nobody needs to write down from which lot a purchase
was paid: what is left of each follows from the balance and from the lots that expire later.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from puhui.rewards.points import Rule


class LotState(StrEnum):
    """Where a lot stands."""

    PENDING = "pending"
    MATURED = "matured"
    ENDED = "ended"
    REVERSED = "reversed"


@dataclass(frozen=True)
class Term:
    """A lot's days: the first to spend on, the first to warn on, the last to spend on."""

    matures_on: date
    warns_on: date
    expires_on: date


class Taken(NamedTuple):
    """What a reversal takes, and what was no longer there to be taken."""

    taken: int
    owed: int


def term(rule: Rule, given_on: date) -> Term:
    """Return the days of points that the rule gives on `given_on`."""
    expires_on = _years_later(given_on, rule.lasts_years)
    return Term(
        given_on + timedelta(days=rule.matures_after_days),
        expires_on - timedelta(days=rule.warns_days),
        expires_on,
    )


def left_by_day(balance: int, lots: Iterable[tuple[date, int]]) -> list[tuple[date, int]]:
    """Return what is left of lots by their last day, earliest first, and only where some is.

    `lots` are the last day and the points of all that have matured, in the order of their days.
    """
    known = list(lots)
    spent = max(0, sum(points for _, points in known) - balance)
    found = []
    for day, points in known:
        left = max(0, points - spent)
        spent = max(0, spent - points)
        if left:
            found.append((day, left))
    return found


def take_back(points: int, balance: int) -> Taken:
    """Return what of `points` can be taken from a balance without making it negative."""
    taken = min(points, balance)
    return Taken(taken, points - taken)


def _years_later(day: date, years: int) -> date:
    """Return the same day years later; 29 February becomes the 28th where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
