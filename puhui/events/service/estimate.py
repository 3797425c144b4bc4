"""Compute an estimate from what is known, and keep it for good."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

import puhui.factors.queries as factors
from puhui.events import answer_queries, queries
from puhui.events.activity import ACTIVITIES, Source
from puhui.events.answers import Trips
from puhui.events.document import Card, annex_of, canonical, digest, document_of
from puhui.events.draft import entries_from_json
from puhui.events.errors import CitiesUndecided, NameTaken, NoAttendees, NotOverYet
from puhui.events.estimate import (
    Choice,
    Estimate,
    Need,
    Plan,
    Stage,
    amounts,
    choose,
    compute,
    with_radiative_forcing,
)
from puhui.events.model import EstimateVersion, Event, ListUpload
from puhui.events.service.event import locked
from puhui.events.service.neutrality import declare_if_neutral
from puhui.factors.factor import Factor
from puhui.identity.queries import organisation
from puhui.kernel.actor import Actor
from puhui.kernel.clock import day_of
from puhui.kernel.errors import Fault, Invalid
from puhui.kernel.text import N_
from puhui.outbox.service import publish

FORCED = {
    "air_international": "travel.air.international.average.rf",
}
"""Activities whose factor with radiative forcing is published: under this subject."""


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
    trips = _trips(session, event, upload)
    plan = _plan(session, event, trips)
    estimate = _compute(session, plan, event.starts_on.year)
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


def _trips(session: Session, event: Event, upload: ListUpload | None) -> Trips | None:
    listed = None if upload is None else queries.attendees(upload)
    if upload is not None and listed is not None and listed.questions:
        raise CitiesUndecided(
            list=str(upload.list_id), written=[question.written for question in listed.questions]
        )
    return answer_queries.trips(session, event, listed)


def _plan(session: Session, event: Event, trips: Trips | None) -> Plan:
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
    if trips is None:
        if plan.includes(Source.TRAVEL):
            raise NoAttendees(event=str(event.event_id))
        return plan
    return Plan(
        venue=plan.venue,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        attendees=trips.basis.attendees,
        boundary=plan.boundary,
        groups=trips.groups,
        entries=plan.entries,
        people_per_room=plan.people_per_room,
    )


def _compute(session: Session, plan: Plan, year: int) -> Estimate:
    needs: dict[Need, str] = {}
    for amount in amounts(plan):
        needs.setdefault(amount.need, amount.activity.key)
    choices: dict[Need, Choice] = {}
    faults = []
    for need, activity in needs.items():
        choice = choose(need, factors.of_subject(session, need.subject), year)
        if choice is None:
            faults.append(
                Fault(
                    "no_factor",
                    N_("没有公布适用的排放因子：%(activity)s（%(region)s）"),
                    field=str(ACTIVITIES[activity].source),
                    values={"activity": activity, "region": need.regions[0]},
                )
            )
        else:
            choices[need] = choice
    if faults:
        raise Invalid(faults)
    estimate = compute(plan, choices)
    forced: dict[str, Factor] = {}
    for activity, subject in FORCED.items():
        need = Need(subject, None, (plan.venue.country,), or_any=True)
        if choice := choose(need, factors.of_subject(session, subject), year):
            forced[activity] = choice.factor
    sensitivity = with_radiative_forcing(estimate, forced)
    found = () if sensitivity is None else (sensitivity,)
    return Estimate(estimate.lines, found, estimate.legs)


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
