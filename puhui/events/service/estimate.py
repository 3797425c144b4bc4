"""Compute an estimate from what is known, and keep it for good."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

import puhui.factors.queries as factors
from puhui.events import queries
from puhui.events.activity import Source
from puhui.events.answers import Trips
from puhui.events.document import Card, annex_of, canonical, digest, document_of
from puhui.events.draft import entries_from_json, with_assumptions
from puhui.events.errors import CitiesUndecided, NameTaken, NoAttendees, NotOverYet
from puhui.events.estimate import Plan, Stage
from puhui.events.model import EstimateVersion, Event, ListUpload
from puhui.events.reckoning import reckon
from puhui.events.service.event import locked
from puhui.events.service.neutrality import declare_if_neutral
from puhui.identity.queries import organisation
from puhui.kernel.actor import Actor
from puhui.kernel.clock import day_of
from puhui.outbox.service import publish


def estimate_event(
    session: Session,
    actor: Actor,
    event_id: UUID,
    estimate_id: UUID,
    stage: Stage,
    now: datetime,
) -> EstimateVersion:
    """Compute the event's emissions as a new version. The same again returns that version.

    Raises:
        UnknownEvent: no such event, or not the actor's.
        NameTaken: the identifier belongs to another estimate.
        NotOverYet: actual figures before the event's last day.
        NoAttendees, CitiesUndecided: travel cannot be computed yet.
        Invalid: a source has no data, or no factor is published for something; all at once.
    """
    event = locked(session, actor, event_id)
    known = session.get(EstimateVersion, estimate_id)
    if known is not None:
        if (known.event_id, known.stage) != (event_id, stage):
            raise NameTaken(estimate=str(estimate_id))
        return known
    if stage is Stage.ACTUAL and day_of(now) < event.ends_on:
        raise NotOverYet(ends_on=event.ends_on.isoformat())
    upload = queries.newest_list(session, event_id)
    trips = trips_of(session, event, upload)
    plan = plan_of(session, event, trips)
    estimate = reckon(plan, lambda subject: factors.of_subject(session, subject))
    newest = queries.estimate(session, event_id)
    number = newest.number + 1 if newest else 1
    annex = canonical(annex_of(plan, estimate, trips))
    card = _card(session, event)
    document = canonical(
        document_of(card, number, stage, plan, estimate, digest(annex), now, trips)
    )
    version = EstimateVersion(
        estimate_id=estimate_id,
        event_id=event_id,
        number=number,
        stage=stage,
        list_id=upload.list_id if upload else None,
        total_kg=estimate.total.value,
        co2_kg=estimate.co2_part.value,
        co2e_kg=estimate.co2e_part.value,
        need_kg=estimate.need_kg,
        document=document,
        sha256=digest(document),
        annex=annex,
        made_by=actor.person_id,
        made_at=now,
    )
    session.add(version)
    session.flush()
    publish(session, "events.estimated", now, event_id=str(event_id), estimate_id=str(estimate_id))
    declare_if_neutral(session, event, now)
    return version


def trips_of(session: Session, event: Event, upload: ListUpload | None) -> Trips | None:
    """Return who comes from where: the list, and attendees' own answers in its places.

    Raises:
        CitiesUndecided: cities of the list wait for a decision.
    """
    listed = None if upload is None else queries.attendees(upload)
    if upload is not None and listed is not None and listed.questions:
        raise CitiesUndecided(
            list=str(upload.list_id), written=[question.written for question in listed.questions]
        )
    return queries.trips(session, event, listed)


def plan_of(session: Session, event: Event, trips: Trips | None) -> Plan:
    """Return everything that an estimate of the event would rest on now.

    Raises:
        NoAttendees: travel cannot be computed yet.
    """
    inventory = queries.inventory(session, event.event_id)
    plan = Plan(
        venue=queries.venue(event),
        starts_on=event.starts_on,
        ends_on=event.ends_on,
        attendees=event.attendees,
        boundary=event.bounds,
        entries=entries_from_json(inventory.entries) if inventory else (),
        people_per_room=inventory.people_per_room if inventory else None,
    )
    if inventory is not None:
        known = queries.assumptions(session)
        plan = with_assumptions(plan, inventory.rooms_assumed, known)
    if trips is None:
        if plan.includes(Source.TRAVEL) and not any(
            entry.activity.source is Source.TRAVEL for entry in plan.entries
        ):
            raise NoAttendees(event=str(event.event_id))
        return plan
    return replace(plan, attendees=trips.basis.attendees, groups=trips.groups)


def _card(session: Session, event: Event) -> Card:
    organiser = organisation(session, event.organisation_id)
    assert organiser is not None, event.organisation_id
    return Card(
        event_id=event.event_id,
        title_zh=event.title_zh,
        title_en=event.title_en,
        organiser=organiser.name,
        organiser_en=organiser.name_en or "",
        venue=queries.venue(event),
        venue_county=event.venue_county,
        starts_on=event.starts_on,
        ends_on=event.ends_on,
    )
