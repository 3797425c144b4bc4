"""JSON resources of batches, and of files that bring them."""

from typing import Any
from uuid import UUID

from flask import request
from flask.views import MethodView

from puhui.credits import queries, service
from puhui.credits.api.blueprint import blueprint
from puhui.credits.batch import draft_of
from puhui.credits.errors import UnknownBatch
from puhui.credits.schema.batch import BatchDraftSchema, BatchesQuery, BatchSchema, ImportedSchema
from puhui.credits.upload import MOST_FILE_BYTES, file_of
from puhui.db.session import snapshot, transaction
from puhui.kernel.actor import Permission
from puhui.kernel.clock import now
from puhui.kernel.errors import Invalid
from puhui.web.blueprint import takes
from puhui.web.guard import current_actor, open_to_all
from puhui.web.idempotency import give_name, name_of_request, named
from puhui.web.paging import Page, page, page_schema
from puhui.web.workbook import XLSX


@blueprint.route("/batches")
class Batches(MethodView):
    """All batches."""

    @blueprint.arguments(BatchesQuery, location="query")
    @blueprint.response(200, page_schema(BatchSchema))
    @open_to_all
    def get(self, query: dict[str, Any]) -> Page[queries.BatchCard]:
        """List batches with what is available, held, retired and cancelled of each."""
        with snapshot() as session:
            found = queries.batches(
                session,
                after=query["cursor"],
                most=query["limit"] + 1,
                kind=query["kind"],
                only_on_sale=query["on_sale"],
            )
        return page(found, query["limit"], lambda batch: (batch.price_fen_per_t, batch.batch_id))


@blueprint.route("/batches/<uuid:batch_id>")
class OneBatch(MethodView):
    """One batch."""

    @blueprint.response(200, BatchSchema)
    @open_to_all
    def get(self, batch_id: UUID) -> queries.BatchCard:
        """Show a batch."""
        with snapshot() as session:
            found = queries.batch(session, batch_id)
        if found is None:
            raise UnknownBatch(batch=str(batch_id))
        return found

    @blueprint.arguments(BatchDraftSchema)
    @blueprint.response(201, BatchSchema)
    def put(self, cells: dict[str, str], batch_id: UUID) -> queries.BatchCard:
        """Bring a batch in; the same again changes nothing."""
        actor = current_actor()
        actor.require(Permission.CREDIT_IMPORT)
        draft, faults = draft_of(cells)
        if draft is None:
            raise Invalid(faults)
        with transaction() as session:
            give_name(session, batch_id, actor, now())
            return service.import_batch(session, actor, batch_id, draft, now())


@blueprint.route("/imports")
class Imports(MethodView):
    """Files of batches."""

    @named
    @takes("text/csv", XLSX, most_bytes=MOST_FILE_BYTES)
    @blueprint.response(201, ImportedSchema)
    def post(self) -> dict[str, int]:
        """Bring in every batch of a CSV or xlsx file, or none; each fault by row and column."""
        actor = current_actor()
        with transaction() as session:
            name = name_of_request(actor)
            give_name(session, name, actor, now())
            content = file_of(request.data)
            new, known = service.import_file(session, actor, name, content, now())
        # The same answer to a repetition, to which every row is known.
        return {"batches": new + known}
