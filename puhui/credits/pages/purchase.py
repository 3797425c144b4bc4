"""Buying for one's own purpose: a person's yuan, an organisation's building or restitution."""

from flask import render_template
from flask.typing import ResponseReturnValue

from puhui.credits import queries, service
from puhui.credits.pages.blueprint import PURPOSES, pages
from puhui.credits.purpose import OwnKind
from puhui.credits.schema.purchase import PersonalPurchaseSchema, PurchaseSchema
from puhui.db.session import snapshot, transaction
from puhui.identity import queries as identity
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.clock import now
from puhui.kernel.errors import DomainError, Forbidden
from puhui.web.pages import form_name, read_form, redirect_after_post, render_faults, signed_in


@pages.get("/credits/personal")
def personal_form() -> ResponseReturnValue:
    """Show a person the form for 一元碳汇, and what they have bought."""
    return render_template("credits/personal.html", **_mine(signed_in()))


@pages.post("/credits/personal")
def buy_personally() -> ResponseReturnValue:
    """Hold ten kilograms for each yuan."""
    actor = signed_in()
    try:
        asked = read_form(PersonalPurchaseSchema)
        with transaction() as session:
            found = service.buy_personally(session, actor, form_name(), asked["yuan"], now())
    except DomainError as error:
        return render_faults("credits/personal.html", error, **_mine(actor))
    return redirect_after_post(f"/holds/{found.hold_id}")


@pages.get("/credits/retire")
def purchase_form() -> ResponseReturnValue:
    """Show an organisation's buyer the form for a purpose of its own."""
    actor = signed_in()
    actor.require(Permission.CREDIT_HOLD)
    return render_template("credits/purchase.html", **_choices(actor))


@pages.post("/credits/retire")
def buy() -> ResponseReturnValue:
    """Hold credits for a building, a branch, transport or restitution."""
    actor = signed_in()
    try:
        actor.require(Permission.CREDIT_HOLD)
        draft, wishes = read_form(PurchaseSchema)
        with transaction() as session:
            found = service.buy(session, actor, form_name(), draft, wishes, now())
    except Forbidden:
        raise
    except DomainError as error:
        return render_faults("credits/purchase.html", error, **_choices(actor))
    return redirect_after_post(f"/holds/{found.hold_id}")


def _mine(actor: Actor) -> dict[str, object]:
    with snapshot() as session:
        return {"found": queries.holds_of_person(session, actor.person_id)}


def _choices(actor: Actor) -> dict[str, object]:
    with snapshot() as session:
        cards = identity.organisations(session, actor.organisations(Permission.CREDIT_HOLD))
    return {
        "organisations": sorted(cards.values(), key=lambda card: card.name),
        "own_kinds": {kind.value: PURPOSES[kind] for kind in OwnKind},
    }
