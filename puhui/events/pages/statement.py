"""Pages of what is stated of an event."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from puhui.db.session import snapshot, transaction
from puhui.events import queries, service
from puhui.events.activity import SOURCE_NAMES, Source
from puhui.events.errors import UnknownEvent
from puhui.events.pages.blueprint import names, pages
from puhui.events.queries import EventCard
from puhui.events.queries.statements import StatementCard
from puhui.events.schema.statement import ConfirmationDraftSchema
from puhui.events.shown import rounded_together
from puhui.events.statement import TITLES
from puhui.events.statement_pdf import pdf_of
from puhui.identity.queries import organisation
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.clock import now
from puhui.kernel.errors import DomainError
from puhui.web.download import as_file
from puhui.web.guard import actor_or_none
from puhui.web.locale import said
from puhui.web.pages import form_name, read_form, redirect_after_post, render_faults, signed_in


@pages.get("/events/<uuid:event_id>/statement")
def statement(event_id: UUID) -> ResponseReturnValue:
    """Show the statement, titled by what is true now."""
    return render_template("events/statement.html", **_stated(event_id), **names())


@pages.post("/events/<uuid:event_id>/statement")
def confirm(event_id: UUID) -> ResponseReturnValue:
    """Take an organisation's word for the statement; two clicks are one."""
    actor = signed_in()
    try:
        told = read_form(ConfirmationDraftSchema)
        with transaction() as session:
            service.confirm(session, actor, event_id, form_name(), **told, now=now())
    except UnknownEvent:
        raise
    except DomainError as error:
        return render_faults("events/statement.html", error, **_stated(event_id), **names())
    return redirect_after_post(f"/events/{event_id}/statement")


@pages.get("/events/<uuid:event_id>/statement.json")
def statement_json(event_id: UUID) -> Response:
    """Give out exactly the bytes that are confirmed."""
    card, _ = _statement(event_id)
    text = card.statement.canonical.encode()
    return as_file(text, "application/json", f"statement-{event_id}.json")


@pages.get("/events/<uuid:event_id>/statement.pdf")
def statement_pdf(event_id: UUID) -> Response:
    """Give out the statement as PDF/A in Chinese and English."""
    card, _ = _statement(event_id)
    body = pdf_of(card, f"{request.url_root}events/{event_id}/statement")
    return as_file(body, "application/pdf", f"statement-{event_id}.pdf", inline=True)


def _statement(event_id: UUID) -> tuple[StatementCard, EventCard]:
    actor = actor_or_none()
    with snapshot() as session:
        event = queries.event_for(session, actor, event_id)
        return queries.statement_card(session, event), queries.card(session, event, now())


def _stated(event_id: UUID) -> dict[str, Any]:
    actor = actor_or_none()
    card, event = _statement(event_id)
    with snapshot() as session:
        forest = queries.forest_card(session, queries.event(session, event_id), now())
        voices = sorted(_voices(actor, event.organisation_id)) if actor else []
        spoken = {each.organisation_id for each in card.confirmations if each.is_current}
        speakers = [
            (voice, found.name)
            for voice in voices
            if voice not in spoken and (found := organisation(session, voice)) is not None
        ]
    emissions = card.document["emissions"]
    return {
        "card": event,
        "stated": card,
        "title": TITLES[card.kind],
        "speakers": speakers if card.document["neutral"] else [],
        "forest": forest,
        "parts": _parts(emissions) if emissions else [],
    }


def _voices(actor: Actor, organiser: UUID) -> frozenset[UUID]:
    """Return the organisations for which somebody may confirm: their own event's, or verifiers."""
    own = actor.organisations(Permission.EVENT_WRITE) & {organiser}
    return own or actor.organisations(Permission.EVENT_CONFIRM)


def _parts(emissions: dict[str, Any]) -> list[tuple[str, list[tuple[str, Decimal]]]]:
    kg = {each["source"]: Decimal(each["kg"]) for each in emissions["sources"]}
    return [("", [(said(SOURCE_NAMES[Source(s)]), n) for s, n in rounded_together(kg).items()])]
