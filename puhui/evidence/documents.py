"""Keep documents, and hand them out. Who may see one is known by whoever refers to it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from puhui.evidence import store
from puhui.evidence.document import clean_name, judge
from puhui.evidence.errors import DocumentDiffers, NoSuchDocument, TooManyDocuments
from puhui.evidence.model import Document
from puhui.evidence.service import SWEEP
from puhui.kernel.actor import Actor

MOST_AN_HOUR = 100


@dataclass(frozen=True)
class DocumentCard:
    """What is known of a document; `size` in bytes."""

    document_id: UUID
    person_id: UUID
    sha256: bytes
    media_type: str
    name: str
    size: int
    received_at: datetime


def keep_document(
    session: Session, actor: Actor, document_id: UUID, name: str, content: bytes, now: datetime
) -> DocumentCard:
    """Keep a document under the name that the caller gives; the same again changes nothing.

    The caller has asked whether the actor may bring documents to what it supports.

    Raises:
        Invalid: it is too large, damaged, of another kind, or can act by itself.
        DocumentDiffers: the name was used for another document.
        TooManyDocuments: the person has sent `MOST_AN_HOUR` within the hour.
    """
    judged = judge(content)
    known = session.get(Document, document_id)
    if known is not None:
        if (known.person_id, known.sha256) != (actor.person_id, judged.sha256):
            raise DocumentDiffers(document=str(document_id))
        return _card(known)
    _judge_haste(session, actor.person_id, now)
    # Shared with other uploads; the sweep waits until the rows of all of them are committed.
    session.execute(text("SELECT pg_advisory_xact_lock_shared(:key)"), {"key": SWEEP})
    store.put(judged.sha256, content, store.Shelf.DOCUMENTS)
    document = Document(
        document_id=document_id,
        person_id=actor.person_id,
        sha256=judged.sha256,
        media_type=judged.media_type,
        name=clean_name(name, judged.media_type),
        size=judged.size,
        received_at=now,
    )
    session.add(document)
    session.flush()
    return _card(document)


def documents(session: Session, document_ids: Collection[UUID]) -> Mapping[UUID, DocumentCard]:
    """Return what is known of these documents; unknown ones are left out."""
    found = session.scalars(select(Document).where(Document.document_id.in_(document_ids)))
    return {document.document_id: _card(document) for document in found}


def document(session: Session, document_id: UUID) -> DocumentCard:
    """Return what is known of one document.

    Raises:
        NoSuchDocument: there is none.
    """
    found = session.get(Document, document_id)
    if found is None:
        raise NoSuchDocument(document=str(document_id))
    return _card(found)


def content_of(found: DocumentCard) -> bytes:
    """Return the document exactly as it came."""
    return store.get(found.sha256, store.Shelf.DOCUMENTS)


def _card(found: Document) -> DocumentCard:
    return DocumentCard(
        found.document_id,
        found.person_id,
        found.sha256,
        found.media_type,
        found.name,
        found.size,
        found.received_at,
    )


def _judge_haste(session: Session, person_id: UUID, now: datetime) -> None:
    since = now - timedelta(hours=1)
    sent = select(func.count()).where(Document.person_id == person_id, Document.received_at > since)
    if (session.scalar(sent) or 0) >= MOST_AN_HOUR:
        raise TooManyDocuments(retry_after_s=3600)
