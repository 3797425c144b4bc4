"""Pages of what is planned about an event and stated of it."""

import json
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, g, render_template, request
from flask.typing import ResponseReturnValue

from puhui.db.session import snapshot, transaction
from puhui.events import queries, service
from puhui.events.activity import ACTIVITIES, LEVEL_NAMES, SOURCE_NAMES, UNIT_NAMES, Source
from puhui.events.errors import UnknownEvent
from puhui.events.forest import REMINDER_NAMES, ROUTE_STATE_NAMES
from puhui.events.queries import EventCard
from puhui.events.queries.statements import StatementCard
from puhui.events.reckoning import SENSITIVITY_NAMES
from puhui.events.reduction import MEASURE_STATE_NAMES, Measure
from puhui.events.schema.assumption import AssumptionDraftSchema
from puhui.events.schema.forest import ForestDraftSchema
from puhui.events.schema.reduction import MeasureSchema
from puhui.events.schema.statement import ConfirmationDraftSchema
from puhui.events.schema.what_if import EventScenarioSchema
from puhui.events.shown import rounded_together
from puhui.events.statement import CONFIRMATION_NAMES, TITLES
from puhui.events.statement_pdf import pdf_of
from puhui.events.travel import MODE_NAMES, Mode
from puhui.events.whatif import ASSUMED_NAMES, Difference, Scenario
from puhui.identity.queries import organisation
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.clock import now
from puhui.kernel.errors import DomainError, Fault, Invalid
from puhui.kernel.text import N_
from puhui.web.blueprint import loaded
from puhui.web.guard import actor_or_none
from puhui.web.locale import said
from puhui.web.pages import (
    Form,
    form_name,
    read_form,
    redirect_after_post,
    render_faults,
    signed_in,
)

pages = Blueprint("event_planning_pages", __name__, template_folder="templates")

SLOTS = (1, 2, 3)
"""How many scenarios the page puts side by side; programs may ask for more."""
NEW_MEASURES = 2
MOST_MEASURES = 40
_PLAIN_FIELDS = (
    "venue",
    "online_percent",
    "online_hours",
    "people_per_room",
    "hotel",
    "food_percent",
    "power_percent",
)


def _names() -> dict[str, Any]:
    return {
        "source_names": SOURCE_NAMES,
        "level_names": LEVEL_NAMES,
        "mode_names": MODE_NAMES,
        "unit_names": UNIT_NAMES,
        "assumed_names": ASSUMED_NAMES,
        "measure_state_names": MEASURE_STATE_NAMES,
        "route_state_names": ROUTE_STATE_NAMES,
        "reminder_names": REMINDER_NAMES,
        "confirmation_names": CONFIRMATION_NAMES,
        "sensitivity_names": SENSITIVITY_NAMES,
    }


# What if -------------------------------------------------------------------------------------


@pages.get("/events/<uuid:event_id>/what-if")
def what_if(event_id: UUID) -> ResponseReturnValue:
    """Show an organiser the form in which the event is another for once."""
    return render_template("events/what_if.html", **_asking(signed_in(), event_id), **_names())


@pages.post("/events/<uuid:event_id>/what-if")
def ask_what_if(event_id: UUID) -> ResponseReturnValue:
    """Show what the scenarios would make of the estimate. Nothing is kept."""
    actor = signed_in()
    shown = _asking(actor, event_id)
    try:
        asked = _scenarios()
        with snapshot() as session:
            found = service.what_if(session, actor, event_id, list(asked.values()))
    except Invalid as error:
        return render_faults("events/what_if.html", _by_slot(error), **shown, **_names())
    except UnknownEvent:
        raise
    except DomainError as error:
        return render_faults("events/what_if.html", error, **shown, **_names())
    g.form = Form(values=request.form.to_dict())
    return render_template(
        "events/what_if.html", found=found, **_rounded(found), **shown, **_names()
    )


