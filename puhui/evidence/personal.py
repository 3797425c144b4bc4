"""What evidence keeps of people, and the files that go with them."""

from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from puhui.db.personal import About, Personal
from puhui.evidence import store
from puhui.evidence.model import CaptureTicket, Document, Photo
from puhui.evidence.service import SWEEP, unnamed
from puhui.kernel.text import N_

PERSONAL = Personal(
    "evidence",
    about=(
        About(CaptureTicket, "capture_tickets", ("person_id",)),
        About(
            Photo,
            "photographs",
            ("person_id",),
            stays=N_(
                "照片文件、地点和拍摄时间删除；只留下不能还原图像的哈希，使同一张照片不被第二次计数"
            ),
            erased={"stored_sha256": None, "latitude": None, "longitude": None, "taken_at": None},
            codes=frozenset({"original_sha256", "phash", "mirrored_phash", "bands"}),
        ),
        About(
            Document,
            "documents",
            ("person_id",),
            stays=N_("文件是机构为其产品提交的依据，属于机构；文件名删除，编号不再指向任何人"),
            erased={"name": "document"},
            codes=frozenset({"sha256", "media_type"}),
        ),
    ),
)


def photographs_of(
    session: Session, person_id: UUID, after: UUID | None, most: int
) -> Sequence[tuple[UUID, bytes]]:
    """Return the next photographs of a person as (name, JPEG), in the order of their names."""
    query = select(Photo.photo_id, Photo.stored_sha256).where(
        Photo.person_id == person_id, Photo.stored_sha256.is_not(None)
    )
    if after is not None:
        query = query.where(Photo.photo_id > after)
    rows = session.execute(query.order_by(Photo.photo_id).limit(most)).all()
    return [(photo_id, store.get(name)) for photo_id, name in rows if name is not None]


def count_photographs(session: Session, person_id: UUID) -> int:
    """Return how many photographs of a person are kept."""
    return len(list(_names_of(session, person_id)))


def files_of(session: Session, person_id: UUID) -> list[str]:
    """Return the names of the files of a person's photographs, in hexadecimal."""
    return sorted({name.hex() for name in _names_of(session, person_id)})


def _names_of(session: Session, person_id: UUID) -> Iterator[bytes]:
    found = session.scalars(select(Photo.stored_sha256).where(Photo.person_id == person_id))
    return (name for name in found if name is not None)


def let_go(session: Session, files: Iterable[str]) -> int:
    """Remove those of the files that no row names any more; return how many.

    The rows must be committed: a file goes only when nothing can point at it. Waits for uploads
    whose rows are not committed yet, as the sweep does.
    """
    names = [bytes.fromhex(name) for name in files]
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": SWEEP})
    gone = unnamed(session, store.Shelf.PHOTOGRAPHS, names)
    for name in gone:
        store.remove(name)
    return len(gone)
