"""Pages of a partner's desk: enter a code, send, refund, put up offers, read the statement."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from puhui.db.session import snapshot, transaction
from puhui.identity import queries as identity
from puhui.identity.queries import OrganisationCard
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.clock import day_of, now
from puhui.kernel.errors import DomainError, Forbidden
from puhui.rewards.api.redemption import csv_of
from puhui.rewards.pages.blueprint import pages
from puhui.rewards.pages.place import cursor_asked
from puhui.rewards.queries import offers, partners, redemptions
from puhui.rewards.queries.partners import PartnerStatement
from puhui.rewards.redemption import month_of
from puhui.rewards.schema.offer import OfferFormSchema, OfferStockSchema, TermsFormSchema
from puhui.rewards.schema.redemption import DispatchSchema, HandoverSchema, PointRefundSchema
from puhui.rewards.service import handovers, refunds
from puhui.rewards.service import offers as offering
from puhui.web.limits import limited
from puhui.web.pages import (
    form_name,
    read_form,
    redirect_after_post,
    render_faults,
    signed_in,
)
from puhui.web.paging import USUAL, page


def _own(session: Session, actor: Actor) -> Sequence[OrganisationCard]:
    """Return the organisations for which the actor may hand things over, by name."""
    found = identity.organisations(session, actor.organisations(Permission.OFFER_WRITE))
    return sorted(found.values(), key=lambda one: (one.name, one.organisation_id))


@pages.get("/partners")
def partner_list() -> ResponseReturnValue:
    """Show one's desks; whoever has one only goes straight to it."""
    actor = signed_in()
    actor.require(Permission.OFFER_WRITE)
    with snapshot() as session:
        mine = _own(session, actor)
    return _choice_of(mine)


def _choice_of(mine: Sequence[OrganisationCard]) -> ResponseReturnValue:
    if len(mine) == 1:
        return redirect_after_post(
            url_for("rewards_pages.partner_desk", organisation_id=mine[0].organisation_id)
        )
    return render_template("rewards/partners.html", mine=mine, code="")


@pages.get("/partners/handover")
def scanned() -> ResponseReturnValue:
    """Show the form for a code that was just scanned; scanning alone changes nothing."""
    actor = signed_in()
    actor.require(Permission.OFFER_WRITE)
    with snapshot() as session:
        mine = _own(session, actor)
    code = request.args.get("code", "")
    # Without a code there is nothing to hand over yet: the desk is where one is typed in.
    return (
        render_template("rewards/partners.html", mine=mine, code=code) if code else _choice_of(mine)
    )


@pages.get("/partners/<uuid:organisation_id>")
def partner_desk(organisation_id: UUID) -> ResponseReturnValue:
    """Show a partner's desk."""
    actor = signed_in()
    return render_template("rewards/partner.html", **_desk(actor, organisation_id))


def _desk(actor: Actor, organisation_id: UUID) -> dict[str, Any]:
    with snapshot() as session:
        found = redemptions.at_partner(
            session, actor, organisation_id, before=cursor_asked(), most=USUAL + 1
        )
        held = partners.balance(session, actor, organisation_id)
        partner = identity.organisation(session, organisation_id)
    listed = page(found, USUAL, lambda card: (card.redeemed_at, card.redemption_id))
    return {"partner": partner, "redemptions": listed, "held": held, "handed": None}


@pages.post("/partners/<uuid:organisation_id>/handover")
@limited("300/hour", "handover")
def hand_over(organisation_id: UUID) -> ResponseReturnValue:
    """Use a code up, and show what is to be handed over for it."""
    actor = signed_in()
    try:
        said = read_form(HandoverSchema)
        with transaction() as session:
            found = handovers.hand_over(session, actor, organisation_id, said["code"], now())
        # Counted first: a wrong code stays counted although it is refused.
        if isinstance(found, DomainError):
            raise found
    except Forbidden:
        raise
    except DomainError as error:
        return render_faults("rewards/partner.html", error, **_desk(actor, organisation_id))
    return render_template(
        "rewards/partner.html", **{**_desk(actor, organisation_id), "handed": found}
    )


@pages.post("/partners/<uuid:organisation_id>/redemptions/<uuid:redemption_id>/dispatch")
def dispatch(organisation_id: UUID, redemption_id: UUID) -> ResponseReturnValue:
    """Note that something was sent."""
    return _done(organisation_id, lambda session, actor: handovers.send(
        session, actor, redemption_id, read_form(DispatchSchema)["tracking"], now()))  # fmt: skip


@pages.post("/partners/<uuid:organisation_id>/redemptions/<uuid:redemption_id>/refund")
def refund(organisation_id: UUID, redemption_id: UUID) -> ResponseReturnValue:
    """Give points back."""
    return _done(organisation_id, lambda session, actor: refunds.refund(
        session, actor, redemption_id, read_form(PointRefundSchema)["reason"], now()))  # fmt: skip


def _done(organisation_id: UUID, work: Callable[[Session, Actor], object]) -> ResponseReturnValue:
    """Do one thing at the desk, and show the desk again: done, or with what was refused."""
    actor = signed_in()
    try:
        with transaction() as session:
            work(session, actor)
    except Forbidden:
        raise
    except DomainError as error:
        return render_faults("rewards/partner.html", error, **_desk(actor, organisation_id))
    return redirect_after_post(
        url_for("rewards_pages.partner_desk", organisation_id=organisation_id)
    )


