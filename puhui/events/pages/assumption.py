"""Pages of what experts assume where nothing is published."""

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from puhui.db.session import snapshot, transaction
from puhui.events import queries, service
from puhui.events.pages.blueprint import pages
from puhui.events.schema.assumption import AssumptionDraftSchema
from puhui.kernel.actor import Permission
from puhui.kernel.clock import now
from puhui.kernel.errors import DomainError
from puhui.web.guard import actor_or_none
from puhui.web.pages import form_name, read_form, redirect_after_post, render_faults, signed_in


@pages.get("/events/assumptions")
def assumptions() -> ResponseReturnValue:
    """Show what experts assume where nothing is published; operators may enter more."""
    return render_template("events/assumptions.html", **_assumed())


@pages.post("/events/assumptions")
def enter_assumption() -> ResponseReturnValue:
    """Enter an assumption as the next version of its key; two clicks are one."""
    actor = signed_in()
    try:
        draft = read_form(AssumptionDraftSchema)
        with transaction() as session:
            service.enter_assumption(session, actor, form_name(), draft, now())
    except DomainError as error:
        return render_faults("events/assumptions.html", error, **_assumed())
    return redirect_after_post("/events/assumptions")


def _assumed() -> dict[str, Any]:
    actor = actor_or_none()
    with snapshot() as session:
        found = list(queries.assumptions(session).values())
    return {"found": found, "may": actor is not None and actor.may(Permission.FACTOR_PUBLISH)}
