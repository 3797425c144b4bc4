"""Requests for an invoice (发票): who is named, by which number, and how long that is kept."""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

KEEP_CONTACT = timedelta(days=90)
"""How long after a request is decided its e-mail address, phone number and personal name are
kept: long enough to send the invoice again, or to ask what was wrong."""


class InvoiceType(StrEnum):
    """增值税普通发票, and 增值税专用发票, which only an organisation can deduct."""

    GENERAL = "general"
    SPECIAL = "special"


class InvoiceState(StrEnum):
    """A request is issued or rejected, once; after a rejection another may be made."""

    REQUESTED = "requested"
    ISSUED = "issued"
    REJECTED = "rejected"


@dataclass(frozen=True)
class InvoiceDraft:
    """What a buyer asks for. Without a tax number the title is a person's name."""

    type: InvoiceType
    title: str
    tax_number: str | None
    email: str
    phone: str

    def __post_init__(self) -> None:
        assert self.tax_number or self.type is InvoiceType.GENERAL, self.type

    @property
    def secret(self) -> str:
        """What is kept sealed: how to reach whoever asked, and the name of a person."""
        name = "" if self.tax_number else self.title
        return json.dumps([name, self.email, self.phone], ensure_ascii=False)


@dataclass(frozen=True)
class Invoice:
    """A request and what became of it. Name and contact are empty once they are forgotten."""

    invoice_id: UUID
    hold_id: UUID
    state: InvoiceState
    type: InvoiceType
    title: str
    tax_number: str | None
    email: str
    phone: str
    amount_fen: int
    asked_by: UUID
    asked_at: datetime
    number: str | None
    issued_on: date | None
    document_id: UUID | None
    reason: str | None
