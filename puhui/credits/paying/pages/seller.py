"""Sellers: what they are owed, line by line, as page and CSV; payouts as operators record them."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import g, render_template, request
from flask.typing import ResponseReturnValue

from puhui.credits.pages.blueprint import pages
from puhui.credits.paying import queries, service
from puhui.credits.paying.api.seller import seller_for, sellers_for
from puhui.credits.paying.schema.invoice import RejectedSchema
from puhui.credits.paying.schema.seller import AgreementFormSchema, PayoutFormSchema, StatementQuery
from puhui.db.session import snapshot, transaction
from puhui.identity import queries as identity
from puhui.kernel.actor import Permission
from puhui.kernel.clock import day_of, now
from puhui.kernel.errors import DomainError, Forbidden, Invalid
from puhui.web.csv_lines import BYTE_ORDER_MARK, csv_line
from puhui.web.download import as_file
from puhui.web.pages import (
    Form,
    form_name,
    read_form,
    read_query,
    redirect_after_post,
    render_faults,
    signed_in,
)

HEADING = (
    "day", "what", "certificate_or_reference", "project", "project_name", "kind", "kg",
    "fen_per_t", "gross_fen", "fee_fen", "net_fen", "balance_fen",
)  # fmt: skip


@pages.get("/sellers")
def sellers() -> ResponseReturnValue:
    """Show what is open with each seller: all to an operator, its own to an organisation."""
    actor = signed_in()
    with snapshot() as session:
        found = sellers_for(session, actor)
    return render_template("credits/sellers.html", found=found)


@pages.get("/sellers/<uuid:seller_id>")
def statement(seller_id: UUID) -> ResponseReturnValue:
    """Show a seller's account over a period, this year's unless another is asked for."""
    try:
        shown = _shown(seller_id)
    except Invalid as error:
        return render_faults("credits/seller.html", error, **_shown(seller_id, this_year=True))
    found = shown["statement"]
    g.form = Form(values={"starts": str(found.starts), "ends": str(found.ends)})
    return render_template("credits/seller.html", **shown)


@pages.get("/sellers/<uuid:seller_id>.csv")
def statement_csv(seller_id: UUID) -> ResponseReturnValue:
    """Give out the same as a table, with the balance after each line."""
    found = _shown(seller_id)["statement"]
    opening = (str(found.starts), "opening", *("",) * 9, found.opening_fen)
    lines = [HEADING, opening, *queries.statement_rows(found)]
    text = BYTE_ORDER_MARK + "".join(csv_line(line) for line in lines)
    name = f"puhui-seller-{found.starts}-{found.ends}.csv"
    return as_file(text, "text/csv; charset=utf-8", name)


@pages.post("/sellers/<uuid:seller_id>/agreement")
def agree(seller_id: UUID) -> ResponseReturnValue:
    """Say which organisation the seller is, and the fee from now on."""
    actor = signed_in()
    try:
        said = read_form(AgreementFormSchema)
        with transaction() as session:
            service.agree(session, actor, seller_id, **said, now=now())
    except Forbidden:
        raise
    except DomainError as error:
        return render_faults("credits/seller.html", error, **_shown(seller_id, this_year=True))
    return redirect_after_post(f"/sellers/{seller_id}")


@pages.post("/sellers/<uuid:seller_id>/payouts")
def pay_out(seller_id: UUID) -> ResponseReturnValue:
    """Record money that was sent to the seller."""
    actor = signed_in()
    try:
        draft = read_form(PayoutFormSchema)
        with transaction() as session:
            service.record_payout(session, actor, seller_id, form_name(), draft, now())
    except Forbidden:
        raise
    except DomainError as error:
        return render_faults("credits/seller.html", error, **_shown(seller_id, this_year=True))
    return redirect_after_post(f"/sellers/{seller_id}")


@pages.post("/sellers/<uuid:seller_id>/payouts/<uuid:payout_id>/cancellation")
def cancel_payout(seller_id: UUID, payout_id: UUID) -> ResponseReturnValue:
    """Take back a payout that was recorded by mistake."""
    actor = signed_in()
    try:
        said = read_form(RejectedSchema)
        with transaction() as session:
            service.cancel_payout(
                session, actor, seller_id, form_name(), payout_id, said["reason"], now()
            )
    except Forbidden:
        raise
    except DomainError as error:
        return render_faults("credits/seller.html", error, **_shown(seller_id, this_year=True))
    return redirect_after_post(f"/sellers/{seller_id}")


def _shown(seller_id: UUID, *, this_year: bool = False) -> dict[str, Any]:
    actor = signed_in()
    with snapshot() as session:
        card = seller_for(session, actor, seller_id)
        starts, ends = _period(this_year=this_year)
        found = queries.statement(session, card, starts, ends)
        theirs = card.organisation_id and identity.organisation(session, card.organisation_id)
    return {
        "statement": found,
        "runs_it": actor.may(Permission.PAYMENT_CONFIRM),
        "organisation": theirs,
    }


def _period(*, this_year: bool) -> tuple[date, date]:
    if this_year or not (request.args.get("starts") or request.args.get("ends")):
        today = day_of(now())
        return date(today.year, 1, 1), date(today.year, 12, 31)
    asked = read_query(StatementQuery)
    return asked["starts"], asked["ends"]
