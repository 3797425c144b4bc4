"""What the worker does on batches of serials, step by step."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from puhui.footprint.installation import pepper
from puhui.footprint.service import batch
from puhui.outbox.task import Step


def print_batch(
    session: Session, payload: Mapping[str, Any], cursor: Mapping[str, Any], now: datetime
) -> Step:
    """Make the next serials of a batch."""
    return batch.print_step(session, UUID(payload["batch_id"]), pepper(), now)


def ship_batch(
    session: Session, payload: Mapping[str, Any], cursor: Mapping[str, Any], now: datetime
) -> Step:
    """Ship the next serials of a batch."""
    return batch.ship_step(session, UUID(payload["batch_id"]), cursor, now)


def void_batch(
    session: Session, payload: Mapping[str, Any], cursor: Mapping[str, Any], now: datetime
) -> Step:
    """Void the next serials of a batch that were not shipped."""
    return batch.void_step(session, UUID(payload["batch_id"]), cursor, now)
