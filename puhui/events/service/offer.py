"""Ask for credits that cover an event; follow them to their retirement."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

import puhui.credits.queries as credit_queries
from puhui.credits import service as credits
from puhui.credits.bundle import Wishes
from puhui.credits.hold import Hold
from puhui.credits.purpose import Exclusion, Purpose, StatementLine
from puhui.events import queries
from puhui.events.activity import IN_ENGLISH, SOURCE_NAMES, Source
from puhui.events.document import bounds_of, estimate_of
from puhui.events.errors import NoEstimate, NothingNeeded, UnknownEvent
from puhui.events.model import EstimateVersion, Event, Offer, RetiredForEvent
from puhui.events.service.event import locked
from puhui.events.service.neutrality import declare_if_neutral
from puhui.identity.queries import organisation
from puhui.kernel.actor import Actor
from puhui.kernel.quantity import plain
from puhui.outbox.service import publish


def request_bundle(
    session: Session,
    actor: Actor,
    event_id: UUID,
    offer_id: UUID,
    wishes: Wishes,
    now: datetime,
) -> Hold:
    """Hold the cheapest credits for what the newest estimate still lacks. Once per `offer_id`.

    Raises:
        UnknownEvent: no such event, or not the actor's.
        NoEstimate, NothingNeeded: there is nothing to cover.
        NotEnoughCredits: what is on sale does not cover the need under these wishes.
    """
    event = locked(session, actor, event_id)
    if session.get(Offer, offer_id) is not None:
        return _offer(session, event_id, offer_id)
    standing = queries.standing(session, event, now)
    newest = queries.estimate(session, event_id)
    if newest is None:
        raise NoEstimate(event=str(event_id))
    if standing.lacking_kg == 0:
        raise NothingNeeded(event=str(event_id))
    need_kg = standing.lacking_kg
    purpose = _purpose(session, event, newest, need_kg)
    hold = credits.hold(
        session, actor, offer_id, event.organisation_id, purpose, need_kg, wishes, now
    )
    session.add(
        Offer(
            offer_id=offer_id,
            event_id=event_id,
            estimate_id=newest.estimate_id,
            need_kg=need_kg,
            requested_by=actor.person_id,
            requested_at=now,
        )
    )
    session.flush()
    publish(session, "events.offered", now, event_id=str(event_id), offer_id=str(offer_id))
    return hold


def accept_offer(
    session: Session, actor: Actor, event_id: UUID, offer_id: UUID, now: datetime
) -> Hold:
    """Accept the price and announce the bank transfer, so that the credits are kept for days.

    Raises:
        UnknownEvent: no such event or offer, or not the actor's.
        HoldOver: the offer has expired.
    """
    locked(session, actor, event_id)
    _offer(session, event_id, offer_id)
    return credits.announce_transfer(session, actor, offer_id, now)


def record_retirement(session: Session, retirement_id: UUID, now: datetime) -> bool:
    """Count retired credits towards the event they were held for; once.

    Called when credits tells of a retirement. Returns False when it was not for an event.
    """
    retirement = credit_queries.retirement(session, retirement_id)
    assert retirement is not None, retirement_id
    offer = session.get(Offer, retirement.hold_id)
    if offer is None:
        return False
    event = session.get(Event, offer.event_id, with_for_update=True)
    assert event is not None, offer.event_id
    if session.get(RetiredForEvent, retirement_id) is None:
        session.add(
            RetiredForEvent(
                retirement_id=retirement_id,
                event_id=event.event_id,
                offer_id=offer.offer_id,
                quantity_kg=retirement.quantity_kg,
                retired_at=retirement.retired_at,
            )
        )
        session.flush()
        publish(
            session,
            "events.credits_retired",
            now,
            event_id=str(event.event_id),
            retirement_id=str(retirement_id),
        )
    declare_if_neutral(session, event, now)
    return True


def _offer(session: Session, event_id: UUID, offer_id: UUID) -> Hold:
    hold = queries.offer(session, event_id, offer_id)
    if hold is None:
        raise UnknownEvent(event=str(event_id), offer=str(offer_id))
    return hold


def _purpose(session: Session, event: Event, version: EstimateVersion, required_kg: int) -> Purpose:
    """Return what the certificate will say the credits were for."""
    document = queries.document(version)
    estimate = estimate_of(document)
    organiser = organisation(session, event.organisation_id)
    assert organiser is not None, event.organisation_id
    included = [bound.source for bound in bounds_of(document) if bound.included]
    return Purpose(
        kind="event",
        subject_id=event.event_id,
        title_zh=event.title_zh,
        title_en=event.title_en,
        beneficiary=organiser.name,
        beneficiary_en=organiser.name_en or "",
        required_kg=required_kg,
        boundary_zh="、".join(SOURCE_NAMES[source] for source in included),
        boundary_en=", ".join(IN_ENGLISH[source] for source in included),
        lines=tuple(
            StatementLine(
                SOURCE_NAMES[source],
                IN_ENGLISH[source],
                plain(estimate.of_source(source).value),
                tuple(
                    dict.fromkeys(
                        line.factor.citation for line in estimate.lines if line.source is source
                    )
                ),
            )
            for source in Source
            if source in included
        ),
        exclusions=tuple(
            Exclusion(
                SOURCE_NAMES[bound.source],
                IN_ENGLISH[bound.source],
                bound.reason_zh,
                bound.reason_en,
            )
            for bound in bounds_of(document)
            if not bound.included
        ),
        begins_on=event.starts_on,
        ends_on=event.ends_on,
    )