# Statement -----------------------------------------------------------------------------------


@pages.get("/partners/<uuid:organisation_id>/statement")
def partner_statement(organisation_id: UUID) -> ResponseReturnValue:
    """Show a month of a partner; this one, unless the address names another."""
    found = _statement(organisation_id)
    with snapshot() as session:
        partner = identity.organisation(session, organisation_id)
    before = found.first_day - timedelta(days=1)
    return render_template(
        "rewards/partner_statement.html",
        partner=partner,
        found=found,
        month=_written(found.first_day),
        before=_written(before),
        after=_written(found.end_day) if found.end_day <= day_of(now()) else None,
    )


@pages.get("/partners/<uuid:organisation_id>/statement.csv")
def partner_statement_csv(organisation_id: UUID) -> ResponseReturnValue:
    """Give out the month as a table."""
    return csv_of(_statement(organisation_id))


def _statement(organisation_id: UUID) -> PartnerStatement:
    actor = signed_in()
    with snapshot() as session:
        return partners.statement(session, actor, organisation_id, *month_of(_month()))


def _month() -> Any:
    """Return a day of the month that the address names; of this month for a made-up one."""
    today = day_of(now())
    year, _, month = request.args.get("month", "").partition("-")
    known = year.isdecimal() and month.isdecimal()
    if known and 2000 <= int(year) <= today.year and 1 <= int(month) <= 12:
        return today.replace(year=int(year), month=int(month), day=1)
    return today


def _written(day: Any) -> str:
    return f"{day.year:04d}-{day.month:02d}"


# Offers --------------------------------------------------------------------------------------


@pages.get("/partners/<uuid:organisation_id>/offers")
def partner_offers(organisation_id: UUID) -> ResponseReturnValue:
    """Show everything a partner has put up, every version of it."""
    actor = signed_in()
    return render_template("rewards/partner_offers.html", **_offers(actor, organisation_id))


def _offers(actor: Actor, organisation_id: UUID) -> dict[str, Any]:
    with snapshot() as session:
        return {
            "partner": identity.organisation(session, organisation_id),
            "offers": offers.of_partner(session, actor, organisation_id),
        }


@pages.get("/partners/<uuid:organisation_id>/offers/new")
def new_offer(organisation_id: UUID) -> ResponseReturnValue:
    """Show the form for an offer."""
    actor = signed_in()
    actor.require(Permission.OFFER_WRITE, organisation_id)
    return render_template("rewards/new_offer.html", **_form(organisation_id))


def _form(organisation_id: UUID, offer_id: UUID | None = None) -> dict[str, Any]:
    known = None
    with snapshot() as session:
        if offer_id is not None:
            known = offers.offer(session, signed_in(), offer_id)
        partner = identity.organisation(session, organisation_id)
    return {"partner": partner, "known": known, "year_on": day_of(now()) + timedelta(days=365)}


@pages.post("/partners/<uuid:organisation_id>/offers/new")
def propose_offer(organisation_id: UUID) -> ResponseReturnValue:
    """Propose an offer."""
    actor = signed_in()
    try:
        draft = read_form(OfferFormSchema)
        with transaction() as session:
            offering.propose_offer(session, actor, form_name(), draft, now())
    except Forbidden:
        raise
    except DomainError as error:
        return render_faults("rewards/new_offer.html", error, **_form(organisation_id))
    return redirect_after_post(
        url_for("rewards_pages.partner_offers", organisation_id=organisation_id)
    )


@pages.get("/partners/<uuid:organisation_id>/offers/<uuid:offer_id>/terms")
def new_terms(organisation_id: UUID, offer_id: UUID) -> ResponseReturnValue:
    """Show the form for other terms of an offer, filled in with the present ones."""
    actor = signed_in()
    actor.require(Permission.OFFER_WRITE, organisation_id)
    return render_template("rewards/new_offer.html", **_form(organisation_id, offer_id))


@pages.post("/partners/<uuid:organisation_id>/offers/<uuid:offer_id>/terms")
def propose_terms(organisation_id: UUID, offer_id: UUID) -> ResponseReturnValue:
    """Propose other terms."""
    actor = signed_in()
    try:
        terms = read_form(TermsFormSchema)
        with transaction() as session:
            offering.propose_terms(session, actor, offer_id, form_name(), terms, now())
    except Forbidden:
        raise
    except DomainError as error:
        return render_faults("rewards/new_offer.html", error, **_form(organisation_id, offer_id))
    return redirect_after_post(
        url_for("rewards_pages.partner_offers", organisation_id=organisation_id)
    )


@pages.post("/partners/<uuid:organisation_id>/offers/<uuid:offer_id>/stock")
def set_stock(organisation_id: UUID, offer_id: UUID) -> ResponseReturnValue:
    """Say how many there are in all."""
    actor = signed_in()
    try:
        said = read_form(OfferStockSchema)
        with transaction() as session:
            offering.set_stock(session, actor, offer_id, said["stock"], now())
    except Forbidden:
        raise
    except DomainError as error:
        return render_faults(
            "rewards/partner_offers.html", error, **_offers(actor, organisation_id)
        )
    return redirect_after_post(
        url_for("rewards_pages.partner_offers", organisation_id=organisation_id)
    )
