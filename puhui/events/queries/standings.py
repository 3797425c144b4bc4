"""Read where an event stands: its estimate, what was retired, whether it is neutral."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

import puhui.credits.queries as credits
from puhui.credits.hold import Hold, HoldState
from puhui.events.forest import route_deadline
from puhui.events.model import Event, ForestRouteVersion, Neutrality, RetiredForEvent
from puhui.events.neutrality import State, state_of
from puhui.events.queries.versions import Summary, estimate, summary
from puhui.kernel.clock import day_of


@dataclass(frozen=True)
class Standing:
    """Where an event stands: its newest estimate and what has been retired for it."""

    state: State
    estimate: Summary | None
    retired_kg: int
    hold: Hold | None
    """The newest live hold, if any."""
    neutral_since: datetime | None
    forest_until: date | None = None
    """Until when a new forest may still make up for it; it never counts as retired."""

    @property
    def lacking_kg(self) -> int:
        """Return how many kilograms are neither retired nor held for the newest estimate."""
        if self.estimate is None:
            return 0
        held = self.hold.total_kg if self.hold is not None else 0
        return max(0, self.estimate.need_kg - self.retired_kg - held)

    @property
    def surplus_kg(self) -> int:
        """Return what was retired beyond the need; it serves no other event."""
        return max(0, self.retired_kg - (self.estimate.need_kg if self.estimate else 0))


def retired_kg(session: Session, event_id: UUID) -> int:
    """Return the kilograms that have been retired for an event."""
    total = session.scalar(
        select(func.sum(RetiredForEvent.quantity_kg)).where(RetiredForEvent.event_id == event_id)
    )
    return int(total or 0)  # PostgreSQL sums whole numbers to a decimal


def retirements(session: Session, event_id: UUID) -> Sequence[RetiredForEvent]:
    """Return what has been retired for an event, oldest first."""
    return session.scalars(
        select(RetiredForEvent)
        .where(RetiredForEvent.event_id == event_id)
        .order_by(RetiredForEvent.retired_at, RetiredForEvent.retirement_id)
    ).all()


def standing(session: Session, found: Event, now: datetime) -> Standing:
    """Return where the event stands at `now`."""
    newest = estimate(session, found.event_id)
    declared = None if newest is None else session.get(Neutrality, newest.estimate_id)
    live = [
        hold
        for hold in credits.holds_for(session, found.event_id)
        if hold.state is HoldState.PAID or (hold.state is HoldState.HELD and hold.expires_at > now)
    ]
    hold = live[0] if live else None
    retired = retired_kg(session, found.event_id)
    forest_until = _forest_until(session, found, day_of(now))
    state = state_of(
        newest.need_kg if newest else None,
        retired,
        declared=declared is not None,
        paid=hold is not None and hold.state is HoldState.PAID,
        held=hold is not None,
        forest_open=forest_until is not None,
    )
    return Standing(
        state,
        None if newest is None else summary(newest),
        retired,
        hold,
        None if declared is None else declared.declared_at,
        forest_until,
    )


def _forest_until(session: Session, found: Event, today: date) -> date | None:
    """Return the last day of an event's new forest that nobody has certified yet, or None."""
    newest = session.scalar(
        select(ForestRouteVersion)
        .where(ForestRouteVersion.event_id == found.event_id)
        .order_by(ForestRouteVersion.number.desc())
        .limit(1)
    )
    until = route_deadline(found.ends_on)
    open_still = newest is not None and newest.certified_kg is None and today <= until
    return until if open_still else None
