"""What follows from what has happened."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from puhui.rewards.service import awards, duties


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
