"""Pages of reduction plans."""

import json
from typing import Any
from uuid import UUID

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from puhui.db.session import snapshot, transaction
from puhui.events import queries, service
from puhui.events.errors import UnknownEvent
from puhui.events.pages.blueprint import names, pages
from puhui.events.pages.what_if import choices, renamed, scenario_told
from puhui.events.reduction import Measure
from puhui.events.schema.reduction import MeasureSchema
from puhui.kernel.actor import Actor
from puhui.kernel.clock import now
from puhui.kernel.errors import DomainError, Fault, Invalid
from puhui.kernel.text import N_
from puhui.web.download import as_file
from puhui.web.guard import actor_or_none
from puhui.web.pages import form_name, redirect_after_post, render_faults, signed_in
from puhui.web.reading import loaded

NEW_MEASURES = 2
MOST_MEASURES = 40


@pages.get("/events/<uuid:event_id>/reduction")
def reduction(event_id: UUID) -> ResponseReturnValue:
    """Show what is to be done about an event's emissions, and what came of it."""
    actor = actor_or_none()
    with snapshot() as session:
        event = queries.event_for(session, actor, event_id)
        card = queries.card(session, event, now())
        plans = queries.reduction_plans(session, event_id)
        outcome = queries.turned_out(session, event_id)
        theirs = queries.is_theirs(actor, event)
    return render_template(
        "events/reduction.html",
        card=card,
        plans=plans,
        outcome=outcome,
        theirs=theirs,
        **names(),
    )


@pages.get("/events/<uuid:event_id>/reduction/<int:number>.json")
def reduction_json(event_id: UUID, number: int) -> Response:
    """Give out a version of the plan, exactly the bytes that were hashed."""
    with snapshot() as session:
        queries.event_for(session, actor_or_none(), event_id)
        text = queries.reduction_plan_text(session, event_id, number)
    if text is None:
        raise UnknownEvent(plan=number)
    return as_file(text.encode(), "application/json", f"reduction-{event_id}-{number}.json")


@pages.get("/events/<uuid:event_id>/reduction/edit")
def edit_reduction(event_id: UUID) -> ResponseReturnValue:
    """Show the plan's measures, and room for more."""
    actor = signed_in()
    return render_template("events/edit_reduction.html", **_plan(actor, event_id), **names())


@pages.post("/events/<uuid:event_id>/reduction/edit")
def save_reduction(event_id: UUID) -> ResponseReturnValue:
    """Keep the plan as a new version; two clicks are one."""
    actor = signed_in()
    try:
        measures = _measures()
        with transaction() as session:
            service.save_reduction_plan(session, actor, event_id, form_name(), measures, now())
    except UnknownEvent:
        raise
    except DomainError as error:
        shown = _plan(actor, event_id)
        return render_faults("events/edit_reduction.html", error, **shown, **names())
    return redirect_after_post(f"/events/{event_id}/reduction")


def _plan(actor: Actor, event_id: UUID) -> dict[str, Any]:
    with snapshot() as session:
        card = queries.card(session, queries.own_event(session, actor, event_id), now())
        plans = queries.reduction_plans(session, event_id)
        hotels = queries.assumptions(session)
    kept = plans[0].document["measures"] if plans else []
    rows = [{**each, "written": json.dumps(each["scenario"])} for each in kept]
    return {
        "card": card,
        "rows": [*rows, *({} for _ in range(NEW_MEASURES))][:MOST_MEASURES],
        **choices(hotels.values()),
    }


def _measures() -> list[Measure]:
    """Return the measures that the form tells; a row without a title counts as not there."""
    found, faults = [], []
    for row in range(1, MOST_MEASURES + 1):
        told: dict[str, Any] = {
            name: request.form.get(f"{name}-{row}", "").strip()
            for name in ("title_zh", "title_en", "responsible", "state", "note")
        }
        if not told["title_zh"]:
            continue
        told["state"] = told["state"] or "planned"
        try:
            told["scenario"] = _scenario_of_row(row, told["title_zh"])
            found.append(loaded(MeasureSchema(), told))
        except Invalid as error:
            faults += [
                renamed(fault, row)
                if "scenario" in (fault.field or "")
                else Fault(fault.code, fault.message, None, f"{fault.field}-{row}", fault.values)
                for fault in error.faults
            ]
    if not found and not faults:
        faults.append(Fault("required", N_("请至少写一项措施"), field="title_zh-1"))
    if faults:
        raise Invalid(faults)
    return found


def _scenario_of_row(row: int, title: str) -> dict[str, Any] | None:
    """Return the scenario of a measure: as the fields say, else the one that it had."""
    if told := scenario_told(row):
        return {"name": title[:80], **told}
    try:
        kept = json.loads(request.form.get(f"scenario-{row}", "") or "null")
    except ValueError:
        kept = None
    return kept if isinstance(kept, dict) else None
