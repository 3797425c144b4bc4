"""JSON resource of what an event uses beside travel."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

import puhui.web.conditional as conditional
from puhui.db.session import snapshot, transaction
from puhui.events import queries, service
from puhui.events.api.blueprint import blueprint
from puhui.events.draft import InventoryDraft
from puhui.events.errors import UnknownEvent
from puhui.events.schema.inventory import EventInventoryDraftSchema, EventInventorySchema
from puhui.kernel.clock import now
from puhui.web.conditional import version_is, versioned
from puhui.web.guard import current_actor


@blueprint.route("/<uuid:event_id>/inventory")
class EventInventory(MethodView):
    """What an event uses beside the travel of its list."""

    @versioned
    @blueprint.arguments(EventInventoryDraftSchema)
    @blueprint.response(201, EventInventorySchema)
    def put(self, draft: InventoryDraft, event_id: UUID) -> dict[str, Any]:
        """Enter the amounts. A change needs `If-Match`; the same again changes nothing."""
        with transaction() as session:
            inventory = service.save_inventory(
                session, current_actor(), event_id, draft, now(), conditional.require_version
            )
            found = queries.inventory_card(inventory)
        version_is(found["version"])
        return found

    @versioned
    @blueprint.response(200, EventInventorySchema)
    def get(self, event_id: UUID) -> dict[str, Any]:
        """Show what was entered, to the organiser."""
        with snapshot() as session:
            queries.own_event(session, current_actor(), event_id)
            inventory = queries.inventory(session, event_id)
            if inventory is None:
                raise UnknownEvent(event=str(event_id), what="inventory")
            found = queries.inventory_card(inventory)
        version_is(found["version"])
        return found
