"""JSON resources of events."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

import puhui.web.conditional as conditional
from puhui.db.session import snapshot, transaction
from puhui.events import queries, service
from puhui.events.api.blueprint import blueprint
from puhui.events.draft import EventDraft
from puhui.events.queries import EventCard
from puhui.events.schema.event import EventDraftSchema, EventPageSchema, EventSchema
from puhui.kernel.actor import Permission
from puhui.kernel.clock import now
from puhui.web.conditional import version_is, versioned
from puhui.web.guard import actor_or_none, current_actor, open_to_all
from puhui.web.paging import Page, PageQuery, page


@blueprint.route("")
class Events(MethodView):
    """Events that one may see."""

    @open_to_all
    @blueprint.arguments(PageQuery, location="query")
    @blueprint.response(200, EventPageSchema)
    def get(self, asked: dict[str, Any]) -> Page[EventCard]:
        """List public events and one's own, latest first."""
        actor = actor_or_none()
        own = actor.organisations(Permission.EVENT_WRITE) if actor else frozenset()
        with snapshot() as session:
            found = [
                queries.card(session, event, now())
                for event in queries.events_for(
                    session, own, after=asked["cursor"], most=asked["limit"] + 1
                )
            ]
        return page(found, asked["limit"], lambda card: (card.starts_on, card.event_id))


def _tag(card: EventCard) -> str:
    """Return the version of what is shown: of the description, and of where the event stands."""
    stands = card.standing
    number = stands.estimate.number if stands.estimate else 0
    return f"{card.version}-{stands.state}-{number}-{stands.retired_kg}"


@blueprint.route("/<uuid:event_id>")
class OneEvent(MethodView):
    """An event, named by its organiser."""

    @versioned
    @blueprint.arguments(EventDraftSchema)
    @blueprint.response(201, EventSchema)
    def put(self, draft: EventDraft, event_id: UUID) -> EventCard:
        """Describe an event. A change needs `If-Match`; the same again changes nothing."""
        with transaction() as session:

            def based_on(_version: int) -> None:
                present = queries.card(session, queries.event(session, event_id), now())
                conditional.require_version(_tag(present))

            event = service.save_event(session, current_actor(), event_id, draft, now(), based_on)
            card = queries.card(session, event, now())
        version_is(_tag(card))
        return card

    @open_to_all
    @versioned
    @blueprint.response(200, EventSchema)
    def get(self, event_id: UUID) -> EventCard:
        """Show a public event, or one's own, and where it stands."""
        with snapshot() as session:
            event = queries.event_for(session, actor_or_none(), event_id)
            card = queries.card(session, event, now())
        version_is(_tag(card))
        return card
