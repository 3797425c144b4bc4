"""Pages of causes: what points can be given to, giving, and the certificate of a gift."""

from typing import Any
from uuid import UUID

from flask import current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from puhui.db.session import snapshot, transaction
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.clock import now
from puhui.kernel.errors import DomainError, Forbidden
from puhui.kernel.text import N_
from puhui.ledger import queries as ledger
from puhui.ledger.account import wallet_of
from puhui.rewards.cause import DonationDraft
from puhui.rewards.donation_paper import pdf_of
from puhui.rewards.pages.blueprint import pages
from puhui.rewards.pages.place import cursor_asked
from puhui.rewards.queries import causes as queries
from puhui.rewards.queries.causes import DonationCard
from puhui.rewards.schema.cause import CauseDraftSchema, DonationFormSchema
from puhui.rewards.service import causes as service
from puhui.settings import Settings
from puhui.web import locale
from puhui.web.download import as_file
from puhui.web.guard import actor_or_none
from puhui.web.limits import limited
from puhui.web.pages import (
    form_name,
    read_form,
    redirect_after_post,
    render_faults,
    signed_in,
)
from puhui.web.paging import USUAL, page
from puhui.web.qr import svg_of


@pages.get("/causes")
def cause_list() -> ResponseReturnValue:
    """Show what points can be given to, and what one has given."""
    actor = actor_or_none()
    with snapshot() as session:
        found = queries.causes(session)
        mine = (
            queries.donations_of(session, actor, now(), before=cursor_asked(), most=USUAL + 1)
            if actor
            else []
        )
    shown = page(mine, USUAL, lambda card: (card.donated_at, card.donation_id))
    return render_template(
        "rewards/causes.html",
        causes=found,
        mine=shown,
        publishes=actor is not None and actor.may(Permission.OFFER_PUBLISH),
    )


@pages.get("/causes/new")
def new_cause() -> ResponseReturnValue:
    """Show an operator the form for a cause."""
    actor = signed_in()
    actor.require(Permission.OFFER_PUBLISH)
    return render_template("rewards/new_cause.html")


@pages.post("/causes/new")
def publish_cause() -> ResponseReturnValue:
    """Put up a cause."""
    actor = signed_in()
    try:
        draft = read_form(CauseDraftSchema)
        with transaction() as session:
            card = service.publish_cause(session, actor, form_name(), draft, now())
    except Forbidden:
        raise
    except DomainError as error:
        return render_faults("rewards/new_cause.html", error)
    return redirect_after_post(url_for("rewards_pages.cause", cause_id=card.cause_id))


@pages.get("/causes/<uuid:cause_id>")
def cause(cause_id: UUID) -> ResponseReturnValue:
    """Show a cause, and the form for giving to it."""
    return render_template("rewards/cause.html", **_cause(actor_or_none(), cause_id))


def _cause(actor: Actor | None, cause_id: UUID) -> dict[str, Any]:
    with snapshot() as session:
        card = queries.cause(session, cause_id)
        held = None if actor is None else ledger.balance(session, wallet_of(actor.person_id))
    publishes = actor is not None and actor.may(Permission.OFFER_PUBLISH)
    return {"card": card, "held": held, "publishes": publishes}


@pages.post("/causes/<uuid:cause_id>")
@limited("60/hour", "donate")
def donate(cause_id: UUID) -> ResponseReturnValue:
    """Give points to a cause, and show the certificate."""
    actor = signed_in()
    try:
        said = read_form(DonationFormSchema)
        with transaction() as session:
            draft = DonationDraft(cause_id, said["points"])
            card = service.donate(session, actor, form_name(), draft, now())
    except Forbidden:
        raise
    except DomainError as error:
        return render_faults("rewards/cause.html", error, **_cause(actor, cause_id))
    return redirect_after_post(url_for("rewards_pages.donation_certificate", code=card.code))


@pages.post("/causes/<uuid:cause_id>/closing")
def end_cause(cause_id: UUID) -> ResponseReturnValue:
    """Let a cause take no more points."""
    actor = signed_in()
    with transaction() as session:
        service.end_cause(session, actor, cause_id, now())
    return redirect_after_post(url_for("rewards_pages.cause", cause_id=cause_id))


# Certificates --------------------------------------------------------------------------------


@pages.get("/t/<code>")
def donation_certificate(code: str) -> ResponseReturnValue:
    """Show a gift's certificate to everyone; its name only as the giver agrees."""
    card = _card(code)
    if card.code != code:
        return redirect(url_for("rewards_pages.donation_certificate", code=card.code), 301)
    drawing = svg_of(_address(card), locale.said(N_("证书二维码")))
    return render_template(
        "rewards/donation_certificate.html",
        card=card,
        qr=Markup(drawing),  # noqa: S704  our own drawing
    )


@pages.get("/t/<code>.pdf")
def donation_certificate_pdf(code: str) -> ResponseReturnValue:
    """Give out a certificate as PDF/A."""
    card = _card(code)
    body = pdf_of(card, _address(card))
    answer = as_file(body, "application/pdf", f"puhui-donation-{card.code}.pdf", inline=True)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _card(code: str) -> DonationCard:
    with snapshot() as session:
        return queries.by_code(session, code, actor_or_none(), now())


def _address(card: DonationCard) -> str:
    settings: Settings = current_app.extensions["puhui.settings"]
    return f"{settings.base_url}/t/{card.code}"
