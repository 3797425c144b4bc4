"""Read reviews, the documents that support a footprint, and what rests on a factor."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from puhui.evidence.documents import DocumentCard, document, documents
from puhui.evidence.errors import NoSuchDocument
from puhui.footprint.checklist import Answer, Answered
from puhui.footprint.model import Attachment, Citation, Footprint, Label, ProductChange, Review
from puhui.footprint.queries.products import product
from puhui.footprint.queries.versions import footprint
from puhui.kernel.actor import Actor, Permission


@dataclass(frozen=True)
class Attached:
    """A document and the line that it supports, or the whole when `row` is None."""

    row: int | None
    card: DocumentCard


def review_of(session: Session, footprint_id: UUID) -> Review | None:
    """Return the last review of a footprint, which is the one that counts."""
    return session.scalar(
        select(Review)
        .where(Review.footprint_id == footprint_id)
        .order_by(Review.number.desc())
        .limit(1)
    )


def answers_of(review: Review) -> list[Answered]:
    """Return what a review says of each point."""
    return [
        Answered(kept["point"], Answer(kept["answer"]), kept["note"]) for kept in review.answers
    ]


def attached_to(session: Session, footprint_id: UUID) -> list[Attached]:
    """Return the documents of a footprint, those of the whole first, then by line."""
    rows = session.scalars(
        select(Attachment)
        .where(Attachment.footprint_id == footprint_id)
        .order_by(Attachment.row.nulls_first(), Attachment.attached_at, Attachment.document_id)
    ).all()
    cards = documents(session, [row.document_id for row in rows])
    return [Attached(row.row, cards[row.document_id]) for row in rows]


def attached_seen_by(
    session: Session, actor: Actor, footprint_id: UUID, document_id: UUID
) -> DocumentCard:
    """Return a document to the maker, to verifiers once it was handed in, and to operators.

    Raises:
        NotFound, NoSuchDocument: there is none, or it is not theirs to see.
    """
    attached = session.get(Attachment, document_id)
    if attached is None or attached.footprint_id != footprint_id:
        raise NoSuchDocument(document=str(document_id))
    if not _sees_evidence(session, actor, footprint_id):
        raise NoSuchDocument(document=str(document_id))
    return document(session, document_id)


def evidence_seen_by(session: Session, actor: Actor, footprint_id: UUID) -> list[Attached]:
    """Return the documents of a footprint to whoever may see them.

    Raises:
        NoSuchDocument: there is no such footprint, or it is not theirs to see.
    """
    if not _sees_evidence(session, actor, footprint_id):
        raise NoSuchDocument(footprint=str(footprint_id))
    return attached_to(session, footprint_id)


def _sees_evidence(session: Session, actor: Actor, footprint_id: UUID) -> bool:
    found = session.get(Footprint, footprint_id)
    if found is None:
        return False
    made = product(session, footprint(session, footprint_id).product_id)
    return (
        actor.may(Permission.PRODUCT_WRITE, made.organisation_id)
        or (found.state != "declared" and actor.may(Permission.FOOTPRINT_VERIFY))
        or actor.may(Permission.LABEL_OVERSEE)
    )


def changes_of(session: Session, product_id: UUID) -> Sequence[ProductChange]:
    """Return what the maker said has changed, newest first."""
    return session.scalars(
        select(ProductChange)
        .where(ProductChange.product_id == product_id)
        .order_by(ProductChange.declared_at.desc(), ProductChange.change_id)
    ).all()


def labels_citing(session: Session, citation: str, now: datetime) -> Sequence[UUID]:
    """Return the labels that hold now and rest on this version of a factor."""
    return session.scalars(
        select(Label.label_id)
        .join(Citation, Citation.footprint_id == Label.footprint_id)
        .where(Citation.citation == citation, Label.withdrawn_at.is_(None), Label.expires_at > now)
        .order_by(Label.label_id)
    ).all()