def _asking(actor: Actor, event_id: UUID) -> dict[str, Any]:
    with snapshot() as session:
        card = queries.card(session, queries.own_event(session, actor, event_id), now())
        hotels = queries.assumptions(session)
    return {"card": card, "slots": SLOTS, **_choices(hotels.values())}


def _choices(hotels: Any) -> dict[str, Any]:
    food = [a for a in ACTIVITIES.values() if a.source is Source.CATERING]
    return {
        "modes": [(mode, said(name)) for mode, name in MODE_NAMES.items()],
        "ways": [
            (mode, said(name)) for mode, name in MODE_NAMES.items() if mode is not Mode.ONLINE
        ],
        "foods": [(activity.key, said(activity.name)) for activity in food],
        "hotels": [(each.key, f"{each.name_zh} ×{each.multiplier}") for each in hotels],
    }


def _scenarios() -> dict[int, Scenario]:
    """Return the scenarios that the form asks about, by slot.

    Raises:
        Invalid: every fault, at the field with its slot.
    """
    found: dict[int, Scenario] = {}
    faults: list[Fault] = []
    for slot in SLOTS:
        told = _scenario_told(slot)
        if not told:
            continue
        try:
            name = request.form.get(f"name-{slot}", "").strip() or str(slot)
            found[slot] = loaded(EventScenarioSchema(), {"name": name, **told})
        except Invalid as error:
            faults += [_renamed(fault, slot) for fault in error.faults]
    if not found and not faults:
        faults.append(Fault("nothing_asked", N_("请至少改变一项"), field=f"venue-{SLOTS[0]}"))
    if faults:
        raise Invalid(faults)
    return found


def _scenario_told(slot: int) -> dict[str, Any]:
    """Return what the fields of a slot say, as the schema takes it; empty when all are blank."""

    def field(name: str) -> str:
        return request.form.get(f"{name}-{slot}", "").strip()

    told: dict[str, Any] = {name: field(name) for name in _PLAIN_FIELDS if field(name)}
    if field("from_mode") or field("to_mode") or field("shift_percent"):
        shift = {
            "from_mode": field("from_mode"),
            "to_mode": field("to_mode"),
            "percent": field("shift_percent"),
        }
        told["shifts"] = [{**shift, "below_km": field("below_km") or None}]
    if field("swap_percent"):
        told["swaps"] = [
            {
                "from_activity": field("swap_from"),
                "to_activity": field("swap_to"),
                "percent": field("swap_percent"),
            }
        ]
    return told


def _renamed(fault: Fault, slot: int) -> Fault:
    """Return a fault of a scenario at the field of the page that it is about."""
    last = (fault.field or "venue").split(".")[-1]
    name = {"shifts": "from_mode", "swaps": "swap_percent", "name": "venue"}.get(last, last)
    if "shifts" in (fault.field or "") and last == "percent":
        name = "shift_percent"
    if "swaps" in (fault.field or "") and last != "swaps":
        name = {"from_activity": "swap_from", "to_activity": "swap_to"}.get(last, "swap_percent")
    return Fault(fault.code, fault.message, None, f"{name}-{slot}", fault.values)


def _by_slot(error: Invalid) -> Invalid:
    """Return the refusal with rows told as slots of the page, in the order they were asked."""
    slots = [slot for slot in SLOTS if _scenario_told(slot)]
    return Invalid(
        [
            fault if fault.row is None else _renamed(fault, slots[fault.row - 1])
            for fault in error.faults
        ]
    )


def _rounded(found: list[Difference]) -> dict[str, Any]:
    """Return what the page shows of the differences: figures rounded so that they add up.

    Parts add up to their total, and each change is the difference of the two figures beside it.
    """
    sums: list[dict[str, Any]] = []
    for each in found:
        before, after = (
            rounded_together({s: getattr(step, name) for s, step in each.sources.items()})
            for name in ("before_kg", "after_kg")
        )
        rows = [(s, before[s], after[s], after[s] - before[s]) for s in before]
        was, now_kg = (sum(parts.values(), Decimal(0)) for parts in (before, after))
        sums.append({"rows": rows, "before": was, "after": now_kg, "change": now_kg - was})
    bars = [(said(N_("现在")), [(s, before) for s, before, _, _ in sums[0]["rows"]])]
    bars += [
        (each.scenario.name, [(s, after) for s, _, after, _ in shown["rows"]])
        for each, shown in zip(found, sums, strict=True)
    ]
    return {
        "sums": sums,
        "bars": [(label, [(said(SOURCE_NAMES[s]), kg) for s, kg in ps]) for label, ps in bars],
    }


