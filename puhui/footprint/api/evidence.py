"""Documents that support a footprint, and what makers say has changed."""

from typing import Any
from uuid import UUID

from flask import Response, request
from flask.views import MethodView

from puhui.db.session import snapshot, transaction
from puhui.evidence.document import ENDINGS, MOST_BYTES
from puhui.evidence.documents import DocumentCard, content_of
from puhui.footprint import queries, service
from puhui.footprint.api.footprint import footprints
from puhui.footprint.api.product import products
from puhui.footprint.model import ProductChange
from puhui.footprint.schema.verification import (
    EvidenceListSchema,
    EvidenceQuery,
    EvidenceSchema,
    NewProductChangeSchema,
    ProductChangeSchema,
)
from puhui.kernel.actor import Actor
from puhui.kernel.clock import now
from puhui.web.blueprint import takes
from puhui.web.guard import current_actor
from puhui.web.limits import limited


@footprints.route("/<uuid:footprint_id>/evidence")
class Evidence(MethodView):
    """The documents of a footprint."""

    @footprints.response(200, EvidenceListSchema)
    def get(self, footprint_id: UUID) -> dict[str, Any]:
        """List the documents for the maker, verifiers and operators."""
        with snapshot() as session:
            found = queries.evidence_seen_by(session, current_actor(), footprint_id)
        return {"items": [_wire(attached.row, attached.card) for attached in found]}


@footprints.route("/<uuid:footprint_id>/evidence/<uuid:document_id>")
class OneDocument(MethodView):
    """A document."""

    @takes(*ENDINGS, most_bytes=MOST_BYTES)
    @limited("120/hour", "upload")
    @footprints.arguments(EvidenceQuery, location="query")
    @footprints.response(201, EvidenceSchema)
    def put(self, query: dict[str, Any], footprint_id: UUID, document_id: UUID) -> dict[str, Any]:
        """Attach a PDF, workbook or picture; the same again changes nothing."""
        content = request.get_data(cache=True)
        with transaction() as session:
            card = service.attach_document(
                session,
                current_actor(),
                document_id,
                footprint_id,
                query["row"],
                query["name"],
                content,
                now(),
            )
        return _wire(query["row"], card)

    @footprints.response(
        200, {"type": "string", "format": "binary"}, content_type="application/octet-stream"
    )
    def get(self, footprint_id: UUID, document_id: UUID) -> Response:
        """Download a document, never to be shown inside a page."""
        return download(current_actor(), footprint_id, document_id)


def download(actor: Actor, footprint_id: UUID, document_id: UUID) -> Response:
    """Return a document as a file to keep.

    Raises:
        NoSuchDocument: there is none, or it is not the actor's to see.
    """
    with snapshot() as session:
        card = queries.attached_seen_by(session, actor, footprint_id, document_id)
    # What somebody sent us is bytes to a browser, whatever it says it is.
    response = Response(content_of(card), content_type="application/octet-stream")
    response.headers.set("Content-Disposition", "attachment", filename=card.name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _wire(row: int | None, card: DocumentCard) -> dict[str, Any]:
    return {**vars(card), "sha256": card.sha256.hex(), "row": row}


@products.route("/<uuid:product_id>/changes/<uuid:change_id>")
class OneChange(MethodView):
    """What is made otherwise from now on."""

    @products.arguments(NewProductChangeSchema)
    @products.response(201, ProductChangeSchema)
    def put(self, given: dict[str, Any], product_id: UUID, change_id: UUID) -> ProductChange:
        """Note that recipe, process or site is another; the product's labels end."""
        with transaction() as session:
            return service.declare_change(
                session,
                current_actor(),
                change_id,
                product_id,
                given["kind"],
                given["note"],
                now(),
            )
