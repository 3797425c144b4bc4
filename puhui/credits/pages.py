"""Pages of credits: certificates, the public list of retirements, what is on sale, payments."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from json import dumps
from uuid import UUID

from flask import Blueprint, Response, g, redirect, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from markupsafe import Markup

from puhui.credits import queries, service
from puhui.credits.api import MOST_FILE_BYTES, address_of, may_see, proposal_for, text_of
from puhui.credits.batch import COLUMNS
from puhui.credits.bundle import yuan
from puhui.credits.certificate import BEIJING, TITLES, Certificate, envelope, printed
from puhui.credits.errors import UnknownCertificate, UnknownHold
from puhui.credits.hold import Hold
from puhui.credits.kind import RULES, Kind
from puhui.credits.pdf import pdf_of
from puhui.credits.schema import PaymentFormSchema, ProposalFormQuery, reasons
from puhui.db.session import snapshot, transaction
from puhui.kernel.actor import Permission
from puhui.kernel.clock import now
from puhui.kernel.errors import DomainError, Fault, Forbidden, Invalid
from puhui.kernel.text import N_
from puhui.ledger import queries as ledger
from puhui.ledger.account import CREDIT_KG
from puhui.register import queries as register
from puhui.register.proof import Proof
from puhui.web.csv_lines import BYTE_ORDER_MARK, csv_line
from puhui.web.locale import said, tag
from puhui.web.pages import (
    Form,
    form_name,
    read_form,
    read_query,
    redirect_after_post,
    render_faults,
    signed_in,
)
from puhui.web.qr import svg_of

pages = Blueprint("credits_pages", __name__, template_folder="templates")

ROWS = 20
STATES = {
    "held": N_("待付款"),
    "paid": N_("已付款"),
    "retired": N_("已注销"),
    "released": N_("已放弃"),
    "expired": N_("已过期"),
}
ENCUMBRANCES = {
    "none": N_("可售"),
    "pledged": N_("已质押"),
    "disputed": N_("有争议"),
    "used": N_("已另作他用"),
}
PREFERENCES = {
    "nothing": N_("只看价格"),
    "households": N_("收益由更多农户共享"),
    "fewest": N_("批次尽量少"),
}
PURPOSES = {
    "event": N_("活动"),
    "building": N_("建筑"),
    "branch": N_("网点或场所"),
    "transport": N_("交通"),
    "judicial": N_("司法修复"),
    "product": N_("产品"),
    "personal": N_("个人"),
    "other": N_("其他"),
}


@pages.app_template_filter("grouped")
def grouped(number: int | str) -> str:
    """Return a whole number, or decimal digits, with its thousands apart."""
    whole, _, places = str(number).partition(".")
    return f"{int(whole):,}" + (f".{places}" if places else "")


@pages.app_template_filter("words")
def words(named: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the options of a choice in the reader's language."""
    return [(value, said(name)) for value, name in named.items()]


@pages.app_template_filter("yuan")
def in_yuan(fen: int) -> str:
    """Return fen as yuan with two decimals."""
    whole, places = yuan(fen).split(".")
    return f"{int(whole):,}.{places}"


@pages.app_template_filter("day")
def day(when: datetime) -> str:
    """Return the day in China on which an instant falls."""
    return str(format_date(when.astimezone(BEIJING).date(), "long", rebase=False))


@pages.app_template_filter("instant")
def instant(when: datetime) -> str:
    """Return an instant by the clock in China, to the minute."""
    return f"{when.astimezone(BEIJING):%Y-%m-%d %H:%M}"


def excluded_pairs(excluded: list[dict[str, dict[str, str]]], lang: str) -> list[tuple[str, str]]:
    """Return what was left out, and why, in one language."""
    return [
        (each["name"][lang] or each["name"]["zh"], each["reason"][lang] or each["reason"]["zh"])
        for each in excluded
    ]


@pages.context_processor
def _words() -> dict[str, object]:
    return {
        "kinds": {kind.value: rule.name for kind, rule in RULES.items()},
        "rules": RULES,
        "states": STATES,
        "encumbrances": ENCUMBRANCES,
        "purposes": PURPOSES,
        "reasons": reasons,
        "excluded_pairs": excluded_pairs,
    }


# Certificates --------------------------------------------------------------------------------


