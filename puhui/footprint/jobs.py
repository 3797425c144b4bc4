"""What the worker does for footprint."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from puhui.footprint import service
from puhui.footprint.installation import pepper
from puhui.footprint.service import batch, importing, renewal
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


def end_labels_of_factor(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """End the labels whose footprint rests on a factor that was withdrawn."""
    service.end_for_factor(session, payload["citation"], payload["reason"], now)


def recompute_all(
    session: Session, payload: Mapping[str, Any], cursor: Mapping[str, Any], now: datetime
) -> Step:
    """Look at the next labels after a release of factors."""
    return renewal.recompute_step(session, payload, cursor, now)


def end_found(
    session: Session, payload: Mapping[str, Any], cursor: Mapping[str, Any], now: datetime
) -> Step:
    """End the next labels that a run found to be renewed."""
    return renewal.end_step(session, payload, cursor, now)


def forget(session: Session, now: datetime) -> None:
    """Forget with which devices units were claimed, and who tried in vain."""
    service.forget(session, now)


def import_workbook(
    session: Session, payload: Mapping[str, Any], cursor: Mapping[str, Any], now: datetime
) -> Step:
    """Read the next lines of a workbook."""
    return importing.import_step(session, payload, cursor, now)
