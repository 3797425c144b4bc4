"""What follows from retirements, from long lists, and from time."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from puhui.events import service
from puhui.outbox.task import Step


def record_retirement(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Count what was retired towards its event, which may thereby become neutral."""
    service.record_retirement(session, UUID(payload["retirement_id"]), now)


def forget(session: Session, now: datetime) -> None:
    """Forget where people came from to events that are long over, and files left unread."""
    service.forget_trips(session, now)
    service.forget_waiting(session, now)


def read_list(
    session: Session, payload: Mapping[str, Any], cursor: Mapping[str, Any], now: datetime
) -> Step:
    """Read the next lines of a long attendee list."""
    return service.list_step(session, payload, cursor, now)