@pages.get("/c/<code>")
def certificate(code: str) -> ResponseReturnValue:
    """Show a certificate to everyone."""
    found, proof, _ = _found(code)
    if found.code != code:
        return redirect(f"/c/{found.code}", 301)
    lang = "en" if tag() == "en" else "zh"
    told = printed(found, address_of(found), proof.index if proof else None)
    return render_template(
        "credits/certificate.html",
        certificate=found,
        told=told,
        lang=lang,
        title=said(TITLES[found.standing][0]),
        qr=Markup(svg_of(told["address"], said(N_("证书二维码")))),  # noqa: S704  our own drawing
        proof=proof,
    )


@pages.get("/c/<code>.pdf")
def certificate_pdf(code: str) -> ResponseReturnValue:
    """Give out a certificate as PDF/A."""
    found, proof, _ = _found(code)
    body = pdf_of(found, address_of(found), proof.index if proof else None)
    return _file(body, "application/pdf", f"puhui-{found.code}.pdf", "inline")


@pages.get("/c/<code>.json")
def certificate_json(code: str) -> ResponseReturnValue:
    """Give out a certificate as a file that `puhui register check` checks offline."""
    found, proof, key = _found(code)
    told = envelope(found, str(proof) if proof else None, key)
    body = dumps(told, ensure_ascii=False, indent=2) + "\n"
    return _file(body.encode(), "application/json", f"puhui-{found.code}.json", "attachment")


@pages.get("/c/<code>.tlog-proof")
def certificate_proof(code: str) -> ResponseReturnValue:
    """Give out the proof that the retirement stands in the public register."""
    found, proof, _ = _found(code)
    if proof is None:
        raise UnknownCertificate(code=code)
    name = f"puhui-{found.code}.tlog-proof"
    return _file(str(proof).encode(), "text/plain; charset=utf-8", name, "attachment")


def _found(code: str) -> tuple[Certificate, Proof | None, str | None]:
    with snapshot() as session:
        found = queries.certificate_by_code(session, code)
        if found is None:
            raise UnknownCertificate(code=code)
        proof = register.proof_of(session, "retirement", str(found.retirement_id))
        keys = register.keys(session)
    return found, proof, keys[0].key if proof else None


def _file(body: bytes, media_type: str, name: str, disposition: str) -> Response:
    response = Response(body, content_type=media_type)
    response.headers["Content-Disposition"] = f'{disposition}; filename="{name}"'
    return response


# The public list -----------------------------------------------------------------------------


@pages.get("/register")
def retirements() -> ResponseReturnValue:
    """Show what has been retired, and how the books stand."""
    search = request.args.get("search", "").strip()[:200]
    before = _position(request.args.get("before", ""))
    with snapshot() as session:
        found = queries.retirements(session, search=search, before=before, most=ROWS + 1)
        totals = ledger.totals(session, CREDIT_KG)
    more = found[ROWS - 1] if len(found) > ROWS else None
    return render_template(
        "credits/register.html",
        found=found[:ROWS],
        search=search,
        first=before is None,
        next_key=more and f"{more.retired_at.isoformat()}~{more.retirement_id}",
        totals=totals,
    )


