"""The organiser's desk: what is done, what is next, and the two steps that it takes at once."""

from typing import Any
from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue

from puhui.credits.bundle import Wishes
from puhui.credits.kind import RULES, Kind
from puhui.db.session import snapshot, transaction
from puhui.events import queries, service
from puhui.events.activity import SOURCE_NAMES
from puhui.events.errors import UnknownEvent
from puhui.events.estimate import Stage
from puhui.events.pages.blueprint import names, pages
from puhui.events.queries.agendas import agenda
from puhui.kernel.actor import Actor
from puhui.kernel.clock import day_of, now
from puhui.kernel.errors import DomainError
from puhui.web.locale import said
from puhui.web.pages import form_name, redirect_after_post, render_faults, signed_in


@pages.get("/events/<uuid:event_id>/desk")
def desk(event_id: UUID) -> ResponseReturnValue:
    """Show an organiser what is done and what is next."""
    return render_template("events/desk.html", **desk_of(signed_in(), event_id), **names())


@pages.post("/events/<uuid:event_id>/estimates")
def estimate(event_id: UUID) -> ResponseReturnValue:
    """Compute an estimate and show it, or say what is lacking."""
    actor = signed_in()
    stage = Stage.ACTUAL if request.form.get("stage") == "actual" else Stage.PLAN
    try:
        with transaction() as session:
            version = service.estimate_event(session, actor, event_id, form_name(), stage, now())
            number = version.number
    except UnknownEvent:
        raise
    except DomainError as error:
        return render_faults("events/desk.html", error, **desk_of(actor, event_id), **names())
    return redirect_after_post(f"/events/{event_id}/estimates/{number}")


@pages.post("/events/<uuid:event_id>/offers")
def offer(event_id: UUID) -> ResponseReturnValue:
    """Keep credits for the event and show their price, or say why not."""
    actor = signed_in()
    kinds = tuple(kind for kind in Kind if kind in request.form.getlist("kinds"))
    try:
        with transaction() as session:
            service.request_bundle(
                session, actor, event_id, form_name(), Wishes(kinds=kinds), now()
            )
    except UnknownEvent:
        raise
    except DomainError as error:
        return render_faults("events/desk.html", error, **desk_of(actor, event_id), **names())
    return redirect_after_post(f"/holds/{form_name()}")


def desk_of(actor: Actor, event_id: UUID) -> dict[str, Any]:
    """Return what the desk shows of an event: what is there, and what is to be done next."""
    with snapshot() as session:
        event = queries.own_event(session, actor, event_id)
        card = queries.card(session, event, now())
        newest = queries.newest_list(session, event_id)
        listed = None if newest is None else queries.list_card(newest)
        entered = queries.inventory(session, event_id)
        amounts = 0 if entered is None else len(entered.entries)
        versions = [queries.summary(v) for v in queries.estimates(session, event_id)]
        offers = queries.offer_cards(session, event_id)
        todo = agenda(session, event, card, now())
        answered = queries.answered(session, event)
        link = queries.open_enquiry(session, event_id, now())
    return {
        "card": card,
        "agenda": todo,
        "missing_names": [said(SOURCE_NAMES[source]) for source in todo.missing],
        "answered": answered,
        "link_is_open": link is not None,
        "listed": listed,
        "amounts": amounts,
        "versions": versions,
        "offers": offers,
        "is_over": day_of(now()) >= card.ends_on,
        "kinds": [(kind, rule.name) for kind, rule in RULES.items()],
    }
