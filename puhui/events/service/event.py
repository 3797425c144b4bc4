"""Say what an event is, and enter its amounts."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from puhui.events import queries
from puhui.events.draft import (
    EventDraft,
    InventoryDraft,
    bounds_as_json,
    entries_as_json,
    faults_of_assumed,
    faults_of_event,
    faults_of_inventory,
)
from puhui.events.errors import UnknownEvent
from puhui.events.model import Event, Inventory
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.errors import Invalid
from puhui.outbox.service import publish

_ONE_BY_ONE = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")

Based = Callable[[int], None]
"""Asked with the present version before a change; it refuses when the writer knew another."""


def save_event(
    session: Session,
    actor: Actor,
    event_id: UUID,
    draft: EventDraft,
    now: datetime,
    based_on: Based = lambda version: None,
) -> Event:
    """Describe an event for the first time, or anew. The same again changes nothing.

    Raises:
        Forbidden, NotFound: the actor organises nothing, or not for this organisation.
        UnknownEvent: the identifier belongs to another organisation's event.
        Invalid: every fault of the draft.
    """
    actor.require(Permission.EVENT_WRITE, draft.organisation_id)
    if faults := faults_of_event(draft):
        raise Invalid(faults)
    session.execute(_ONE_BY_ONE, {"name": f"event {event_id}"})
    told = {
        "organisation_id": draft.organisation_id,
        "title_zh": draft.title_zh,
        "title_en": draft.title_en,
        "venue_city": draft.venue.code,
        "venue_county": draft.venue_county,
        "starts_on": draft.starts_on,
        "ends_on": draft.ends_on,
        "attendees": draft.attendees,
        "boundary": bounds_as_json(draft.boundary),
        "is_public": draft.is_public,
    }
    event = session.get(Event, event_id)
    if event is None:
        event = Event(
            event_id=event_id,
            version=1,
            created_by=actor.person_id,
            created_at=now,
            changed_at=now,
            **told,
        )
        session.add(event)
        publish(session, "events.described", now, event_id=str(event_id))
    elif not actor.may(Permission.EVENT_WRITE, event.organisation_id):
        raise UnknownEvent(event=str(event_id))
    elif any(getattr(event, name) != value for name, value in told.items()):
        based_on(event.version)
        for name, value in told.items():
            setattr(event, name, value)
        event.version += 1
        event.changed_at = now
    session.flush()
    return event


def save_inventory(
    session: Session,
    actor: Actor,
    event_id: UUID,
    draft: InventoryDraft,
    now: datetime,
    based_on: Based = lambda version: None,
) -> Inventory:
    """Enter what an event uses beside the travel of its list. The same again changes nothing.

    Raises:
        UnknownEvent: no such event, or not the actor's.
        Invalid: every faulty row.
    """
    locked(session, actor, event_id)
    known = queries.assumptions(session) if draft.assumed else {}
    if faults := [*faults_of_inventory(draft), *faults_of_assumed(draft, known)]:
        raise Invalid(faults)
    entries = entries_as_json(draft.entries)
    inventory = session.get(Inventory, event_id)
    if inventory is None:
        inventory = Inventory(
            event_id=event_id,
            people_per_room=draft.people_per_room,
            rooms_assumed=draft.rooms_assumed,
            entries=entries,
            version=1,
            changed_at=now,
        )
        session.add(inventory)
    elif (inventory.people_per_room, inventory.rooms_assumed, inventory.entries) != (
        draft.people_per_room,
        draft.rooms_assumed,
        entries,
    ):
        based_on(inventory.version)
        inventory.people_per_room, inventory.entries = draft.people_per_room, entries
        inventory.rooms_assumed = draft.rooms_assumed
        inventory.version += 1
        inventory.changed_at = now
    session.flush()
    return inventory


def locked(session: Session, actor: Actor, event_id: UUID) -> Event:
    """Return the actor's event, locked until the transaction ends.

    Raises:
        UnknownEvent: no such event, or not the actor's.
    """
    actor.require(Permission.EVENT_WRITE)
    event = session.get(Event, event_id, with_for_update=True)
    if event is None or not actor.may(Permission.EVENT_WRITE, event.organisation_id):
        raise UnknownEvent(event=str(event_id))
    return event
