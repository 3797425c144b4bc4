"""Record a new forest, and take somebody's word for a statement."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from puhui.events import queries
from puhui.events.errors import NameTaken, NotIndependent, NotNeutralYet, UnknownEvent
from puhui.events.forest import ForestDraft, faults_of_forest
from puhui.events.model import Confirmation, Event, ForestRouteVersion
from puhui.events.service.event import locked
from puhui.events.statement import ConfirmationKind, StatementKind
from puhui.identity.queries import is_member
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.clock import day_of
from puhui.kernel.errors import Invalid
from puhui.outbox.service import publish


def record_forest(
    session: Session,
    actor: Actor,
    event_id: UUID,
    route_id: UUID,
    draft: ForestDraft,
    now: datetime,
) -> ForestRouteVersion:
    """Record an event's new forest as a new version. The same again changes nothing.

    Nothing is retired by it, and it makes no event neutral in the register.

    Raises:
        UnknownEvent: no such event, or not the actor's.
        NameTaken: the identifier belongs to something else.
        Invalid: every fault of the draft.
    """
    event = locked(session, actor, event_id)
    known = session.get(ForestRouteVersion, route_id)
    if known is not None:
        if known.event_id != event_id or queries.forest_draft(known) != draft:
            raise NameTaken(route=str(route_id))
        return known
    if faults := list(faults_of_forest(draft, event.ends_on, day_of(now))):
        raise Invalid(faults)
    newest = queries.forest_route(session, event_id)
    version = ForestRouteVersion(
        route_id=route_id,
        event_id=event_id,
        number=newest.number + 1 if newest else 1,
        made_by=actor.person_id,
        made_at=now,
        **{name: getattr(draft, name) for name in ForestDraft.__dataclass_fields__},
    )
    session.add(version)
    session.flush()
    publish(session, "events.forest_recorded", now, event_id=str(event_id), route_id=str(route_id))
    return version


def confirm(
    session: Session,
    actor: Actor,
    event_id: UUID,
    confirmation_id: UUID,
    organisation_id: UUID,
    says_zh: str,
    says_en: str,
    now: datetime,
) -> Confirmation:
    """Take an organisation's word that the statement of a neutral event is true, for good.

    It is the organiser's own declaration, or that of a verifying body that has no part in it.

    Raises:
        Forbidden, NotFound: the actor may not speak for this organisation.
        UnknownEvent: no such event that the actor may see.
        NotIndependent: the body, or the person, belongs to the organiser.
        NotNeutralYet: the register does not say that the event is neutral.
        NameTaken: the identifier belongs to something else, or the body has confirmed it before.
    """
    event = _event_to_confirm(session, actor, event_id, organisation_id)
    known = session.get(Confirmation, confirmation_id)
    if known is not None:
        if (known.event_id, known.organisation_id) != (event_id, organisation_id):
            raise NameTaken(confirmation=str(confirmation_id))
        return known
    kind = ConfirmationKind.SELF
    if organisation_id != event.organisation_id:
        kind = ConfirmationKind.INDEPENDENT
        if is_member(session, actor, event.organisation_id):
            raise NotIndependent(event=str(event_id))
    stated = queries.statement(session, event)
    newest = queries.estimate(session, event_id)
    if stated.kind is not StatementKind.NEUTRAL or newest is None:
        raise NotNeutralYet(event=str(event_id))
    if queries.has_confirmed(session, newest.estimate_id, organisation_id):
        raise NameTaken(organisation=str(organisation_id))
    confirmation = Confirmation(
        confirmation_id=confirmation_id,
        event_id=event_id,
        estimate_id=newest.estimate_id,
        organisation_id=organisation_id,
        kind=kind,
        statement=stated.canonical,
        sha256=stated.sha256,
        says_zh=says_zh,
        says_en=says_en,
        confirmed_by=actor.person_id,
        confirmed_at=now,
    )
    session.add(confirmation)
    session.flush()
    publish(
        session,
        "events.confirmed",
        now,
        event_id=str(event_id),
        confirmation_id=str(confirmation_id),
    )
    return confirmation


def _event_to_confirm(
    session: Session, actor: Actor, event_id: UUID, organisation_id: UUID
) -> Event:
    """Return the event, locked, if the actor may speak about it for this organisation."""
    if not actor.may(Permission.EVENT_CONFIRM):
        actor.require(Permission.EVENT_WRITE, organisation_id)
    elif not actor.may(Permission.EVENT_WRITE, organisation_id):
        actor.require(Permission.EVENT_CONFIRM, organisation_id)
    event = session.get(Event, event_id, with_for_update=True)
    if event is None:
        raise UnknownEvent(event=str(event_id))
    theirs = queries.is_theirs(actor, event)
    if not event.is_public and not theirs:
        raise UnknownEvent(event=str(event_id))
    if organisation_id == event.organisation_id:
        actor.require(Permission.EVENT_WRITE, organisation_id)
    else:
        # Another organiser has no say in it, a verifying body has.
        actor.require(Permission.EVENT_CONFIRM, organisation_id)
    return event
