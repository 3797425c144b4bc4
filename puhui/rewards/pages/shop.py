"""Pages of the shop: what points can be redeemed for, redeeming, and what an operator decides."""

from typing import Any
from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from puhui.db.session import snapshot, transaction
from puhui.identity import consents
from puhui.identity import queries as identity
from puhui.identity.purpose import TEXTS, Purpose
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.clock import day_of, now
from puhui.kernel.errors import DomainError, Forbidden
from puhui.ledger import queries as ledger
from puhui.ledger.account import wallet_of
from puhui.rewards.api.duty import reason_of
from puhui.rewards.offer import DELIVERY_NAMES, KIND_NAMES, Delivery
from puhui.rewards.pages.blueprint import pages
from puhui.rewards.queries import offers as queries
from puhui.rewards.redemption import Address, RedemptionDraft
from puhui.rewards.schema.offer import OfferListQuery
from puhui.rewards.schema.redemption import RedemptionFormSchema, SentFormSchema
from puhui.rewards.service import offers as offering
from puhui.rewards.service import redemptions as service
from puhui.web.guard import actor_or_none
from puhui.web.limits import limited
from puhui.web.pages import (
    form_name,
    read_form,
    read_query,
    redirect_after_post,
    render_faults,
    signed_in,
)
from puhui.web.paging import page


@pages.context_processor
def _words() -> dict[str, object]:
    return {"offer_kinds": KIND_NAMES, "deliveries": DELIVERY_NAMES}


@pages.get("/shop")
def shop() -> ResponseReturnValue:
    """Show what points can be redeemed for, the newest first; sold out things last, as such."""
    query = read_query(OfferListQuery)
    with snapshot() as session:
        found = queries.offers(
            session,
            now(),
            county=query["county"],
            kind=query["kind"],
            before=query["cursor"],
            most=query["limit"] + 1,
        )
        actor = actor_or_none()
        held = None if actor is None else ledger.balance(session, wallet_of(actor.person_id))
    listed = page(found, query["limit"], queries.place)
    return render_template("rewards/shop.html", offers=listed, query=query, held=held)


@pages.get("/shop/<uuid:offer_id>")
def offer(offer_id: UUID) -> ResponseReturnValue:
    """Show one offer with everything that holds for it."""
    actor = actor_or_none()
    with snapshot() as session:
        card = queries.offer(session, actor, offer_id)
        held = None if actor is None else ledger.balance(session, wallet_of(actor.person_id))
    return render_template(
        "rewards/offer.html", card=card, held=held, is_open=card.is_open(day_of(now()))
    )


@pages.get("/shop/<uuid:offer_id>/redeem")
def confirm_redemption(offer_id: UUID) -> ResponseReturnValue:
    """Show what redeeming would do, once more, and ask for an address where one is needed."""
    actor = signed_in()
    return render_template("rewards/redeem.html", **_confirming(actor, offer_id))


def _confirming(actor: Actor, offer_id: UUID) -> dict[str, Any]:
    with snapshot() as session:
        card = queries.offer(session, actor, offer_id)
        return {
            "card": card,
            "held": ledger.balance(session, wallet_of(actor.person_id)),
            "is_child": identity.is_minor(session, actor.person_id, now()),
            "agreed": consents.given(session, actor.person_id, Purpose.DELIVERY),
            "agreement": TEXTS[Purpose.DELIVERY],
        }


@pages.post("/shop/<uuid:offer_id>/redeem")
@limited("60/hour", "redeem")
def redeem(offer_id: UUID) -> ResponseReturnValue:
    """Redeem an offer on the terms that the form showed, and show the redemption."""
    actor, name = signed_in(), form_name()
    try:
        with transaction() as session:
            service.redeem(session, actor, name, _wanted(session, actor, offer_id), now())
    except Forbidden:
        raise
    except DomainError as error:
        return render_faults("rewards/redeem.html", error, **_confirming(actor, offer_id))
    return redirect_after_post(url_for("rewards_pages.redemption", redemption_id=name))


def _wanted(session: Session, actor: Actor, offer_id: UUID) -> RedemptionDraft:
    """Return what the form asks for; note the consent that was ticked beside the address."""
    if queries.offer(session, actor, offer_id).terms.delivery is not Delivery.SENT:
        return RedemptionDraft(offer_id, read_form(RedemptionFormSchema)["version_id"])
    said = read_form(SentFormSchema)
    if said["agreed"]:
        wording = TEXTS[Purpose.DELIVERY].hash
        consents.give(session, actor, actor.person_id, Purpose.DELIVERY, wording, "page", now())
    address = Address(said["recipient"], said["phone"], said["place"])
    return RedemptionDraft(offer_id, said["version_id"], address)


# Operators -----------------------------------------------------------------------------------


@pages.get("/shop/offers")
def offer_desk() -> ResponseReturnValue:
    """Show an operator what waits for a decision, and what is published."""
    actor = signed_in()
    return render_template("rewards/offers_waiting.html", **_desk(actor))


def _desk(actor: Actor) -> dict[str, Any]:
    with snapshot() as session:
        return {
            "waiting": queries.waiting(session, actor),
            "live": queries.live(session, actor),
        }


@pages.post("/shop/versions/<uuid:version_id>/decision")
def decide_terms(version_id: UUID) -> ResponseReturnValue:
    """Publish terms, or refuse them with a reason."""
    actor = signed_in()
    approved = request.form.get("approved") == "true"
    written = request.form.get("reason", "").strip()[:300] or None
    try:
        # The reason's field stands beside both buttons; publishing needs none.
        reason = reason_of(confirmed=approved, reason=None if approved else written)
        with transaction() as session:
            offering.decide_terms(session, actor, version_id, reason, now())
    except Forbidden:
        raise
    except DomainError as error:
        return render_faults("rewards/offers_waiting.html", error, **_desk(actor))
    return redirect_after_post(url_for("rewards_pages.offer_desk"))


@pages.post("/shop/<uuid:offer_id>/closing")
def close_offer(offer_id: UUID) -> ResponseReturnValue:
    """Take an offer down: an operator, or its partner."""
    actor = signed_in()
    with transaction() as session:
        card = offering.withdraw_offer(session, actor, offer_id, now())
    if actor.may(Permission.OFFER_PUBLISH):
        return redirect_after_post(url_for("rewards_pages.offer_desk"))
    return redirect_after_post(
        url_for("rewards_pages.partner_offers", organisation_id=card.partner.organisation_id)
    )
