"""Pages of the book of duty trees: one's year, what else counts, provinces, certificates."""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any
from uuid import UUID

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from puhui.db.session import snapshot, transaction
from puhui.identity import queries as identity
from puhui.identity.queries import Profile
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.clock import day_of, now
from puhui.kernel.errors import DomainError, Fault, Forbidden, Invalid
from puhui.kernel.text import N_
from puhui.register import queries as register
from puhui.rewards.duty import (
    CATEGORY_NAMES,
    CERTIFICATE_NAMES,
    DUTY_FROM,
    HONOUR_ABOVE,
    UNIT_NAMES,
    Category,
    Certificate,
)
from puhui.rewards.duty_paper import pdf_of
from puhui.rewards.pages.blueprint import pages
from puhui.rewards.pages.place import cursor_asked
from puhui.rewards.pages.verdict import take_verdict
from puhui.rewards.province import PROVINCES, Province
from puhui.rewards.queries import duties as queries
from puhui.rewards.queries.duties import CertificateCard, EntryCard
from puhui.rewards.schema.duty import DutyDraftSchema, ParameterFormSchema, with_document
from puhui.rewards.service import duties as service
from puhui.rewards.service import duty_certificates
from puhui.settings import Settings
from puhui.web import locale
from puhui.web.download import as_file
from puhui.web.guard import actor_or_none
from puhui.web.limits import limited
from puhui.web.locale import named
from puhui.web.pages import (
    form_name,
    read_form,
    redirect_after_post,
    render_faults,
    signed_in,
)
from puhui.web.paging import USUAL, page
from puhui.web.qr import svg_of

MOST_PAPER_BYTES = 20 * 1024 * 1024


@pages.context_processor
def _words() -> dict[str, object]:
    return {
        "duty_categories": CATEGORY_NAMES,
        "duty_units": UNIT_NAMES,
        "duty_certificates": {tier: names[0] for tier, names in CERTIFICATE_NAMES.items()},
        "provinces": PROVINCES,
    }


