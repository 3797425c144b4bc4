"""Pages of a long attendee list that is being read."""

from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from puhui.db.session import snapshot, transaction
from puhui.events import queries, service
from puhui.events.pages.blueprint import pages
from puhui.kernel.clock import now
from puhui.web.pages import redirect_after_post, signed_in


@pages.get("/events/<uuid:event_id>/lists/<uuid:list_id>")
def reading(event_id: UUID, list_id: UUID) -> ResponseReturnValue:
    """Show how far a list has been read."""
    actor = signed_in()
    with snapshot() as session:
        card = queries.card(session, queries.own_event(session, actor, event_id), now())
        run = service.list_seen_by(session, actor, event_id, list_id)
    return render_template("events/reading.html", card=card, run=run)


@pages.post("/events/<uuid:event_id>/lists/<uuid:list_id>/stop")
def stop(event_id: UUID, list_id: UUID) -> ResponseReturnValue:
    """Stop reading a list."""
    with transaction() as session:
        service.stop_list(session, signed_in(), event_id, list_id, now())
    return redirect_after_post(f"/events/{event_id}/lists/{list_id}")


@pages.post("/events/<uuid:event_id>/lists/<uuid:list_id>/resumption")
def resume(event_id: UUID, list_id: UUID) -> ResponseReturnValue:
    """Let reading go on."""
    with transaction() as session:
        service.resume_list(session, signed_in(), event_id, list_id, now())
    return redirect_after_post(f"/events/{event_id}/lists/{list_id}")
