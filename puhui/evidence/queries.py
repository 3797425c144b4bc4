"""What is known of photographs, and who may see them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from puhui.evidence import store
from puhui.evidence.errors import NoSuchPhoto
from puhui.evidence.model import Photo
from puhui.evidence.phash import probes
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
    received_at: datetime


_NEAR = text(
    """
    SELECT near.photo_id, near.person_id, near.received_at, near.bits
    FROM unnest(CAST(:probes AS integer[])) AS probe(band)
    CROSS JOIN LATERAL (
      SELECT photo_id, person_id, received_at,
             bit_count(('x' || encode(phash, 'hex'))::bit(256)
                       # ('x' || encode(:wanted, 'hex'))::bit(256)) AS bits
      FROM evidence_photo
      WHERE bands @> ARRAY[probe.band] AND photo_id <> :photo_id
      OFFSET 0) AS near
    WHERE near.bits <= :most
    """
)
"""One look-up of the index a band: a single `&&` with a thousand bands compares them all."""


def card_of(photo: Photo) -> PhotoCard:
    """Return what is known of the photograph."""
    assert photo.stored_sha256 is not None, photo.photo_id
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
    """Return what is known of these photographs; unknown and erased ones are left out."""
    found = session.scalars(
        select(Photo).where(Photo.photo_id.in_(photo_ids), Photo.stored_sha256.is_not(None))
    )
    return {photo.photo_id: card_of(photo) for photo in found}


def visible_photo(session: Session, actor: Actor, photo_id: UUID) -> PhotoCard:
    """Return a photograph that the actor may see: its owner, verifiers and auditors may.

    Raises:
        NoSuchPhoto: there is none, or it is not theirs to see; the two look the same.
    """
    photo = session.get(Photo, photo_id)
    if (
        photo is None
        or photo.stored_sha256 is None
        or not (
            photo.person_id == actor.person_id
            or actor.may(Permission.PLANTING_REVIEW)
            or actor.may(Permission.AUDIT_READ)
        )
    ):
        raise NoSuchPhoto(photo=str(photo_id))
    return card_of(photo)


def content(photo: PhotoCard) -> bytes:
    """Return the photograph as JPEG."""
    return store.get(photo.stored_sha256)


def alike(session: Session, photo_id: UUID, most: int) -> Sequence[Likeness]:
    """Return every other photograph whose hash is at most `most` bits away, nearest first.

    Complete up to `puhui.evidence.phash.MOST_APART` bits. Raises NoSuchPhoto for an unknown one.
    """
    photo = session.get(Photo, photo_id)
    if photo is None:
        raise NoSuchPhoto(photo=str(photo_id))
    found: dict[UUID, Likeness] = {}
    for mirrored, wanted in ((False, photo.phash), (True, photo.mirrored_phash)):
        asked = {
            "probes": probes(wanted, most), "wanted": wanted, "photo_id": photo_id, "most": most,
        }  # fmt: skip
        for other, owner, received_at, bits in session.execute(_NEAR, asked):
            if other not in found or bits < found[other].distance:
                found[other] = Likeness(other, owner, bits, mirrored, received_at)
    return sorted(found.values(), key=lambda other: (other.distance, str(other.photo_id)))
