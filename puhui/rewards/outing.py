"""An outing (植树场次): when and where people plant together, and how many places there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from puhui.evidence.geodesy import Place, apart
from puhui.kernel.clock import day_of
from puhui.kernel.errors import Fault
from puhui.kernel.text import N_
from puhui.rewards.planting import in_season

MOST_PLACES = 5000
MOST_AHEAD = timedelta(days=366)
LONGEST = timedelta(hours=12)
EARLY = timedelta(hours=1)
"""How long before the beginning one may check in."""
LATE = timedelta(days=7)
"""How long after the end the organiser may still put the list right."""
SURE_M = 100
"""Metres by which a phone may be wrong without saying so."""
MOST_ACCURACY_M = 500
"""What a phone says of its own accuracy is believed up to here."""


@dataclass(frozen=True)
class OutingDraft:
    """An outing as its organiser announces it."""

    base_id: UUID
    starts_at: datetime
    ends_at: datetime
    places: int


@dataclass(frozen=True)
class BookingDraft:
    """Places wanted: one for oneself, or one for each name of a group's list."""

    outing_id: UUID
    organisation_id: UUID | None = None
    names: tuple[str, ...] = ()

    @property
    def places(self) -> int:
        """Return how many places it takes."""
        return len(self.names) if self.organisation_id is not None else 1


def judge(
    draft: OutingDraft,
    season: tuple[int, int],
    capacity: int | None,
    taken_meanwhile: int,
    now: datetime,
) -> list[Fault]:
    """Return everything that cannot be right with an outing.

    `capacity` is how many people the base takes at once, `taken_meanwhile` the places of other
    outings there that overlap this one.
    """
    faults = []
    if not now < draft.starts_at <= now + MOST_AHEAD:
        faults.append(Fault("not_ahead", N_("开始时间应在今后一年以内"), field="starts_at"))
    if not timedelta() < draft.ends_at - draft.starts_at <= LONGEST:
        message = N_("结束时间应在开始之后十二小时以内")
        faults.append(Fault("bad_end", message, field="ends_at"))
    if not in_season(day_of(draft.starts_at).month, *season):
        message = N_("不在该基地的植树季（%(first)s 月至 %(last)s 月）")
        values = {"first": season[0], "last": season[1]}
        faults.append(Fault("out_of_season", message, None, "starts_at", values))
    if not 1 <= draft.places <= MOST_PLACES:
        message = N_("名额应在 1 到 %(most)s 之间")
        faults.append(Fault("bad_places", message, None, "places", {"most": MOST_PLACES}))
    if capacity is None:
        message = N_("还没有登记该基地能同时容纳多少人")
        faults.append(Fault("capacity_unknown", message, field="places"))
    elif draft.places > capacity - taken_meanwhile:
        message = N_("该基地这段时间还能容纳 %(left)s 人")
        values = {"left": max(0, capacity - taken_meanwhile)}
        faults.append(Fault("above_capacity", message, None, "places", values))
    return faults


def judge_names(draft: BookingDraft) -> list[Fault]:
    """Return every line of a group's list that cannot be right; line 1 is the first."""
    if draft.organisation_id is None:
        if draft.names:
            message = N_("个人报名不填名单")
            return [Fault("names_unwanted", message, field="names")]
        return []
    if not draft.names:
        return [Fault("names_missing", N_("团体报名须填名单，一行一人"), field="names")]
    faults, seen = [], set()
    for row, name in enumerate(draft.names, start=1):
        if name in seen:
            faults.append(Fault("name_twice", N_("这个名字在名单里重复"), row, "names"))
        seen.add(name)
    return faults


def may_check_in(draft: OutingDraft, now: datetime) -> bool:
    """Whether it is time to check in: from an hour before the beginning until the end."""
    return draft.starts_at - EARLY <= now <= draft.ends_at


def may_list(draft: OutingDraft, now: datetime) -> bool:
    """Whether the organiser may say who came: until a week after the end."""
    return draft.starts_at - EARLY <= now <= draft.ends_at + LATE


def metres_away(here: Place, centre: Place, radius_m: int, accuracy_m: int) -> tuple[int, bool]:
    """Return how far somebody is from a base's middle, and whether that is at the base.

    The reading of the phone's datum that favours the person is believed, and the phone's own
    accuracy up to a bound: nobody is turned away for a map that shifts every point.
    """
    away = apart(here, centre).least_m
    return away, away <= radius_m + SURE_M + min(accuracy_m, MOST_ACCURACY_M)


def names_of(text: str) -> tuple[str, ...]:
    """Return a list written one name a line; empty lines say nothing."""
    return tuple(line.strip()[:60] for line in text.splitlines() if line.strip())


def numbered(names: Sequence[str]) -> list[tuple[int, str]]:
    """Return names with their numbers, counted from 1."""
    return list(enumerate(names, start=1))
