"""Pages of claims whose points wait: the desk that looks at them, and the buyer's appeal."""

from typing import Any
from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from puhui.db.session import snapshot, transaction
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.clock import now
from puhui.kernel.errors import DomainError
from puhui.rewards.pages.blueprint import pages
from puhui.rewards.pages.points import award_page
from puhui.rewards.queries import claims as queries
from puhui.rewards.queries.claims import ClaimCard
from puhui.rewards.service import held_claims as service
from puhui.web.pages import form_name, redirect_after_post, render_faults, signed_in

MOST_SHOPS = 20


@pages.get("/review/claims")
def claims_waiting() -> ResponseReturnValue:
    """Show the gravest held claim with a form to decide it, and how many wait behind it."""
    return render_template("rewards/claims.html", **_held(signed_in()))


@pages.post("/review/claims/<uuid:serial_id>")
def decide_claim(serial_id: UUID) -> ResponseReturnValue:
    """Decide a held claim, and go on to the next."""
    actor = signed_in()
    released = request.form.get("verdict") == "released"
    try:
        with transaction() as session:
            service.decide_claim(
                session, actor, serial_id, released=released, words=_words(), now=now()
            )
    except DomainError as error:
        return render_faults("rewards/claims.html", error, **_held(actor))
    return redirect_after_post(url_for("rewards_pages.claims_waiting", done="decided"))


@pages.get("/review/claim-appeals")
def claim_appeals_waiting() -> ResponseReturnValue:
    """Show the appeal against a claim's refusal that has waited longest."""
    return render_template("rewards/claims.html", **_appealed(signed_in()))


@pages.post("/review/claim-appeals/<uuid:appeal_id>")
def decide_claim_appeal(appeal_id: UUID) -> ResponseReturnValue:
    """Decide an appeal, and go on to the next."""
    actor = signed_in()
    upheld = request.form.get("verdict") == "upheld"
    try:
        with transaction() as session:
            service.decide_claim_appeal(
                session, actor, appeal_id, upheld=upheld, words=_words(), now=now()
            )
    except DomainError as error:
        return render_faults("rewards/claims.html", error, **_appealed(actor))
    return redirect_after_post(url_for("rewards_pages.claim_appeals_waiting", done="decided"))


@pages.get("/review/shops")
def shops_waiting() -> ResponseReturnValue:
    """Show the shops whose claims wait together."""
    return render_template("rewards/shops.html", **_frozen(signed_in()))


@pages.post("/review/shops/<uuid:freeze_id>")
def lift_freeze(freeze_id: UUID) -> ResponseReturnValue:
    """Let a shop's claims go on."""
    actor = signed_in()
    try:
        with transaction() as session:
            service.lift_freeze(session, actor, freeze_id, _words(), now())
    except DomainError as error:
        return render_faults("rewards/shops.html", error, **_frozen(actor))
    return redirect_after_post(url_for("rewards_pages.shops_waiting", done="decided"))


@pages.post("/claims/<uuid:serial_id>/appeal")
def appeal_claim(serial_id: UUID) -> ResponseReturnValue:
    """Appeal against the refusal of one's own claim."""
    actor = signed_in()
    try:
        with transaction() as session:
            found = service.appeal_claim(session, actor, form_name(), serial_id, _words(), now())
    except DomainError as error:
        with snapshot() as session:
            claim = queries.claim(session, actor, serial_id)
        return render_faults("rewards/award.html", error, **award_page(actor, claim.award_id))
    return redirect_after_post(url_for("rewards_pages.award", award_id=found.award_id))


def _words() -> str:
    return request.form.get("words", "").strip()


def _held(actor: Actor) -> dict[str, Any]:
    with snapshot() as session:
        return {**_first(session, queries.waiting(session, actor, 50)), "appealed": False}


def _appealed(actor: Actor) -> dict[str, Any]:
    with snapshot() as session:
        return {**_first(session, queries.appeals_waiting(session, actor, 50)), "appealed": True}


def _first(session: Any, waiting: Any) -> dict[str, Any]:
    first: ClaimCard | None = next(iter(waiting), None)
    return {
        "claim": None if first is None else queries.weighed(session, first),
        "shop": None if first is None else queries.shop_of(session, first.shop_id),
        "waiting": len(waiting),
        "done": request.args.get("done"),
    }


def _frozen(actor: Actor) -> dict[str, Any]:
    actor.require(Permission.CLAIM_REVIEW)
    with snapshot() as session:
        return {
            "freezes": queries.freezes_waiting(session, actor, MOST_SHOPS),
            "done": request.args.get("done"),
        }
