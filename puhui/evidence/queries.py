"""What is known of photographs, and who may see them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import Session

from puhui.evidence import store
from puhui.evidence.errors import NoSuchPhoto
from puhui.evidence.model import Photo
from puhui.evidence.phash import bands, distance
from puhui.kernel.actor import Actor, Permission


@dataclass(frozen=True)
class PhotoCard:
    """What is known of a photograph. `latitude` and `longitude` are WGS-84 degrees."""

    photo_id: UUID
    person_id: UUID
    original_sha256: bytes
    stored_sha256: bytes
    width: int
    height: int
    taken_at: datetime | None
    zone_assumed: bool
    latitude: Decimal | None
    longitude: Decimal | None
    received_at: datetime


@dataclass(frozen=True)
class Likeness:
    """Another photograph that looks the same: how many of 256 bits differ, as is or mirrored."""

    photo_id: UUID
    person_id: UUID
    distance: int
    mirrored: bool


SURELY_FOUND = 15
"""Two hashes no further apart share one of sixteen bands; beyond it finding is luck."""


def card_of(photo: Photo) -> PhotoCard:
    """Return what is known of the photograph."""
    return PhotoCard(
        photo.photo_id,
        photo.person_id,
        photo.original_sha256,
        photo.stored_sha256,
        photo.width,
        photo.height,
        photo.taken_at,
        photo.zone_assumed,
        photo.latitude,
        photo.longitude,
        photo.received_at,
    )


def cards(session: Session, photo_ids: Collection[UUID]) -> Mapping[UUID, PhotoCard]:
    """Return what is known of these photographs; unknown ones are left out."""
    found = session.scalars(select(Photo).where(Photo.photo_id.in_(photo_ids)))
    return {photo.photo_id: card_of(photo) for photo in found}


def visible_photo(session: Session, actor: Actor, photo_id: UUID) -> PhotoCard:
    """Return a photograph that the actor may see: its owner, verifiers and auditors may.

    Raises:
        NoSuchPhoto: there is none, or it is not theirs to see; the two look the same.
    """
    photo = session.get(Photo, photo_id)
    if photo is None or not (
        photo.person_id == actor.person_id
        or actor.may(Permission.PLANTING_REVIEW)
        or actor.may(Permission.AUDIT_READ)
    ):
        raise NoSuchPhoto(photo=str(photo_id))
    return card_of(photo)


def content(photo: PhotoCard) -> bytes:
    """Return the photograph as JPEG."""
    return store.get(photo.stored_sha256)


def alike(session: Session, photo_id: UUID, most: int = SURELY_FOUND) -> Sequence[Likeness]:
    """Return other photographs whose hash is at most `most` bits away, nearest first.

    Complete up to `SURELY_FOUND` bits. Raises NoSuchPhoto for an unknown one.
    """
    photo = session.get(Photo, photo_id)
    if photo is None:
        raise NoSuchPhoto(photo=str(photo_id))
    found: list[Likeness] = []
    for mirrored, wanted in ((False, photo.phash), (True, photo.mirrored_phash)):
        near = session.execute(
            select(Photo.photo_id, Photo.person_id, Photo.phash).where(
                Photo.bands.op("&&")(array(bands(wanted))), Photo.photo_id != photo_id
            )
        )
        found += [
            Likeness(other, owner, distance(wanted, phash), mirrored)
            for other, owner, phash in near
            if distance(wanted, phash) <= most
        ]
    return sorted(found, key=lambda other: (other.distance, str(other.photo_id)))
