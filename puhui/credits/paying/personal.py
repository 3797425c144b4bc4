"""What paying keeps of people: their orders, money and invoices, and who acted for whom."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from puhui.credits.paying.invoice import InvoiceState
from puhui.credits.paying.model import (
    InvoiceRow,
    Nonce,
    PayOrder,
    Payout,
    Receipt,
    Refund,
    Sale,
    Seller,
)
from puhui.credits.paying.queries import place_of
from puhui.credits.queries import personal_holds
from puhui.db.base import Base
from puhui.db.personal import ERASED, About, Trace, Whose
from puhui.identity.vault import vault
from puhui.kernel.text import N_

_MONEY = N_("收付的钱须可核对；话语删除，编号不再指向任何人")
_OFFICE = N_("谁经手收款、退款、发票和结算须可追查；编号不再指向任何人")
_INVOICES = N_("开具的发票依会计法规留存；抬头、税号、联系方式和话语从申请中删除")


def _of_hold(column: InstrumentedAttribute[Any]) -> Whose:
    """Return which rows belong to a person's own holds."""
    return lambda person_id: column.in_(personal_holds(person_id))


def _refunded(person_id: Any) -> ColumnElement[bool]:
    return Refund.receipt_id.in_(
        select(Receipt.receipt_id).where(Receipt.hold_id.in_(personal_holds(person_id)))
    )


def _for_organisation(person_id: Any) -> ColumnElement[bool]:
    return and_(
        InvoiceRow.asked_by == person_id, InvoiceRow.hold_id.not_in(personal_holds(person_id))
    )


def _contact(row: Mapping[str, Any]) -> list[str] | None:
    """Return name, e-mail address and phone number."""
    if row["sealed"] is None:
        return None
    told: list[str] = json.loads(vault().open(row["sealed"], place_of(row["invoice_id"])))
    return told


def settle(session: Session, person_id: UUID, now: datetime) -> None:
    """Withdraw a person's open requests for invoices: there is nowhere to send one to any more.

    An organisation they asked for may ask again.
    """
    session.execute(
        update(InvoiceRow)
        .where(InvoiceRow.asked_by == person_id, InvoiceRow.state == InvoiceState.REQUESTED)
        .values(state=InvoiceState.REJECTED, reason=ERASED, decided_by=person_id, decided_at=now)
    )


ABOUT = (
    About(
        PayOrder,
        "pay_orders",
        ("made_by",),
        whose=_of_hold(PayOrder.hold_id),
        stays=_MONEY,
        codes=frozenset({"state", "qr_text", "h5_url", "fault"}),
    ),
    About(
        Receipt,
        "money_received",
        whose=_of_hold(Receipt.hold_id),
        stays=_MONEY,
        codes=frozenset({"road", "reference", "currency", "odd"}),
    ),
    About(
        Refund,
        "money_refunded",
        whose=_refunded,
        stays=_MONEY,
        erased={"reason": ERASED},
        codes=frozenset({"state", "reference", "fault"}),
        withheld=frozenset({"asked_by", "decided_by"}),
    ),
    About(
        InvoiceRow,
        "invoices",
        ("asked_by",),
        whose=_of_hold(InvoiceRow.hold_id),
        stays=_INVOICES,
        erased={"title": ERASED, "tax_number": ERASED, "sealed": None, "reason": ERASED},
        codes=frozenset({"state", "type", "number"}),
        withheld=frozenset({"decided_by"}),
        read={"sealed": _contact},
    ),
    About(
        InvoiceRow,
        "invoices_for_organisations",
        ("asked_by",),
        whose=_for_organisation,
        stays=N_("发票属于机构；提出申请的人的联系方式删除"),
        erased={"sealed": None},
        codes=frozenset({"state", "type", "number"}),
        withheld=frozenset({"decided_by"}),
        read={"sealed": _contact},
    ),
)
TRACES = (
    Trace(PayOrder, ("made_by",), _OFFICE),
    Trace(Refund, ("asked_by", "decided_by"), _OFFICE),
    Trace(InvoiceRow, ("asked_by", "decided_by"), _OFFICE),
    Trace(Payout, ("recorded_by",), _OFFICE),
)
OF_NOBODY: Mapping[type[Base], str] = {
    Nonce: N_("支付网关用过的一次性编号"),
    Seller: N_("卖方的名称和约定的费率"),
    Sale: N_("一笔注销给每个卖方带来多少钱"),
}
