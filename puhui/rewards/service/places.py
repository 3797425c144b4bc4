"""Note where bases lie."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from puhui.kernel.actor import Actor, Permission
from puhui.rewards.model.decision import BasePlace
from puhui.rewards.queries.bases import base
from puhui.rewards.queries.places import Spot, spots


def note_place(session: Session, actor: Actor, base_id: UUID, spot: Spot, now: datetime) -> Spot:
    """Note where a base lies; the same again changes nothing, another note counts from now on.

    Raises:
        Forbidden: the actor may not write bases.
        NoSuchBase: there is none.
    """
    actor.require(Permission.BASE_WRITE)
    base(session, base_id)
    return ensure_place(session, base_id, spot, now, by=actor.person_id)


def ensure_place(
    session: Session, base_id: UUID, spot: Spot, now: datetime, *, by: UUID | None = None
) -> Spot:
    """Note where a base lies; nobody's permission is asked (for the example province)."""
    if spots(session, [base_id]).get(base_id) != spot:
        assert spot.centre.datum is not None, spot
        session.add(
            BasePlace(
                base_id=base_id,
                noted_at=now,
                latitude=spot.centre.latitude,
                longitude=spot.centre.longitude,
                datum=spot.centre.datum,
                radius_m=spot.radius_m,
                noted_by=by,
            )
        )
        session.flush()
    return spot