@pages.get("/register.csv")
def retirements_csv() -> ResponseReturnValue:
    """Give out all retirements as a table, one line for each range of serials."""
    response = Response(stream_with_context(_csv_lines()), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="puhui-retirements.csv"'
    return response


def _csv_lines() -> Iterator[str]:
    heading = (
        "certificate", "retired_at", "purpose", "title", "beneficiary", "kind", "project",
        "registry", "serials", "period_starts", "period_ends", "kg",
    )  # fmt: skip
    yield BYTE_ORDER_MARK + csv_line(heading)
    with snapshot() as session:
        for row in queries.retired_serials(session):
            yield csv_line(row)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _position(text: str) -> tuple[datetime, UUID] | None:
    when, _, name = text.partition("~")
    try:
        found = datetime.fromisoformat(when), UUID(name)
    except ValueError:
        return None
    return found if found[0].tzinfo else None


# What is on sale -----------------------------------------------------------------------------


@pages.get("/credits")
def on_sale() -> ResponseReturnValue:
    """Show what can be bought, from whom, and whom it supports."""
    kind = Kind(request.args["kind"]) if request.args.get("kind") in set(Kind) else None
    price, _, name = request.args.get("after", "").partition("~")
    beyond = _uuid(name)
    after = (int(price), beyond) if beyond and re.fullmatch("[0-9]{1,15}", price) else None
    with snapshot() as session:
        found = queries.batches(session, after=after, most=ROWS + 1, kind=kind, only_on_sale=True)
    more = found[ROWS - 1] if len(found) > ROWS else None
    return render_template(
        "credits/on_sale.html",
        found=found[:ROWS],
        kind=kind,
        first=after is None,
        next_key=more and f"{more.price_fen_per_t}~{more.batch_id}",
    )


@pages.get("/credits/proposal")
def proposal() -> ResponseReturnValue:
    """Show what a need or a budget would buy now, line by line. Keeps nothing."""
    template, words = "credits/proposal.html", {"preferences": PREFERENCES}
    g.form = Form(values=request.args.to_dict())
    if not any(request.args.get(name) for name in ("need_kg", "budget_yuan")):
        return render_template(template, found=None, **words)
    try:
        asked = read_query(ProposalFormQuery)
        with snapshot() as session:
            found = proposal_for(session, asked)
            cards = {line.batch_id: queries.batch(session, line.batch_id) for line in found.lines}
    except DomainError as error:
        return render_faults(template, error, found=None, **words)
    by_kind = {
        said(RULES[kind].name): Decimal(
            sum(line.quantity_kg for line in found.lines if line.kind is kind)
        )
        for kind in dict.fromkeys(line.kind for line in found.lines)
    }
    return render_template(
        template,
        found=found,
        cards=cards,
        bars=[("", list(by_kind.items()))],
        budget_fen=asked.budget_fen,
        **words,
    )


@pages.get("/credits/import")
def import_form() -> ResponseReturnValue:
    """Show an operator the form for a file of batches."""
    signed_in().require(Permission.CREDIT_IMPORT)
    counts = [request.args.get(name, "") for name in ("new", "known")]
    done = counts if all(count.isdecimal() and len(count) < 7 for count in counts) else None
    return render_template("credits/import.html", columns=COLUMNS, done=done)


@pages.post("/credits/import")
def import_file() -> ResponseReturnValue:
    """Bring in a file of batches, or show every fault in it."""
    actor = signed_in()
    try:
        actor.require(Permission.CREDIT_IMPORT)
        sent = request.files.get("file")
        if sent is None or not sent.filename:
            raise Invalid([Fault("missing", N_("请选择文件"), None, "file")])
        data = sent.stream.read(MOST_FILE_BYTES + 1)
        if len(data) > MOST_FILE_BYTES:
            raise Invalid([Fault("too_large", N_("文件太大"), None, "file")])
        with transaction() as session:
            outcome = service.import_file(session, actor, form_name(), text_of(data), now())
    except Forbidden:
        raise
    except DomainError as error:
        return render_faults("credits/import.html", error, columns=COLUMNS, done=None)
    return redirect_after_post(f"/credits/import?new={outcome[0]}&known={outcome[1]}")


# Holds and payments --------------------------------------------------------------------------


@pages.get("/holds/<uuid:hold_id>")
def hold(hold_id: UUID) -> ResponseReturnValue:
    """Show the buyer what is kept for them and how to pay."""
    return _hold_page(hold_id)


@pages.post("/holds/<uuid:hold_id>/announcement")
def announce(hold_id: UUID) -> ResponseReturnValue:
    """Accept the price and announce a bank transfer."""
    actor = signed_in()
    with transaction() as session:
        service.announce_transfer(session, actor, hold_id, now())
    return redirect_after_post(f"/holds/{hold_id}")


@pages.post("/holds/<uuid:hold_id>/release")
def release(hold_id: UUID) -> ResponseReturnValue:
    """Give back what an unpaid hold keeps."""
    actor = signed_in()
    with transaction() as session:
        service.release(session, actor, hold_id, now())
    return redirect_after_post(f"/holds/{hold_id}")


def _hold_page(hold_id: UUID) -> ResponseReturnValue:
    actor = signed_in()
    with snapshot() as session:
        found = queries.hold(session, hold_id)
        if found is None or not may_see(actor, found):
            raise UnknownHold(hold=str(hold_id))
        cards = {line.batch_id: queries.batch(session, line.batch_id) for line in found.lines}
        done = queries.retirement_of_hold(session, hold_id)
    mine = actor.may(Permission.CREDIT_HOLD, found.organisation_id)
    return render_template(
        "credits/hold.html", hold=found, cards=cards, done=done, mine=mine, now=now()
    )


@pages.get("/payments")
def payments() -> ResponseReturnValue:
    """Show an operator the holds that wait for payment."""
    signed_in().require(Permission.PAYMENT_CONFIRM)
    after = _uuid(request.args.get("after", ""))
    with snapshot() as session:
        found = queries.holds_waiting_for_payment(session, now(), after=after, most=ROWS + 1)
    more = found[ROWS - 1].hold_id if len(found) > ROWS else None
    return render_template(
        "credits/payments.html", found=found[:ROWS], first=after is None, next_key=more
    )


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
