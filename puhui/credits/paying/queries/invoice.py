"""Read requests for invoices, their personal part opened."""

import json
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from puhui.credits.paying.invoice import Invoice, InvoiceState, InvoiceType
from puhui.credits.paying.model import (
    InvoiceRow,
)
from puhui.identity.vault import vault


def place_of(invoice_id: UUID) -> str:
    """Return where the personal part of a request is sealed, so that it opens nowhere else."""
    return f"contact of invoice {invoice_id}"


def invoice(session: Session, invoice_id: UUID) -> Invoice | None:
    """Return the request with its personal part, or None. Nobody is asked who they are."""
    row = session.get(InvoiceRow, invoice_id)
    return None if row is None else _invoice(row)


def live_invoice_of(session: Session, hold_id: UUID) -> Invoice | None:
    """Return the request for a hold that was not rejected, or None."""
    row = session.scalar(
        select(InvoiceRow).where(
            InvoiceRow.hold_id == hold_id, InvoiceRow.state != InvoiceState.REJECTED
        )
    )
    return None if row is None else _invoice(row)


def invoices_of(session: Session, hold_id: UUID) -> Sequence[Invoice]:
    """Return all requests for a hold, newest first."""
    rows = session.scalars(
        select(InvoiceRow)
        .where(InvoiceRow.hold_id == hold_id)
        .order_by(InvoiceRow.asked_at.desc(), InvoiceRow.invoice_id)
    )
    return [_invoice(row) for row in rows]


def invoices(
    session: Session,
    state: InvoiceState,
    *,
    after: tuple[datetime, UUID] | None = None,
    most: int = 50,
) -> Sequence[Invoice]:
    """Return requests in a state, oldest first."""
    query = select(InvoiceRow).where(InvoiceRow.state == state)
    if after is not None:
        query = query.where(func.row(InvoiceRow.asked_at, InvoiceRow.invoice_id) > func.row(*after))
    rows = session.scalars(query.order_by(InvoiceRow.asked_at, InvoiceRow.invoice_id).limit(most))
    return [_invoice(row) for row in rows]


def _invoice(row: InvoiceRow) -> Invoice:
    secret = vault().open(row.sealed, place_of(row.invoice_id)) if row.sealed else '["", "", ""]'
    name, email, phone = json.loads(secret)
    return Invoice(
        row.invoice_id,
        row.hold_id,
        InvoiceState(row.state),
        InvoiceType(row.type),
        row.title or name,
        row.tax_number,
        email,
        phone,
        row.amount_fen,
        row.asked_by,
        row.asked_at,
        row.number,
        row.issued_on,
        row.document_id,
        row.reason,
    )
