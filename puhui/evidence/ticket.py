"""Capture tickets: leave to photograph one place, which shows that a picture was not ready before.

The server names the time, so a ticket proves that whoever holds it began after it was issued. It
is bound to a person and a place, and supports one record. Without one nobody is refused: that is
a weak signal among others.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from puhui.evidence.errors import NoSuchTicket, TicketDiffers, TicketSpent
from puhui.evidence.model import CaptureTicket
from puhui.kernel.actor import Actor, Permission

KEPT_UNSPENT = timedelta(days=30)
"""What was never used is forgotten so long after its end."""


@dataclass(frozen=True)
class Ticket:
    """What a capture ticket says."""

    ticket_id: UUID
    person_id: UUID
    place_id: UUID
    issued_at: datetime
    valid_until: datetime
    spent_on: UUID | None

    def covers(self, instant: datetime) -> bool:
        """Whether a photograph received or taken at `instant` falls into its window."""
        return self.issued_at <= instant <= self.valid_until


def issue(
    session: Session,
    actor: Actor,
    ticket_id: UUID,
    place_id: UUID,
    lasts: timedelta,
    now: datetime,
) -> Ticket:
    """Issue a ticket under the name that the caller gives; the same again changes nothing.

    Raises:
        TicketDiffers: the name was used for another ticket.
    """
    actor.require(Permission.PLANTING_LOG)
    session.execute(
        insert(CaptureTicket)
        .values(
            ticket_id=ticket_id,
            person_id=actor.person_id,
            place_id=place_id,
            issued_at=now,
            valid_until=now + lasts,
        )
        .on_conflict_do_nothing()
    )
    found = session.get_one(CaptureTicket, ticket_id)
    if (found.person_id, found.place_id) != (actor.person_id, place_id):
        raise TicketDiffers(ticket=str(ticket_id))
    return _value(found)


def held_for(session: Session, actor: Actor, ticket_id: UUID, place_id: UUID) -> bool:
    """Whether this is a ticket of the actor's for this place that nothing else was logged with."""
    found = session.get(CaptureTicket, ticket_id)
    return (
        found is not None
        and (found.person_id, found.place_id) == (actor.person_id, place_id)
        and found.spent_on is None
    )


def spend(
    session: Session, actor: Actor, ticket_id: UUID, place_id: UUID, on: UUID, now: datetime
) -> Ticket:
    """Use a ticket up for the record `on`; the same again changes nothing.

    Raises:
        NoSuchTicket: there is none, or it is not the actor's, or for another place.
        TicketSpent: it supports another record.
    """
    actor.require(Permission.PLANTING_LOG)
    found = session.get(CaptureTicket, ticket_id, with_for_update=True, populate_existing=True)
    if found is None or (found.person_id, found.place_id) != (actor.person_id, place_id):
        raise NoSuchTicket(ticket=str(ticket_id))
    if found.spent_on not in (None, on):
        raise TicketSpent(ticket=str(ticket_id))
    if found.spent_on is None:
        found.spent_on, found.spent_at = on, now
        session.flush()
    return _value(found)


def spent_on(session: Session, record_id: UUID) -> Ticket | None:
    """Return the ticket that supports a record, if one does."""
    found = session.scalar(select(CaptureTicket).where(CaptureTicket.spent_on == record_id))
    return None if found is None else _value(found)


def sweep(session: Session, now: datetime) -> None:
    """Forget tickets that nobody used."""
    session.execute(
        delete(CaptureTicket).where(
            CaptureTicket.spent_on.is_(None), CaptureTicket.valid_until < now - KEPT_UNSPENT
        )
    )


def _value(row: CaptureTicket) -> Ticket:
    return Ticket(
        row.ticket_id,
        row.person_id,
        row.place_id,
        row.issued_at,
        row.valid_until,
        row.spent_on,
    )
