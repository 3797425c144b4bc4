"""Pages of new forests."""

from typing import Any
from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from puhui.db.session import snapshot, transaction
from puhui.events import queries, service
from puhui.events.errors import UnknownEvent
from puhui.events.pages.blueprint import names, pages
from puhui.events.schema.forest import ForestDraftSchema
from puhui.kernel.actor import Actor
from puhui.kernel.clock import now
from puhui.kernel.errors import DomainError
from puhui.web.pages import form_name, read_form, redirect_after_post, render_faults, signed_in


@pages.get("/events/<uuid:event_id>/forest")
def forest(event_id: UUID) -> ResponseReturnValue:
    """Show the form about a new forest, as it stands."""
    return render_template("events/forest.html", **_forest(signed_in(), event_id), **names())


@pages.post("/events/<uuid:event_id>/forest")
def record_forest(event_id: UUID) -> ResponseReturnValue:
    """Record the forest as a new version; two clicks are one."""
    actor = signed_in()
    try:
        draft = read_form(ForestDraftSchema)
        with transaction() as session:
            service.record_forest(session, actor, event_id, form_name(), draft, now())
    except UnknownEvent:
        raise
    except DomainError as error:
        shown = _forest(actor, event_id)
        return render_faults("events/forest.html", error, **shown, **names())
    return redirect_after_post(f"/events/{event_id}/statement")


def _forest(actor: Actor, event_id: UUID) -> dict[str, Any]:
    with snapshot() as session:
        event = queries.own_event(session, actor, event_id)
        return {
            "card": queries.card(session, event, now()),
            "found": queries.forest_card(session, event, now()),
        }
