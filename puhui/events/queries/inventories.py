"""Read what an event uses beside travel."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from puhui.events.model import Inventory


def inventory(session: Session, event_id: UUID) -> Inventory | None:
    """Return what the organiser entered beside the list, or None."""
    return session.get(Inventory, event_id)


def inventory_card(found: Inventory) -> dict[str, Any]:
    """Return what was entered, as values."""
    return {
        "entries": [
            {"assumed": "", **entry, "amount": Decimal(entry["amount"])} for entry in found.entries
        ],
        "people_per_room": found.people_per_room,
        "rooms_assumed": found.rooms_assumed,
        "version": found.version,
    }
