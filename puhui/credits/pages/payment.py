"""Holds as their buyers see them; payments as operators confirm them."""

from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from puhui.credits import queries, service
from puhui.credits.api.hold import is_buyer, may_see
from puhui.credits.errors import UnknownHold
from puhui.credits.hold import Hold
from puhui.credits.pages.blueprint import ROWS, pages, sent_text, uuid_of
from puhui.credits.paying import queries as money
from puhui.credits.paying import service as paying
from puhui.credits.paying.order import OrderState
from puhui.credits.paying.way import open_ways
from puhui.credits.schema.payment import PaymentFormSchema
from puhui.credits.schema.sponsor import SponsorsFormSchema
from puhui.db.session import snapshot, transaction
from puhui.kernel.actor import Permission
from puhui.kernel.clock import now
from puhui.kernel.errors import DomainError, Forbidden, Invalid
from puhui.kernel.text import N_
from puhui.web.locale import said
from puhui.web.pages import (
    read_form,
    redirect_after_post,
    render_faults,
    signed_in,
)
from puhui.web.qr import svg_of

QR_SAYS = N_("付款二维码")
OUTCOMES = {"confirmed": N_("已确认到账"), "known": N_("以前确认过")}


@pages.get("/holds/<uuid:hold_id>")
def hold(hold_id: UUID) -> ResponseReturnValue:
    """Show the buyer what is kept for them and how to pay."""
    return _hold_page(hold_id)


@pages.post("/holds/<uuid:hold_id>/sponsors")
def name_sponsors(hold_id: UUID) -> ResponseReturnValue:
    """Write down who carries which share."""
    actor = signed_in()
    try:
        sponsors = read_form(SponsorsFormSchema)
        with transaction() as session:
            service.name_sponsors(session, actor, hold_id, sponsors, now())
    except Invalid as error:
        return render_faults("credits/hold.html", error, **_shown(hold_id))
    return redirect_after_post(f"/holds/{hold_id}")


@pages.post("/holds/<uuid:hold_id>/release")
def release(hold_id: UUID) -> ResponseReturnValue:
    """Give back what an unpaid hold keeps."""
    actor = signed_in()
    with transaction() as session:
        service.release(session, actor, hold_id, now())
    return redirect_after_post(f"/holds/{hold_id}")


def _hold_page(hold_id: UUID) -> ResponseReturnValue:
    return render_template("credits/hold.html", **_shown(hold_id))


def _shown(hold_id: UUID) -> dict[str, object]:
    actor = signed_in()
    with snapshot() as session:
        found = queries.hold(session, hold_id)
        if found is None or not may_see(actor, found):
            raise UnknownHold(hold=str(hold_id))
        cards = {line.batch_id: queries.batch(session, line.batch_id) for line in found.lines}
        done = queries.retirement_of_hold(session, hold_id)
        sponsors = queries.sponsors_of(session, hold_id)
        order = money.latest_order_of(session, hold_id)
        odd = money.odd_money_of_hold(session, hold_id)
    payable = order is not None and order.state is OrderState.OPEN and order.expires_at > now()
    drawn = svg_of(order.qr_text or "", said(QR_SAYS)) if payable and order else None
    return {
        "order": order,
        "qr": Markup(drawn) if drawn else None,  # noqa: S704  our own drawing
        "odd_money": odd,
        "ways": open_ways(),
        "hold": found,
        "cards": cards,
        "done": done,
        "sponsors": sponsors,
        "mine": is_buyer(actor, found),
        "now": now(),
    }


@pages.get("/payments")
def payments() -> ResponseReturnValue:
    """Show an operator the holds that wait for payment."""
    signed_in().require(Permission.PAYMENT_CONFIRM)
    after = uuid_of(request.args.get("after", ""))
    with snapshot() as session:
        found = queries.holds_waiting_for_payment(session, now(), after=after, most=ROWS + 1)
    more = found[ROWS - 1].hold_id if len(found) > ROWS else None
    return render_template(
        "credits/payments.html", found=found[:ROWS], first=after is None, next_key=more
    )


@pages.post("/payments/bank-file")
def bank_file() -> ResponseReturnValue:
    """Confirm what a bank's file pays for, and show what became of each transfer."""
    actor = signed_in()
    try:
        actor.require(Permission.PAYMENT_CONFIRM)
        content = sent_text()
        with transaction() as session:
            found = paying.import_bank_file(session, actor, content, now())
    except Forbidden:
        raise
    except DomainError as error:
        return render_faults("credits/bank_file.html", error, found=None, outcomes=OUTCOMES)
    return render_template("credits/bank_file.html", found=found, outcomes=OUTCOMES)


@pages.get("/payments/<uuid:hold_id>")
def payment_form(hold_id: UUID) -> ResponseReturnValue:
    """Show an operator the form to confirm one payment."""
    signed_in().require(Permission.PAYMENT_CONFIRM)
    return render_template("credits/payment.html", hold=_known(hold_id))


@pages.post("/payments/<uuid:hold_id>")
def confirm(hold_id: UUID) -> ResponseReturnValue:
    """Confirm that a bank transfer has arrived."""
    actor = signed_in()
    found = _known(hold_id)
    try:
        transfer = read_form(PaymentFormSchema)
        with transaction() as session:
            service.confirm_payment(session, actor, hold_id, transfer, now())
    except Forbidden:
        raise
    except DomainError as error:
        return render_faults("credits/payment.html", error, hold=found)
    return redirect_after_post("/payments")


def _known(hold_id: UUID) -> Hold:
    with snapshot() as session:
        found = queries.hold(session, hold_id)
    if found is None:
        raise UnknownHold(hold=str(hold_id))
    return found
