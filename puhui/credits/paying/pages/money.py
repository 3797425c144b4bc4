"""Ways to pay as buyers begin them; odd money as operators deal with it."""

from uuid import UUID

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from puhui.credits.errors import UnknownHold
from puhui.credits.pages.blueprint import ROWS, pages, position
from puhui.credits.paying import queries, service
from puhui.credits.paying.errors import UnknownReceipt
from puhui.credits.paying.receipt import Fate, Oddity, Road
from puhui.credits.paying.schema.money import UseFormSchema
from puhui.credits.paying.schema.refund import MoneyConfirmationSchema, RefundDraftSchema
from puhui.credits.paying.way import open_ways
from puhui.db.session import snapshot, transaction
from puhui.kernel.actor import Permission
from puhui.kernel.clock import now
from puhui.kernel.errors import DomainError, Forbidden
from puhui.kernel.text import N_
from puhui.web.locale import said
from puhui.web.pages import form_name, read_form, redirect_after_post, render_faults, signed_in

ROADS = {Road.BANK: N_("银行转账"), Road.GATEWAY: N_("网上支付")}
ODDITIES = {
    Oddity.UNKNOWN_HOLD: N_("附言里没有预留单号，或不止一个"),
    Oddity.WRONG_CURRENCY: N_("不是人民币"),
    Oddity.PAID_ALREADY: N_("这份预留已由另一笔款付清"),
    Oddity.HOLD_OVER: N_("到账时预留已经结束"),
    Oddity.WRONG_AMOUNT: N_("金额与应付不符"),
}
FATES = {
    Fate.USED: N_("已用于预留"),
    Fate.WAITING: N_("待处理"),
    Fate.ASKED: N_("待退款"),
    Fate.SENDING: N_("支付渠道退款中"),
    Fate.SENT: N_("已退款"),
    Fate.SET_ASIDE: N_("与碳信用无关"),
}
TONES = {Fate.USED: "good", Fate.SENT: "good", Fate.SET_ASIDE: "plain", Fate.WAITING: "bad"}


@pages.context_processor
def _words() -> dict[str, object]:
    return {"roads": ROADS, "oddities": ODDITIES, "fates": FATES, "tones": TONES}


@pages.app_template_filter("money")
def in_its_currency(money: queries.Money) -> str:
    """Return an amount with its currency: yuan as everywhere, others by their code."""
    whole, places = divmod(money.amount_fen, 100)
    unit = said(N_("元")) if money.currency == "CNY" else money.currency
    return f"{whole:,}.{places:02} {unit}"


@pages.post("/holds/<uuid:hold_id>/ways/<road>")
def begin(hold_id: UUID, road: str) -> ResponseReturnValue:
    """Accept the price and begin to pay, one way or another."""
    actor = signed_in()
    way = next((way for way in open_ways() if way.road == road), None)
    if way is None:
        abort(404)
    with transaction() as session:
        way.begin(session, actor, hold_id, form_name(), now())
    return redirect_after_post(f"/holds/{hold_id}")


@pages.get("/odd-money")
def odd_money() -> ResponseReturnValue:
    """Show an operator the money that pays for nothing, and where all money is."""
    signed_in().require(Permission.PAYMENT_CONFIRM)
    settled = request.args.get("settled") == "1"
    after = position(request.args.get("after", ""))
    with snapshot() as session:
        found = queries.odd_money(session, after=after, most=ROWS + 1, settled=settled)
        reckoning = queries.reckoning(session)
    more = found[ROWS - 1] if len(found) > ROWS else None
    return render_template(
        "credits/odd_money.html",
        found=found[:ROWS],
        settled=settled,
        reckoning=reckoning,
        first=after is None,
        next_key=more and f"{more.received_at.isoformat()}~{more.receipt_id}",
    )


@pages.get("/odd-money/<uuid:receipt_id>")
def one_money(receipt_id: UUID) -> ResponseReturnValue:
    """Show an operator one sum, and what may be done with it."""
    signed_in().require(Permission.PAYMENT_CONFIRM)
    return render_template("credits/money.html", **_shown(receipt_id))


@pages.post("/odd-money/<uuid:receipt_id>/use")
def use(receipt_id: UUID) -> ResponseReturnValue:
    """Let money pay for the hold whose reference the operator writes."""
    actor = signed_in()
    try:
        said = read_form(UseFormSchema)
        with transaction() as session:
            hold_id = queries.hold_of_reference(session, said["hold_reference"])
            if hold_id is None:
                actor.require(Permission.PAYMENT_CONFIRM)
                raise UnknownHold(reference=said["hold_reference"])
            service.use_receipt(session, actor, receipt_id, hold_id, now())
    except Forbidden:
        raise
    except DomainError as error:
        return render_faults("credits/money.html", error, **_shown(receipt_id))
    return redirect_after_post("/odd-money")


@pages.post("/odd-money/<uuid:receipt_id>/refunds")
def ask_refund(receipt_id: UUID) -> ResponseReturnValue:
    """Write down that money goes back, or is none of ours."""
    actor = signed_in()
    try:
        said = read_form(RefundDraftSchema)
        write = service.set_aside if said["set_aside"] else service.ask_refund
        with transaction() as session:
            write(session, actor, form_name(), receipt_id, said["reason"], now())
    except Forbidden:
        raise
    except DomainError as error:
        return render_faults("credits/money.html", error, **_shown(receipt_id))
    return redirect_after_post(f"/odd-money/{receipt_id}")


@pages.post("/odd-money/<uuid:receipt_id>/refunds/<uuid:refund_id>/confirmation")
def confirm_refund(receipt_id: UUID, refund_id: UUID) -> ResponseReturnValue:
    """Confirm that money went back, or let the gateway send it back."""
    actor = signed_in()
    try:
        said = read_form(MoneyConfirmationSchema)
        with transaction() as session:
            service.confirm_refund(session, actor, refund_id, said["reference"], now())
    except Forbidden:
        raise
    except DomainError as error:
        return render_faults("credits/money.html", error, **_shown(receipt_id))
    return redirect_after_post(f"/odd-money/{receipt_id}")


@pages.post("/odd-money/<uuid:receipt_id>/refunds/<uuid:refund_id>/withdrawal")
def withdraw_refund(receipt_id: UUID, refund_id: UUID) -> ResponseReturnValue:
    """Take a refund back that nobody has confirmed."""
    actor = signed_in()
    with transaction() as session:
        service.withdraw_refund(session, actor, refund_id, now())
    return redirect_after_post(f"/odd-money/{receipt_id}")


def _shown(receipt_id: UUID) -> dict[str, object]:
    signed_in().require(Permission.PAYMENT_CONFIRM)
    with snapshot() as session:
        found = queries.money(session, receipt_id)
    if found is None:
        raise UnknownReceipt(receipt=str(receipt_id))
    return {"money": found}
