"""Take photographs in."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from puhui.evidence import store
from puhui.evidence.errors import PhotoDiffers, TooManyPhotos
from puhui.evidence.model import Document, Photo
from puhui.evidence.phash import bands
from puhui.evidence.photo import take_in
from puhui.evidence.queries import PhotoCard, card_of
from puhui.kernel.actor import Actor, Permission

MOST_AN_HOUR = 30
SWEEP = 0x65766964656E6365  # "evidence"
"""Key of the lock that keeps the sweep from files whose rows are not committed yet."""


def take_photo(
    session: Session,
    actor: Actor,
    photo_id: UUID,
    original: bytes,
    now: datetime,
    *,
    keep_place: bool,
) -> PhotoCard:
    """Take a photograph in under the name that the caller gives; the same again changes nothing.

    `keep_place` says whether the person has consented to the use of their location; without it
    the place in the EXIF is forgotten here.

    Raises:
        Invalid: the file is not a whole, plain photograph of acceptable size.
        PhotoDiffers: the name was used for another photograph.
        TooManyPhotos: the person has sent `MOST_AN_HOUR` within the hour.
    """
    actor.require(Permission.PLANTING_LOG)
    earlier = session.get(Photo, photo_id)
    if earlier is None:
        _judge_haste(session, actor.person_id, now)
    intake = take_in(original)
    if earlier is None:
        # Shared with other uploads; the sweep waits until the rows of all of them are committed.
        session.execute(text("SELECT pg_advisory_xact_lock_shared(:key)"), {"key": SWEEP})
        store.put(intake.sha256, intake.content)
        place = (intake.capture.latitude, intake.capture.longitude) if keep_place else (None, None)
        session.execute(
            insert(Photo)
            .values(
                photo_id=photo_id,
                person_id=actor.person_id,
                original_sha256=intake.original_sha256,
                stored_sha256=intake.sha256,
                width=intake.width,
                height=intake.height,
                phash=intake.phash,
                mirrored_phash=intake.mirrored_phash,
                bands=list(bands(intake.phash)),
                taken_at=intake.capture.taken_at,
                zone_assumed=intake.capture.zone_assumed,
                latitude=place[0],
                longitude=place[1],
                received_at=now,
            )
            .on_conflict_do_nothing()
        )
    photo = session.get_one(Photo, photo_id)
    if (photo.person_id, photo.original_sha256) != (actor.person_id, intake.original_sha256):
        raise PhotoDiffers(photo=str(photo_id))
    return card_of(photo)


def _judge_haste(session: Session, person_id: UUID, now: datetime) -> None:
    since = now - timedelta(hours=1)
    sent = select(func.count()).where(Photo.person_id == person_id, Photo.received_at > since)
    if (session.scalar(sent) or 0) >= MOST_AN_HOUR:
        raise TooManyPhotos(retry_after_s=3600)


def sweep(session: Session, now: datetime) -> int:
    """Remove files that no row names; return how many. Waits for no upload, nor they for long."""
    store.remove_parts((now - timedelta(hours=1)).timestamp())
    orphans = {shelf: unnamed(session, shelf, list(store.names(shelf))) for shelf in _NAMED_BY}
    if not any(orphans.values()):
        return 0
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": SWEEP})
    removed = 0
    for shelf, names in orphans.items():
        for name in unnamed(session, shelf, names):
            store.remove(name, shelf)
            removed += 1
    return removed


_NAMED_BY = {
    store.Shelf.PHOTOGRAPHS: Photo.stored_sha256,
    store.Shelf.DOCUMENTS: Document.sha256,
}


def unnamed(session: Session, shelf: store.Shelf, names: list[bytes]) -> list[bytes]:
    """Return those of the files that no row names."""
    column = _NAMED_BY[shelf]
    known: set[bytes] = set()
    for start in range(0, len(names), 1000):
        part = names[start : start + 1000]
        known.update(session.scalars(select(column).where(column.in_(part))))
    return [name for name in names if name not in known]
