"""Where bases lie."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from puhui.evidence.geodesy import Datum, Place
from puhui.rewards.model.decision import BasePlace


@dataclass(frozen=True)
class Spot:
    """The middle of a base, and the metres from there to its farthest corner."""

    centre: Place
    radius_m: int


def spots(session: Session, base_ids: Collection[UUID]) -> Mapping[UUID, Spot]:
    """Return where bases lie, as last noted; those of which it is unknown are left out."""
    rows = session.scalars(
        select(BasePlace)
        .where(BasePlace.base_id.in_(base_ids))
        .order_by(BasePlace.base_id, BasePlace.noted_at)
    )
    return {
        row.base_id: Spot(Place(row.latitude, row.longitude, Datum(row.datum)), row.radius_m)
        for row in rows
    }
