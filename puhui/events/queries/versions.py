"""Read estimates, version by version."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from puhui.events.errors import UnknownEvent
from puhui.events.estimate import Stage
from puhui.events.model import EstimateVersion


@dataclass(frozen=True)
class Summary:
    """An estimate's figures without its lines. Kilograms."""

    estimate_id: UUID
    number: int
    stage: Stage
    total_kg: Decimal
    co2_kg: Decimal
    co2e_kg: Decimal
    need_kg: int
    made_at: datetime
    sha256: str


def estimates(session: Session, event_id: UUID) -> Sequence[EstimateVersion]:
    """Return every version of the event's estimate, newest first."""
    return session.scalars(
        select(EstimateVersion)
        .where(EstimateVersion.event_id == event_id)
        .order_by(EstimateVersion.number.desc())
    ).all()


def estimate(session: Session, event_id: UUID, number: int | None = None) -> EstimateVersion | None:
    """Return one version, the newest when no number is given; None if there is none."""
    query = select(EstimateVersion).where(EstimateVersion.event_id == event_id)
    if number is not None:
        query = query.where(EstimateVersion.number == number)
    return session.scalar(query.order_by(EstimateVersion.number.desc()).limit(1))


def estimate_by_id(session: Session, event_id: UUID, estimate_id: UUID) -> EstimateVersion:
    """Return one version of an event's estimate.

    Raises:
        UnknownEvent: the event has none of this identifier.
    """
    found = session.get(EstimateVersion, estimate_id)
    if found is None or found.event_id != event_id:
        raise UnknownEvent(event=str(event_id), estimate=str(estimate_id))
    return found


def estimate_card(version: EstimateVersion) -> dict[str, Any]:
    """Return a version's figures together with its document."""
    return {**asdict(summary(version)), "document": document(version)}


def document(version: EstimateVersion) -> dict[str, Any]:
    """Return the document of a version."""
    found: dict[str, Any] = json.loads(version.document)
    return found


def summary(version: EstimateVersion) -> Summary:
    """Return a version's figures."""
    return Summary(
        estimate_id=version.estimate_id,
        number=version.number,
        stage=Stage(version.stage),
        total_kg=version.total_kg,
        co2_kg=version.co2_kg,
        co2e_kg=version.co2e_kg,
        need_kg=version.need_kg,
        made_at=version.made_at,
        sha256=version.sha256,
    )
