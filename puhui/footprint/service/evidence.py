"""Documents that support a footprint."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from puhui.evidence.documents import DocumentCard, keep_document
from puhui.footprint import queries
from puhui.footprint.errors import NameTaken, NoMoreEvidence
from puhui.footprint.model import Attachment, Footprint, Product
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.errors import Fault, Invalid, NotFound
from puhui.kernel.text import N_

MOST_FOR_ONE = 60
"""Documents that one version of a footprint may have."""


def attach_document(
    session: Session,
    actor: Actor,
    document_id: UUID,
    footprint_id: UUID,
    row: int | None,
    name: str,
    content: bytes,
    now: datetime,
) -> DocumentCard:
    """Attach a document to a footprint, or to line `row` of it. The same again changes nothing.

    Raises:
        Forbidden, NotFound: the footprint is not the actor's.
        NoMoreEvidence: it has its decision.
        NameTaken: the id is a document of something else.
        Invalid: no such line, too many, or the file is not one that is kept.
    """
    actor.require(Permission.PRODUCT_WRITE)
    footprint = session.get(Footprint, footprint_id, with_for_update=True)
    if footprint is None:
        raise NotFound(footprint=str(footprint_id))
    product = session.get_one(Product, footprint.product_id)
    actor.require(Permission.PRODUCT_WRITE, product.organisation_id)
    attached = session.get(Attachment, document_id)
    if attached is None:
        if footprint.state in ("verified", "refused"):
            raise NoMoreEvidence(footprint=str(footprint_id))
        _refuse_excess(session, footprint, row)
    elif (attached.footprint_id, attached.row) != (footprint_id, row):
        raise NameTaken(document=str(document_id))
    card = keep_document(session, actor, document_id, name, content, now)
    if attached is None:
        session.add(
            Attachment(document_id=document_id, footprint_id=footprint_id, row=row, attached_at=now)
        )
        session.flush()
    return card


def _refuse_excess(session: Session, footprint: Footprint, row: int | None) -> None:
    if row is not None and not 1 <= row <= queries.line_count(footprint):
        raise Invalid([Fault("no_such_line", N_("清单没有这一行"), field="row")])
    count = select(func.count()).where(Attachment.footprint_id == footprint.footprint_id)
    if (session.scalar(count) or 0) >= MOST_FOR_ONE:
        message = N_("一版碳足迹最多附 %(most)s 份文件")
        values = {"most": MOST_FOR_ONE}
        raise Invalid([Fault("too_many_documents", message, field="file", values=values)])
