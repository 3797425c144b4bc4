"""Invoices as buyers ask for them, and as operators issue or reject them."""

from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue

from puhui.credits import queries as credits
from puhui.credits.api.hold import is_buyer, may_see
from puhui.credits.errors import UnknownHold
from puhui.credits.hold import Hold
from puhui.credits.pages.blueprint import ROWS, pages, position, sent_bytes
from puhui.credits.paying import queries, service
from puhui.credits.paying.errors import UnknownInvoice
from puhui.credits.paying.invoice import Invoice, InvoiceState, InvoiceType
from puhui.credits.paying.schema.invoice import InvoiceDraftSchema, IssuedSchema, RejectedSchema
from puhui.db.session import snapshot, transaction
from puhui.evidence.documents import content_of, document
from puhui.kernel.actor import Permission
from puhui.kernel.clock import now
from puhui.kernel.errors import DomainError, Forbidden
from puhui.kernel.text import N_
from puhui.web.download import as_file
from puhui.web.pages import form_name, read_form, redirect_after_post, render_faults, signed_in

TYPES = {
    InvoiceType.GENERAL: N_("增值税普通发票"),
    InvoiceType.SPECIAL: N_("增值税专用发票"),
}
INVOICE_STATES = {
    InvoiceState.REQUESTED: N_("待开具"),
    InvoiceState.ISSUED: N_("已开具"),
    InvoiceState.REJECTED: N_("未开具"),
}


@pages.context_processor
def _words() -> dict[str, object]:
    return {"invoice_types": TYPES, "invoice_states": INVOICE_STATES}


@pages.get("/holds/<uuid:hold_id>/invoice")
def asked(hold_id: UUID) -> ResponseReturnValue:
    """Show a buyer their requests, and the form for one."""
    return render_template("credits/invoice.html", **_of_hold(hold_id))


@pages.post("/holds/<uuid:hold_id>/invoice")
def ask(hold_id: UUID) -> ResponseReturnValue:
    """Ask for an invoice over what was paid."""
    actor = signed_in()
    try:
        draft = read_form(InvoiceDraftSchema)
        with transaction() as session:
            service.ask_invoice(session, actor, hold_id, form_name(), draft, now())
    except UnknownHold:
        raise
    except DomainError as error:
        return render_faults("credits/invoice.html", error, **_of_hold(hold_id))
    return redirect_after_post(f"/holds/{hold_id}/invoice")


@pages.get("/invoices")
def listed() -> ResponseReturnValue:
    """Show an operator the requests, those that wait first."""
    signed_in().require(Permission.PAYMENT_CONFIRM)
    wanted = request.args.get("state", "")
    state = InvoiceState(wanted) if wanted in set(InvoiceState) else InvoiceState.REQUESTED
    after = position(request.args.get("after", ""))
    with snapshot() as session:
        found = queries.invoices(session, state, after=after, most=ROWS + 1)
    more = found[ROWS - 1] if len(found) > ROWS else None
    return render_template(
        "credits/invoices.html",
        found=found[:ROWS],
        state=state,
        first=after is None,
        next_key=more and f"{more.asked_at.isoformat()}~{more.invoice_id}",
    )


@pages.get("/invoices/<uuid:invoice_id>")
def one(invoice_id: UUID) -> ResponseReturnValue:
    """Show an operator one request, and the forms to decide it."""
    return render_template("credits/invoice_desk.html", invoice=_known(invoice_id))


@pages.post("/invoices/<uuid:invoice_id>/issue")
def issue(invoice_id: UUID) -> ResponseReturnValue:
    """Record the invoice that was issued, with its PDF if there is one."""
    actor = signed_in()
    shown = _known(invoice_id)
    try:
        said = read_form(IssuedSchema)
        with transaction() as session:
            service.issue_invoice(
                session, actor, invoice_id, said["number"], said["issued_on"], _file(), now()
            )
    except Forbidden:
        raise
    except DomainError as error:
        return render_faults("credits/invoice_desk.html", error, invoice=shown)
    return redirect_after_post("/invoices")


@pages.post("/invoices/<uuid:invoice_id>/rejection")
def reject(invoice_id: UUID) -> ResponseReturnValue:
    """Say why no invoice is issued."""
    actor = signed_in()
    shown = _known(invoice_id)
    try:
        said = read_form(RejectedSchema)
        with transaction() as session:
            service.reject_invoice(session, actor, invoice_id, said["reason"], now())
    except Forbidden:
        raise
    except DomainError as error:
        return render_faults("credits/invoice_desk.html", error, invoice=shown)
    return redirect_after_post("/invoices")


@pages.get("/invoices/<uuid:invoice_id>.pdf")
def pdf(invoice_id: UUID) -> ResponseReturnValue:
    """Hand the invoice out to its buyer, or to an operator."""
    actor = signed_in()
    with snapshot() as session:
        found = queries.invoice(session, invoice_id)
        hold = credits.hold(session, found.hold_id) if found else None
        if found is None or hold is None or not may_see(actor, hold) or not found.document_id:
            raise UnknownInvoice(invoice=str(invoice_id))
        card = document(session, found.document_id)
    return as_file(content_of(card), "application/pdf", f"invoice-{found.number}.pdf")


def _of_hold(hold_id: UUID) -> dict[str, Hold | object]:
    actor = signed_in()
    with snapshot() as session:
        hold = credits.hold(session, hold_id)
        if hold is None or not is_buyer(actor, hold):
            raise UnknownHold(hold=str(hold_id))
        found = queries.invoices_of(session, hold_id)
    return {
        "hold": hold,
        "found": found,
        "may_ask": hold.state.value in ("paid", "retired")
        and all(each.state is InvoiceState.REJECTED for each in found),
    }


def _known(invoice_id: UUID) -> Invoice:
    signed_in().require(Permission.PAYMENT_CONFIRM)
    with snapshot() as session:
        found = queries.invoice(session, invoice_id)
    if found is None:
        raise UnknownInvoice(invoice=str(invoice_id))
    return found


def _file() -> tuple[UUID, str, bytes] | None:
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return None
    return form_name(), sent.filename, sent_bytes()
