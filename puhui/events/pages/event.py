"""Pages of events: what the public sees, and the form in which one is described."""

from typing import Any
from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue

from puhui.db.session import snapshot, transaction
from puhui.events import queries, service
from puhui.events.activity import Source
from puhui.events.document import estimate_of
from puhui.events.draft import EventDraft
from puhui.events.pages.blueprint import based_on_form, names, own_card, pages
from puhui.events.pages.estimate import figures
from puhui.events.queries import EventCard
from puhui.events.queries.agendas import agenda
from puhui.events.schema.event import EventDraftSchema
from puhui.identity.queries import organisation
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.clock import now
from puhui.kernel.errors import DomainError, Forbidden
from puhui.web.guard import actor_or_none
from puhui.web.locale import called
from puhui.web.pages import form_name, redirect_after_post, render_faults, signed_in
from puhui.web.reading import loaded
from puhui.web.schema import Written

PER_PAGE = 30


@pages.get("/events")
def index() -> ResponseReturnValue:
    """List public events, and above them the organiser's own."""
    actor = actor_or_none()
    own = actor.organisations(Permission.EVENT_WRITE) if actor else frozenset()
    with snapshot() as session:
        mine = []
        for event in queries.events_of(session, own, most=20):
            card = queries.card(session, event, now())
            mine.append((card, agenda(session, event, card, now())))
        public = [
            queries.card(session, e, now()) for e in queries.public_events(session, most=PER_PAGE)
        ]
    return render_template(
        "events/index.html", mine=mine, public=public, may_organise=bool(own), **names()
    )


@pages.get("/events/<uuid:event_id>")
def show(event_id: UUID) -> ResponseReturnValue:
    """Show the public an event: boundary, figures, what was retired for it."""
    actor = actor_or_none()
    with snapshot() as session:
        event = queries.event_for(session, actor, event_id)
        card = queries.card(session, event, now())
        version = queries.estimate(session, event_id)
        document = None if version is None else queries.document(version)
        versions = [queries.summary(v) for v in queries.estimates(session, event_id)]
        certificates = [
            (offer.certificate, offer.total_kg)
            for offer in queries.offer_cards(session, event_id)
            if offer.certificate is not None
        ]
        theirs = queries.is_theirs(actor, event)
    estimate = None if document is None else estimate_of(document)
    return render_template(
        "events/show.html",
        card=card,
        document=document,
        versions=versions,
        certificates=certificates,
        theirs=theirs,
        figures=None if estimate is None else figures(card, estimate),
        **names(),
    )


@pages.get("/events/new")
def new() -> ResponseReturnValue:
    """Show the form for a new event."""
    return render_template("events/edit.html", **_form(signed_in(), None), **names())


@pages.post("/events/new")
def create() -> ResponseReturnValue:
    """Describe a new event; its name is the form's, so that two clicks make one."""
    actor = signed_in()
    try:
        draft = _read_event()
        with transaction() as session:
            service.save_event(session, actor, form_name(), draft, now())
    except DomainError as error:
        return render_faults("events/edit.html", error, **_form(actor, None), **names())
    return redirect_after_post(f"/events/{form_name()}/desk")


@pages.get("/events/<uuid:event_id>/edit")
def edit(event_id: UUID) -> ResponseReturnValue:
    """Show the form for an event that is there."""
    actor = signed_in()
    return render_template("events/edit.html", **_form(actor, own_card(actor, event_id)), **names())


@pages.post("/events/<uuid:event_id>/edit")
def change(event_id: UUID) -> ResponseReturnValue:
    """Describe the event anew, unless somebody else did so meanwhile."""
    actor = signed_in()
    card = own_card(actor, event_id)
    try:
        draft = _read_event()
        with transaction() as session:
            service.save_event(session, actor, event_id, draft, now(), based_on_form)
    except DomainError as error:
        return render_faults("events/edit.html", error, **_form(actor, card), **names())
    return redirect_after_post(f"/events/{event_id}/desk")


def _form(actor: Actor, card: EventCard | None) -> dict[str, Any]:
    """Return what the form about an event shows."""
    organisations = sorted(actor.organisations(Permission.EVENT_WRITE))
    if not organisations:
        raise Forbidden(permission=str(Permission.EVENT_WRITE))
    with snapshot() as session:
        choices = [
            (organiser, called(found))
            for organiser in organisations
            if (found := organisation(session, organiser)) is not None
        ]
    return {
        "card": card,
        "organisations": choices,
        "bounds": {bound.source: bound for bound in card.boundary} if card else {},
        "sources": list(Source),
    }


def _read_event() -> EventDraft:
    form = request.form
    told: dict[str, Any] = {
        name: Written(form[name])
        for name in (
            "organisation_id",
            "title_zh",
            "title_en",
            "venue",
            "venue_county",
            "starts_on",
            "ends_on",
            "attendees",
            "is_public",
        )
        if form.get(name, "").strip()
    }
    told["boundary"] = [
        {
            "source": str(source),
            "included": form.get(f"included.{source}") == "yes",
            "reason_zh": form.get(f"boundary.{source}", ""),
            "reason_en": form.get(f"reason_en.{source}", ""),
        }
        for source in Source
        if form.get(f"included.{source}") in {"yes", "no"}
    ]
    draft: EventDraft = loaded(EventDraftSchema(), told)
    return draft