@pages.app_template_filter("word_options")
def word_options(keys: Iterable[str], words: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return keys with their words in the reader's language, for a menu."""
    return [(key, locale.said(words[key])) for key in keys]


@pages.app_template_filter("province_options")
def province_options(offered: Iterable[Province]) -> list[tuple[str, str]]:
    """Return provinces with their names in the reader's language, for a menu."""
    return [(one.code, named(one)) for one in offered]


@pages.app_template_filter("child_options")
def child_options(children: Iterable[Profile]) -> list[tuple[UUID, str]]:
    """Return one's children with their names, for a menu."""
    return [(one.person_id, one.display_name) for one in children]


@pages.app_template_filter("duty_rows")
def duty_rows(lines: Iterable[EntryCard]) -> list[list[str]]:
    """Return the lines of a year as rows of a table."""
    return [
        [line.done_on.isoformat(), locale.said(_line_name(line)), f"{line.trees:+d}"]
        for line in lines
    ]


def _line_name(line: EntryCard) -> str:
    return N_("成活调查更正") if line.cause_kind == "survival" else CATEGORY_NAMES[line.category]


@pages.get("/duty")
def duty_year() -> ResponseReturnValue:
    """Show what one's years, and one's children's, count."""
    actor = signed_in()
    return render_template("rewards/duty.html", **_book(actor))


def _book(actor: Actor) -> dict[str, Any]:
    this_year = day_of(now()).year
    with snapshot() as session:
        profiles = [identity.profile(session, actor.person_id)]
        profiles += identity.children(session, actor.person_id)
        people = [one for one in profiles if one is not None]
        papers = queries.certificates_of(session, [one.person_id for one in people])
        books = [
            {
                "person": one,
                "year": queries.year_of(session, one.person_id, this_year),
                "years": queries.years_of(session, one.person_id),
                "entries": queries.entries(session, one.person_id, this_year),
                "certificates": papers.get(one.person_id, ()),
            }
            for one in people
        ]
        recorded = queries.duties_of(session, actor, most=5)
    return {
        "books": books,
        "recorded": recorded,
        "own": actor.person_id,
        "this_year": this_year,
        "duty_from": DUTY_FROM,
        "honour_from": HONOUR_ABOVE + 1,
        "none": Certificate.NONE,
        "confirms": actor.may(Permission.PLANTING_REVIEW),
    }


@pages.post("/duty/<int:year>/certificate")
def issue_certificate(year: int) -> ResponseReturnValue:
    """Issue the certificate of a year, and show it."""
    actor = signed_in()
    person = _uuid(request.form.get("person_id", ""))
    shows = request.form.get("shows_categories") == "true"
    try:
        with transaction() as session:
            card = duty_certificates.issue_certificate(
                session, actor, year, person, shows_categories=shows, now=now()
            )
    except DomainError as error:
        return render_faults("rewards/duty.html", error, **_book(actor))
    return redirect_after_post(url_for("rewards_pages.duty_certificate", code=card.code))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@pages.get("/duty/new")
def new_duty() -> ResponseReturnValue:
    """Show the form for what counts besides planting."""
    actor = signed_in()
    return render_template("rewards/new_duty.html", **_form(actor))


@pages.post("/duty/new")
@limited("60/hour", "duty")
def record_duty() -> ResponseReturnValue:
    """Record what was done for the duty."""
    actor = signed_in()
    try:
        draft = read_form(DutyDraftSchema)
        with transaction() as session:
            service.record_duty(session, actor, form_name(), draft, now())
    except DomainError as error:
        return render_faults("rewards/new_duty.html", error, **_form(actor))
    return redirect_after_post(url_for("rewards_pages.duty_year"))


def _form(actor: Actor) -> dict[str, Any]:
    with snapshot() as session:
        children = identity.children(session, actor.person_id)
        known = queries.parameters(session)
    return {
        "children": children,
        "today": day_of(now()),
        "offered": [c for c in Category if c is not Category.PLANTING],
        "known": {card.parameter.province for card in known},
    }


# Verifiers -----------------------------------------------------------------------------------


@pages.get("/duty/waiting")
def duties_waiting() -> ResponseReturnValue:
    """Show a verifier what waits to be confirmed."""
    actor = signed_in()
    return render_template("rewards/duties_waiting.html", **_waiting(actor))


@pages.post("/duty/<uuid:duty_id>/verdict")
def decide_duty(duty_id: UUID) -> ResponseReturnValue:
    """Confirm a recorded duty, or refuse it with a reason."""
    return take_verdict(
        lambda session, actor, reason: service.decide_duty(session, actor, duty_id, reason, now()),
        "rewards/duties_waiting.html",
        _waiting,
        url_for("rewards_pages.duties_waiting"),
    )


def _waiting(actor: Actor) -> dict[str, Any]:
    with snapshot() as session:
        found = queries.duties_waiting(session, actor, after=cursor_asked(), most=USUAL + 1)
    return {"waiting": page(found, USUAL, lambda card: (card.recorded_at, card.duty_id))}


# Provinces -----------------------------------------------------------------------------------


@pages.get("/duty/parameters")
def duty_parameters() -> ResponseReturnValue:
    """Show how each province on record counts, and an operator the form for another."""
    return render_template("rewards/duty_parameters.html", **_parameters())


@pages.post("/duty/parameters")
def publish_parameter() -> ResponseReturnValue:
    """Enter a province's parameter with its document."""
    actor = signed_in()
    try:
        actor.require(Permission.DUTY_PUBLISH)
        said = read_form(ParameterFormSchema)
        parameter = with_document(said, _paper())
        with transaction() as session:
            service.publish_parameter(session, actor, form_name(), parameter, now())
    except Forbidden:
        raise
    except DomainError as error:
        return render_faults("rewards/duty_parameters.html", error, **_parameters())
    return redirect_after_post(url_for("rewards_pages.duty_parameters"))


def _paper() -> bytes:
    """Return the digest of the document sent; the register keeps it, the operator the file."""
    sent = request.files.get("document")
    data = sent.stream.read(MOST_PAPER_BYTES + 1) if sent is not None and sent.filename else b""
    if not data:
        raise Invalid([Fault("missing", N_("请选择公布的文件"), field="document")])
    if len(data) > MOST_PAPER_BYTES:
        raise Invalid([Fault("too_large", N_("文件太大"), field="document")])
    return sha256(data).digest()


def _parameters() -> dict[str, Any]:
    actor = actor_or_none()
    with snapshot() as session:
        found = queries.parameters(session)
    return {
        "found": found,
        "missing": [one for code, one in PROVINCES.items()
                    if code not in {card.parameter.province for card in found}],
        "may_enter": actor is not None and actor.may(Permission.DUTY_PUBLISH),
        "offered": [c for c in Category if c is not Category.PLANTING],
        "today": day_of(now()),
    }  # fmt: skip


# Certificates --------------------------------------------------------------------------------


@pages.get("/d/<code>")
def duty_certificate(code: str) -> ResponseReturnValue:
    """Show a certificate to everyone, no more of it than its holder chose."""
    card = _card(code)
    if card.code != code:
        return redirect(url_for("rewards_pages.duty_certificate", code=card.code), 301)
    return _certificate_page(card, fits=None)


@pages.post("/d/<code>")
@limited("20/hour", "name")
def check_name(code: str) -> ResponseReturnValue:
    """Say whether a certificate was made out to the name that somebody reads on it."""
    name = request.form.get("name", "")[:60]
    with snapshot() as session:
        fits = duty_certificates.name_fits(session, code, name)
    return _certificate_page(_card(code), fits=fits)


@pages.get("/d/<code>.pdf")
def duty_certificate_pdf(code: str) -> ResponseReturnValue:
    """Give out a certificate as PDF/A, with the name for its holder alone."""
    card = _card(code)
    body = pdf_of(card, _address(card), _index(card))
    answer = as_file(body, "application/pdf", f"puhui-duty-{card.code}.pdf", inline=True)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _card(code: str) -> CertificateCard:
    with snapshot() as session:
        return queries.certificate_by_code(session, code, actor_or_none())


def _certificate_page(card: CertificateCard, *, fits: bool | None) -> ResponseReturnValue:
    drawing = svg_of(_address(card), locale.said(N_("证书二维码")))
    return render_template(
        "rewards/duty_certificate.html",
        card=card,
        fits=fits,
        index=_index(card),
        qr=Markup(drawing),  # noqa: S704  our own drawing
    )


def _address(card: CertificateCard) -> str:
    settings: Settings = current_app.extensions["puhui.settings"]
    return f"{settings.base_url}/d/{card.code}"


def _index(card: CertificateCard) -> int | None:
    with snapshot() as session:
        proof = register.proof_of(session, "duty_certificate", card.code)
    return proof.index if proof else None
