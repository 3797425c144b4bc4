"""JSON resources of invoices."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from puhui.credits.paying import queries, service
from puhui.credits.paying.api.blueprint import blueprint
from puhui.credits.paying.api.seller import require_sight
from puhui.credits.paying.errors import UnknownInvoice
from puhui.credits.paying.invoice import Invoice, InvoiceDraft
from puhui.credits.paying.schema.invoice import (
    InvoiceDraftSchema,
    InvoiceSchema,
    InvoicesQuery,
    IssuedSchema,
    RejectedSchema,
)
from puhui.db.session import snapshot, transaction
from puhui.kernel.actor import Permission
from puhui.kernel.clock import now
from puhui.web.guard import current_actor
from puhui.web.paging import Page, page, page_schema


@blueprint.route("/holds/<uuid:hold_id>/invoices/<uuid:invoice_id>")
class HoldInvoice(MethodView):
    """An invoice over what was paid."""

    @blueprint.arguments(InvoiceDraftSchema)
    @blueprint.response(201, InvoiceSchema)
    def put(self, draft: InvoiceDraft, hold_id: UUID, invoice_id: UUID) -> Invoice:
        """Ask for an invoice over what was paid for a hold, once unless it is rejected."""
        with transaction() as session:
            return service.ask_invoice(session, current_actor(), hold_id, invoice_id, draft, now())

    @blueprint.response(200, InvoiceSchema)
    def get(self, hold_id: UUID, invoice_id: UUID) -> Invoice:
        """Show a request to its buyer, or to an operator."""
        with snapshot() as session:
            require_sight(session, current_actor(), hold_id)
            found = queries.invoice(session, invoice_id)
        if found is None or found.hold_id != hold_id:
            raise UnknownInvoice(invoice=str(invoice_id))
        return found


@blueprint.route("/invoices")
class Invoices(MethodView):
    """Requests for invoices."""

    @blueprint.arguments(InvoicesQuery, location="query")
    @blueprint.response(200, page_schema(InvoiceSchema))
    def get(self, query: dict[str, Any]) -> Page[Invoice]:
        """List requests, oldest first."""
        current_actor().require(Permission.PAYMENT_CONFIRM)
        with snapshot() as session:
            found = queries.invoices(
                session, query["state"], after=query["cursor"], most=query["limit"] + 1
            )
        return page(found, query["limit"], lambda row: (row.asked_at, row.invoice_id))


@blueprint.route("/invoices/<uuid:invoice_id>/issue")
class Issue(MethodView):
    """An invoice that was issued."""

    @blueprint.arguments(IssuedSchema)
    @blueprint.response(200, InvoiceSchema)
    def put(self, said: dict[str, Any], invoice_id: UUID) -> Invoice:
        """Record number and day of the invoice."""
        with transaction() as session:
            return service.issue_invoice(
                session, current_actor(), invoice_id, said["number"], said["issued_on"], None, now()
            )


@blueprint.route("/invoices/<uuid:invoice_id>/rejection")
class Rejection(MethodView):
    """A request that was rejected."""

    @blueprint.arguments(RejectedSchema)
    @blueprint.response(200, InvoiceSchema)
    def put(self, said: dict[str, str], invoice_id: UUID) -> Invoice:
        """Say why no invoice is issued; the buyer may ask again."""
        with transaction() as session:
            return service.reject_invoice(
                session, current_actor(), invoice_id, said["reason"], now()
            )
