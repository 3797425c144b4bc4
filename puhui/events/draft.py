"""What an organiser says about an event, checked, and how it is kept."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from puhui.events.activity import ACTIVITIES, Level, Source
from puhui.events.assumption import Assumption
from puhui.events.attendee_list import AttendeeList, Part, Question
from puhui.events.city import Gazetteer
from puhui.events.estimate import Bound, Entry, Group, Plan
from puhui.events.travel import Mode
from puhui.kernel.city import City
from puhui.kernel.errors import Fault
from puhui.kernel.quantity import plain
from puhui.kernel.text import N_
from puhui.kernel.unit import UNITS, unit_called

LEAST_REASON = 4
"""Characters of a reason for leaving a source out."""
LONGEST = 366
"""Days that an event may last."""


@dataclass(frozen=True)
class EventDraft:
    """An event as its organiser describes it."""

    organisation_id: UUID
    title_zh: str
    title_en: str
    venue: City
    venue_county: str
    starts_on: date
    ends_on: date
    attendees: int
    boundary: tuple[Bound, ...]
    is_public: bool = False


@dataclass(frozen=True)
class InventoryDraft:
    """Amounts as the organiser enters them."""

    entries: tuple[Entry, ...]
    people_per_room: Decimal | None = None
    rooms_assumed: str | None = None

    @property
    def assumed(self) -> list[tuple[int | None, str, str]]:
        """Return the assumptions asked for: row, activity, key."""
        found: list[tuple[int | None, str, str]] = [
            (row, entry.activity.key, entry.assumed)
            for row, entry in enumerate(self.entries, start=1)
            if entry.assumed
        ]
        return [*found, (None, "room_night", self.rooms_assumed)] if self.rooms_assumed else found


def faults_of_assumed(draft: InventoryDraft, known: Mapping[str, Assumption]) -> list[Fault]:
    """Return which assumptions are unknown, or are of something else."""
    return [
        Fault(
            "unknown_assumption",
            N_("没有登记这个专家假设，或它不适用于这种活动数据：%(key)s"),
            row,
            "rooms_assumed" if row is None else "assumed",
            {"key": key},
        )
        for row, activity, key in draft.assumed
        if key not in known or known[key].activity != activity
    ]


def with_assumptions(plan: Plan, rooms: str | None, known: Mapping[str, Assumption]) -> Plan:
    """Return the plan with the versions of its assumptions that count now."""
    return replace(
        plan,
        entries=tuple(
            replace(entry, assumption=known[entry.assumed]) if entry.assumed else entry
            for entry in plan.entries
        ),
        rooms_assumed=known[rooms] if rooms else None,
    )


def faults_of_event(draft: EventDraft) -> list[Fault]:
    """Return everything that is wrong with a draft."""
    faults = []
    if draft.ends_on < draft.starts_on:
        faults.append(Fault("ends_before_start", N_("结束日期早于开始日期"), field="ends_on"))
    elif (draft.ends_on - draft.starts_on).days >= LONGEST:
        faults.append(Fault("too_long", N_("活动最长一年"), field="ends_on"))
    told = [bound.source for bound in draft.boundary]
    for source in Source:
        if told.count(source) != 1:
            faults.append(
                Fault(
                    "boundary_incomplete",
                    N_("每个排放来源都要说明一次：纳入，或者排除并说明理由"),
                    field=f"boundary.{source}",
                )
            )
    for bound in draft.boundary:
        if not bound.included and len(bound.reason_zh) < LEAST_REASON:
            faults.append(
                Fault(
                    "no_reason",
                    N_("排除一个来源须写明理由，理由会印在证书上"),
                    field=f"boundary.{bound.source}",
                )
            )
    if not any(bound.included for bound in draft.boundary):
        faults.append(Fault("nothing_included", N_("至少要纳入一个排放来源"), field="boundary"))
    return faults


def faults_of_inventory(draft: InventoryDraft) -> list[Fault]:
    """Return everything that is wrong with the amounts, by row."""
    faults = []
    for row, entry in enumerate(draft.entries, start=1):
        if not entry.activity.entered and (entry.level is not Level.MEASURED or not entry.note):
            faults.append(
                Fault(
                    "from_the_list",
                    N_(
                        "往返交通按参会名单计算；只有订票或行车记录可以直接填写：选“实测”并写明记录"
                    ),
                    row,
                    "activity",
                )
            )
        wanted = UNITS[entry.activity.unit]
        unit = unit_called(entry.unit)
        if unit is None or not unit.measures_like(wanted):
            faults.append(
                Fault(
                    "wrong_unit",
                    N_("单位应为 %(unit)s 或可换算的单位"),
                    row,
                    "unit",
                    {"unit": entry.activity.unit},
                )
            )
    return faults


def bounds_as_json(bounds: Iterable[Bound]) -> list[dict[str, Any]]:
    """Return the boundary as it is kept."""
    return [
        {
            "source": str(bound.source),
            "included": bound.included,
            "reason_zh": bound.reason_zh,
            "reason_en": bound.reason_en,
        }
        for bound in bounds
    ]


def entries_as_json(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """Return the amounts as they are kept."""
    return [
        {
            "activity": entry.activity.key,
            "amount": plain(entry.amount),
            "unit": entry.unit,
            "level": str(entry.level),
            "region": entry.region,
            "note": entry.note,
            **({"assumed": entry.assumed} if entry.assumed else {}),
        }
        for entry in entries
    ]


def entries_from_json(kept: Iterable[Mapping[str, Any]]) -> tuple[Entry, ...]:
    """Return the amounts that `entries_as_json` kept."""
    return tuple(
        Entry(
            ACTIVITIES[entry["activity"]],
            Decimal(entry["amount"]),
            entry["unit"],
            Level(entry["level"]),
            entry["region"],
            entry["note"],
            entry.get("assumed", ""),
        )
        for entry in kept
    )


def groups_as_json(groups: Iterable[Group]) -> list[dict[str, Any]]:
    """Return groups of people as they are kept."""
    return [
        {
            "city": group.city.code,
            "mode": group.mode and str(group.mode),
            "people": group.people,
            "nights": group.nights,
            "sharing": group.sharing,
        }
        for group in groups
    ]


def list_from_json(
    rows: int,
    merged: int,
    groups: Iterable[Mapping[str, Any]],
    questions: Iterable[Mapping[str, Any]],
    columns: Iterable[str],
    cities: Gazetteer,
) -> AttendeeList:
    """Return the attendee list that was kept."""
    return AttendeeList(
        rows=rows,
        merged=merged,
        groups=tuple(
            Group(
                _known(cities, group["city"]),
                Mode(group["mode"]) if group["mode"] else None,
                group["people"],
                group["nights"],
                group["sharing"],
            )
            for group in groups
        ),
        questions=tuple(
            Question(
                question["written"],
                tuple(part["row"] for part in question["parts"]),
                tuple(question["candidates"]),
                tuple(
                    Part(
                        part["row"],
                        Mode(part["mode"]) if part["mode"] else None,
                        part["people"],
                        part["nights"],
                        part["sharing"],
                    )
                    for part in question["parts"]
                ),
            )
            for question in questions
        ),
        columns=tuple(columns),
    )


def questions_as_json(questions: Iterable[Question]) -> list[dict[str, Any]]:
    """Return what a person has still to decide, as it is kept."""
    return [
        {
            "written": question.written,
            "candidates": list(question.candidates),
            "parts": [
                {
                    "row": part.row,
                    "mode": part.mode and str(part.mode),
                    "people": part.people,
                    "nights": part.nights,
                    "sharing": part.sharing,
                }
                for part in question.parts
            ],
        }
        for question in questions
    ]


def _known(cities: Gazetteer, code: str) -> City:
    city = cities.by_code(code)
    assert city is not None, code
    return city
