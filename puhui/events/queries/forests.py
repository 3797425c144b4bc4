"""Read new forests."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from puhui.events.forest import (
    ForestDraft,
    Reminder,
    RouteState,
    reminders,
    route_deadline,
    route_state,
)
from puhui.events.model import Event, ForestRouteVersion
from puhui.events.queries import standings, versions
from puhui.kernel.clock import day_of


@dataclass(frozen=True)
class ForestCard:
    """A new forest as it stands today."""

    route_id: UUID
    number: int
    forest: ForestDraft
    open_until: date
    state: RouteState
    reminders: tuple[Reminder, ...]
    made_at: datetime


def forest_route(session: Session, event_id: UUID) -> ForestRouteVersion | None:
    """Return the newest version of an event's new forest, or None."""
    return session.scalar(
        select(ForestRouteVersion)
        .where(ForestRouteVersion.event_id == event_id)
        .order_by(ForestRouteVersion.number.desc())
        .limit(1)
    )


def forest_draft(row: ForestRouteVersion) -> ForestDraft:
    """Return a version as the value that rules know."""
    return ForestDraft(**{name: getattr(row, name) for name in ForestDraft.__dataclass_fields__})


def forest_card(session: Session, event: Event, now: datetime) -> ForestCard | None:
    """Return an event's new forest as it stands today, or None."""
    row = forest_route(session, event.event_id)
    if row is None:
        return None
    draft, today = forest_draft(row), day_of(now)
    newest = versions.estimate(session, event.event_id)
    need = newest.need_kg if newest else draft.expected_kg
    lacking = max(0, need - standings.retired_kg(session, event.event_id))
    return ForestCard(
        row.route_id,
        row.number,
        draft,
        route_deadline(event.ends_on),
        route_state(draft, lacking, event.ends_on, today),
        reminders(draft, event.ends_on, today),
        row.made_at,
    )
