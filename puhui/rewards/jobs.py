"""What follows from what has happened."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from puhui.outbox.task import steps
from puhui.rewards.service import awards, duties, lots, reversals


def award_planting(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """A planting was approved: give its points."""
    awards.award_planting(session, UUID(payload["planting_id"]), now)


def award_purchase(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """A buyer has claimed a labelled unit: give its points."""
    awards.award_purchase(
        session,
        UUID(payload["serial_id"]),
        UUID(payload["product_id"]),
        UUID(payload["person_id"]),
        now,
        label_code=payload.get("label_code"),
    )


def count_planting(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """A planting was approved: count its trees for the planter's duty."""
    duties.count_planting(session, UUID(payload["planting_id"]), now)


def reverse_purchase(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """A labelled unit was returned: take the points back of whoever had claimed it."""
    if "person_id" in payload:
        serial_id, person_id = UUID(payload["serial_id"]), UUID(payload["person_id"])
        reversals.reverse_purchase(session, serial_id, person_id, now)


def begin_night(session: Session, now: datetime) -> None:
    """A day has begun in China: let points mature and expire."""
    lots.begin_night(session, now)


night = steps(lots.night)
