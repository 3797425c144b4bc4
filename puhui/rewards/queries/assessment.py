"""What the rules look at when they weigh a planting, gathered from the books."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from puhui.evidence import queries as evidence
from puhui.evidence import ticket
from puhui.evidence.geodesy import Datum, Place
from puhui.evidence.queries import Likeness, PhotoCard
from puhui.identity.queries import member_since
from puhui.rewards.model.decision import DeviceUse
from puhui.rewards.model.planting import Planting, PlantingPhoto
from puhui.rewards.planting import PlantingDraft, State
from puhui.rewards.planting_signal import Circumstances, Earlier, Ground, Shot, Weighed
from puhui.rewards.queries.bases import BaseCard
from puhui.rewards.queries.places import Spot, spots
from puhui.rewards.threshold import Thresholds

DEVICE_REMEMBERED = timedelta(days=30)
LOOKED_BACK = timedelta(days=366)
MOST_EARLIER = 1000
MOST_SHOWN = 8


@dataclass(frozen=True)
class Found:
    """What was gathered of a planting: for the rules, and for the eyes of a verifier."""

    weighed: Weighed
    likenesses: tuple[Likeness, ...]
    """Photographs of other records, the nearest first."""


def gather(
    session: Session,
    row: Planting,
    draft: PlantingDraft,
    base: BaseCard,
    photos: Sequence[PhotoCard],
    limits: Thresholds,
) -> Found:
    """Return what is known beside a planting."""
    likenesses = _likenesses(session, row, photos, limits["P3.bits"])
    nearest = {photo_id: min(found, key=lambda one: one.distance, default=None)
               for photo_id, found in likenesses.items()}  # fmt: skip
    shots = [
        Shot(
            photo.taken_at,
            photo.received_at,
            place_of(photo),
            one.distance if (one := nearest[photo.photo_id]) else None,
        )
        for photo in photos
    ]
    every = {other.photo_id: other for found in likenesses.values() for other in found}
    return Found(
        Weighed(
            draft,
            shots,
            _ground(session, row, base),
            _circumstances(session, row, photos),
        ),
        tuple(sorted(every.values(), key=lambda one: one.distance)[:MOST_SHOWN]),
    )


def place_of(photo: PhotoCard) -> Place | None:
    """Return where the camera says a photograph was taken, if it was kept."""
    if photo.latitude is None or photo.longitude is None:
        return None
    return Place(photo.latitude, photo.longitude)


def _likenesses(
    session: Session, row: Planting, photos: Sequence[PhotoCard], most: int
) -> dict[UUID, list[Likeness]]:
    """Return what resembles each photograph, a person's own loose pictures left out.

    Who sends a picture twice before logging has not used it twice. A picture of one's own refused
    planting may support the truth, so it does not count either.
    """
    found = {photo.photo_id: evidence.alike(session, photo.photo_id, most) for photo in photos}
    ids = {other.photo_id for others in found.values() for other in others}
    used = set(
        session.scalars(
            select(PlantingPhoto.photo_id)
            .join(Planting, Planting.planting_id == PlantingPhoto.planting_id)
            .where(
                PlantingPhoto.photo_id.in_(ids),
                Planting.planting_id != row.planting_id,
                (Planting.person_id != row.person_id) | (Planting.state != State.REFUSED),
            )
        )
    )
    return {
        photo_id: [
            other for other in others if other.photo_id in used or other.person_id != row.person_id
        ]
        for photo_id, others in found.items()
    }


def _ground(session: Session, row: Planting, base: BaseCard) -> Ground:
    so_far = session.scalar(
        select(func.coalesce(func.sum(Planting.trees), 0)).where(
            Planting.base_id == row.base_id,
            Planting.state != State.REFUSED,
            Planting.planting_id != row.planting_id,
        )
    )
    spot: Spot | None = spots(session, [row.base_id]).get(row.base_id)
    return Ground(
        tuple(species.key for species in base.species),
        (base.season_from, base.season_until),
        base.area_m2,
        int(so_far or 0),
        spot.centre if spot else None,
        spot.radius_m if spot else 0,
    )


def _circumstances(session: Session, row: Planting, photos: Sequence[PhotoCard]) -> Circumstances:
    rows = session.scalars(
        select(Planting)
        .where(
            Planting.person_id == row.person_id,
            Planting.planting_id != row.planting_id,
            Planting.state != State.REFUSED,
            Planting.logged_at <= row.logged_at,
            Planting.logged_at > row.logged_at - LOOKED_BACK,
        )
        .order_by(Planting.logged_at.desc())
        .limit(MOST_EARLIER)
    )
    held = ticket.spent_on(session, row.planting_id)
    people, rival = _device(session, row)
    return Circumstances(
        row.logged_at,
        member_since(session, row.person_id) or datetime.min.replace(tzinfo=UTC),
        tuple(Earlier(other.logged_at, other.trees, _said_place(other)) for other in rows),
        held is not None and all(held.covers(photo.received_at) for photo in photos),
        people,
        rival,
    )


def _said_place(row: Planting) -> Place | None:
    point = row.point
    return None if point is None else Place(point.latitude, point.longitude, Datum(point.datum))


def _device(session: Session, row: Planting) -> tuple[int, int | None]:
    """Return how many people logged with the same device, and how lately another one here."""
    own = session.get(DeviceUse, row.planting_id)
    if own is None:
        return 1, None
    others = session.scalars(
        select(DeviceUse).where(
            DeviceUse.device == own.device,
            DeviceUse.logged_at <= row.logged_at,
            DeviceUse.logged_at > row.logged_at - DEVICE_REMEMBERED,
        )
    ).all()
    rivals = [
        (row.logged_at - other.logged_at) // timedelta(minutes=1)
        for other in others
        if other.person_id != row.person_id and other.base_id == row.base_id
    ]
    return len({other.person_id for other in others} | {row.person_id}), min(rivals, default=None)