# Reduction plan ------------------------------------------------------------------------------


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
        **_names(),
    )


@pages.get("/events/<uuid:event_id>/reduction/<int:number>.json")
def reduction_json(event_id: UUID, number: int) -> Response:
    """Give out a version of the plan, exactly the bytes that were hashed."""
    with snapshot() as session:
        queries.event_for(session, actor_or_none(), event_id)
        text = queries.reduction_plan_text(session, event_id, number)
    if text is None:
        raise UnknownEvent(plan=number)
    return _file(text.encode(), "application/json", f"reduction-{event_id}-{number}.json")


@pages.get("/events/<uuid:event_id>/reduction/edit")
def edit_reduction(event_id: UUID) -> ResponseReturnValue:
    """Show the plan's measures, and room for more."""
    actor = signed_in()
    return render_template("events/edit_reduction.html", **_plan(actor, event_id), **_names())


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
        return render_faults("events/edit_reduction.html", error, **shown, **_names())
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
        **_choices(hotels.values()),
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
                _renamed(fault, row)
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
    if told := _scenario_told(row):
        return {"name": title[:80], **told}
    try:
        kept = json.loads(request.form.get(f"scenario-{row}", "") or "null")
    except ValueError:
        kept = None
    return kept if isinstance(kept, dict) else None


# Statement -----------------------------------------------------------------------------------


@pages.get("/events/<uuid:event_id>/statement")
def statement(event_id: UUID) -> ResponseReturnValue:
    """Show the statement, titled by what is true now."""
    return render_template("events/statement.html", **_stated(event_id), **_names())


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
        return render_faults("events/statement.html", error, **_stated(event_id), **_names())
    return redirect_after_post(f"/events/{event_id}/statement")


@pages.get("/events/<uuid:event_id>/statement.json")
def statement_json(event_id: UUID) -> Response:
    """Give out exactly the bytes that are confirmed."""
    card, _ = _statement(event_id)
    text = card.statement.canonical.encode()
    return _file(text, "application/json", f"statement-{event_id}.json")


@pages.get("/events/<uuid:event_id>/statement.pdf")
def statement_pdf(event_id: UUID) -> Response:
    """Give out the statement as PDF/A in Chinese and English."""
    card, _ = _statement(event_id)
    body = pdf_of(card, f"{request.url_root}events/{event_id}/statement")
    return _file(body, "application/pdf", f"statement-{event_id}.pdf", "inline")


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


# New forest ----------------------------------------------------------------------------------


@pages.get("/events/<uuid:event_id>/forest")
def forest(event_id: UUID) -> ResponseReturnValue:
    """Show the form about a new forest, as it stands."""
    return render_template("events/forest.html", **_forest(signed_in(), event_id), **_names())


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
        return render_faults("events/forest.html", error, **shown, **_names())
    return redirect_after_post(f"/events/{event_id}/statement")


def _forest(actor: Actor, event_id: UUID) -> dict[str, Any]:
    with snapshot() as session:
        event = queries.own_event(session, actor, event_id)
        return {
            "card": queries.card(session, event, now()),
            "found": queries.forest_card(session, event, now()),
        }


# Assumptions ---------------------------------------------------------------------------------


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


def _file(body: bytes, kind: str, name: str, how: str = "attachment") -> Response:
    response = Response(body, content_type=kind)
    response.headers["Content-Disposition"] = f'{how}; filename="{name}"'
    return response
