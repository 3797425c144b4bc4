"""Ask for an invoice of what was paid; issue or reject it; forget whom to send it to."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from puhui.credits.errors import NameTaken
from puhui.credits.hold import HoldState
from puhui.credits.model import Payment
from puhui.credits.paying import queries
from puhui.credits.paying.errors import (
    InvoiceAsked,
    InvoiceDecided,
    NotPaidYet,
    UnknownInvoice,
)
from puhui.credits.paying.invoice import KEEP_CONTACT, Invoice, InvoiceDraft, InvoiceState
from puhui.credits.paying.model import InvoiceRow
from puhui.credits.service.hold import require_holder
from puhui.credits.service.lines import locked
from puhui.evidence.documents import keep_document
from puhui.identity.vault import vault
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.errors import Fault, Invalid
from puhui.kernel.text import N_
from puhui.outbox.service import publish


def ask_invoice(
    session: Session,
    actor: Actor,
    hold_id: UUID,
    invoice_id: UUID,
    draft: InvoiceDraft,
    now: datetime,
) -> Invoice:
    """Ask for an invoice over what was paid for a hold; once, unless it is rejected.

    The same again returns the same request.

    Raises:
        UnknownHold: no such hold, or not this buyer's.
        NotPaidYet: nothing has been paid for it.
        InvoiceAsked: there is another request that was not rejected.
        NameTaken: the name belongs to another request.
    """
    row = locked(session, hold_id)
    require_holder(actor, row)
    known = queries.invoice(session, invoice_id)
    if known is not None:
        # What is forgotten cannot be compared; it was the same then.
        if known.hold_id != hold_id or (known.email and _draft_of(known) != draft):
            raise NameTaken(invoice=str(invoice_id))
        return known
    if row.state not in (HoldState.PAID, HoldState.RETIRED):
        raise NotPaidYet(hold=str(hold_id))
    if queries.live_invoice_of(session, hold_id) is not None:
        raise InvoiceAsked(hold=str(hold_id))
    session.add(
        InvoiceRow(
            invoice_id=invoice_id,
            hold_id=hold_id,
            state=InvoiceState.REQUESTED,
            type=draft.type,
            title=draft.title if draft.tax_number else None,
            tax_number=draft.tax_number,
            sealed=vault().seal(draft.secret, queries.place_of(invoice_id)),
            amount_fen=session.get_one(Payment, hold_id).amount_fen,
            asked_by=actor.person_id,
            asked_at=now,
        )
    )
    session.flush()
    publish(session, "credits.invoice_asked", now, invoice_id=str(invoice_id))
    return _read(session, invoice_id)


def issue_invoice(
    session: Session,
    actor: Actor,
    invoice_id: UUID,
    number: str,
    issued_on: date,
    file: tuple[UUID, str, bytes] | None,
    now: datetime,
) -> Invoice:
    """Record the invoice that was issued, with its PDF (identifier, name, bytes) if there is one.

    The same again changes nothing.

    Raises:
        UnknownInvoice: no such request.
        InvoiceDecided: it was issued under another number, or rejected.
        NameTaken: the number belongs to another invoice.
        Invalid: the file is no sound PDF.
    """
    actor.require(Permission.PAYMENT_CONFIRM)
    row = _locked(session, invoice_id)
    if row.state == InvoiceState.ISSUED and (row.number, row.issued_on) == (number, issued_on):
        return _read(session, invoice_id)
    if row.state != InvoiceState.REQUESTED:
        raise InvoiceDecided(invoice=str(invoice_id))
    if session.scalar(select(InvoiceRow.invoice_id).where(InvoiceRow.number == number)):
        raise NameTaken(number=number)
    if file is not None:
        kept = keep_document(session, actor, *file, now)
        if kept.media_type != "application/pdf":
            raise Invalid([Fault("not_a_pdf", N_("发票应为 PDF 文件"), None, "file")])
        row.document_id = kept.document_id
    row.state, row.number, row.issued_on = InvoiceState.ISSUED, number, issued_on
    row.decided_by, row.decided_at = actor.person_id, now
    session.flush()
    publish(session, "credits.invoice_issued", now, invoice_id=str(invoice_id))
    return _read(session, invoice_id)


def reject_invoice(
    session: Session, actor: Actor, invoice_id: UUID, reason: str, now: datetime
) -> Invoice:
    """Reject a request and say why; its buyer may make another.

    Raises:
        UnknownInvoice: no such request.
        InvoiceDecided: it was issued, or rejected for another reason.
    """
    actor.require(Permission.PAYMENT_CONFIRM)
    row = _locked(session, invoice_id)
    if row.state == InvoiceState.REJECTED and row.reason == reason:
        return _read(session, invoice_id)
    if row.state != InvoiceState.REQUESTED:
        raise InvoiceDecided(invoice=str(invoice_id))
    row.state, row.reason = InvoiceState.REJECTED, reason
    row.decided_by, row.decided_at = actor.person_id, now
    session.flush()
    publish(session, "credits.invoice_rejected", now, invoice_id=str(invoice_id))
    return _read(session, invoice_id)


def forget_contacts(session: Session, now: datetime) -> None:
    """Delete names of persons, e-mail addresses and phone numbers that are needed no more."""
    session.execute(
        update(InvoiceRow)
        .where(InvoiceRow.sealed.is_not(None), InvoiceRow.decided_at < now - KEEP_CONTACT)
        .values(sealed=None)
    )


def _draft_of(known: Invoice) -> InvoiceDraft:
    return InvoiceDraft(known.type, known.title, known.tax_number, known.email, known.phone)


def _locked(session: Session, invoice_id: UUID) -> InvoiceRow:
    row = session.get(InvoiceRow, invoice_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise UnknownInvoice(invoice=str(invoice_id))
    return row


def _read(session: Session, invoice_id: UUID) -> Invoice:
    found = queries.invoice(session, invoice_id)
    assert found is not None, invoice_id
    return found
