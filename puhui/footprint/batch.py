"""How the long work on a batch is named."""

from uuid import UUID, uuid5

PRINT, SHIP, VOID = "footprint.print", "footprint.ship", "footprint.void"


def task_of(kind: str, batch_id: UUID) -> UUID:
    """Return the id of the task that does `kind` of work on a batch."""
    return uuid5(batch_id, kind)


def owner_of(organisation_id: UUID) -> str:
    """Return who may look at the tasks of an organisation's batches."""
    return f"organisation:{organisation_id}"
