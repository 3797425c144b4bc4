"""What follows from retirements, and from time."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from puhui.events import service


def record_retirement(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Count what was retired towards its event, which may thereby become neutral."""
    service.record_retirement(session, UUID(payload["retirement_id"]), now)


def forget(session: Session, now: datetime) -> None:
    """Forget where people came from to events that are long over."""
    service.forget_trips(session, now)
