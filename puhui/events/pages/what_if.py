"""Pages of scenarios."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import g, render_template, request
from flask.typing import ResponseReturnValue

from puhui.db.session import snapshot
from puhui.events import queries, service
from puhui.events.activity import ACTIVITIES, SOURCE_NAMES, Source
from puhui.events.errors import UnknownEvent
from puhui.events.pages.blueprint import names, pages
from puhui.events.schema.what_if import EventScenarioSchema
from puhui.events.shown import rounded_together
from puhui.events.travel import MODE_NAMES, Mode
from puhui.events.whatif import Difference, Scenario
from puhui.kernel.actor import Actor
from puhui.kernel.clock import now
from puhui.kernel.errors import DomainError, Fault, Invalid
from puhui.kernel.text import N_
from puhui.web.locale import named, said
from puhui.web.pages import Form, render_faults, signed_in
from puhui.web.reading import loaded

SLOTS = (1, 2, 3)
"""How many scenarios the page puts side by side; programs may ask for more."""
_PLAIN_FIELDS = (
    "venue",
    "online_percent",
    "online_hours",
    "people_per_room",
    "hotel",
    "food_percent",
    "power_percent",
)


@pages.get("/events/<uuid:event_id>/what-if")
def what_if(event_id: UUID) -> ResponseReturnValue:
    """Show an organiser the form in which the event is another for once."""
    return render_template("events/what_if.html", **_asking(signed_in(), event_id), **names())


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
        return render_faults("events/what_if.html", _by_slot(error), **shown, **names())
    except UnknownEvent:
        raise
    except DomainError as error:
        return render_faults("events/what_if.html", error, **shown, **names())
    g.form = Form(values=request.form.to_dict())
    return render_template(
        "events/what_if.html", found=found, **_rounded(found), **shown, **names()
    )


def _asking(actor: Actor, event_id: UUID) -> dict[str, Any]:
    with snapshot() as session:
        card = queries.card(session, queries.own_event(session, actor, event_id), now())
        hotels = queries.assumptions(session)
    return {"card": card, "slots": SLOTS, **choices(hotels.values())}


def choices(hotels: Any) -> dict[str, Any]:
    """Return what the fields of a scenario offer."""
    food = [a for a in ACTIVITIES.values() if a.source is Source.CATERING]
    return {
        "modes": [(mode, said(name)) for mode, name in MODE_NAMES.items()],
        "ways": [
            (mode, said(name)) for mode, name in MODE_NAMES.items() if mode is not Mode.ONLINE
        ],
        "foods": [(activity.key, said(activity.name)) for activity in food],
        "hotels": [(each.key, f"{named(each)} ×{each.multiplier}") for each in hotels],
    }


def _scenarios() -> dict[int, Scenario]:
    """Return the scenarios that the form asks about, by slot.

    Raises:
        Invalid: every fault, at the field with its slot.
    """
    found: dict[int, Scenario] = {}
    faults: list[Fault] = []
    for slot in SLOTS:
        told = scenario_told(slot)
        if not told:
            continue
        try:
            name = request.form.get(f"name-{slot}", "").strip() or str(slot)
            found[slot] = loaded(EventScenarioSchema(), {"name": name, **told})
        except Invalid as error:
            faults += [renamed(fault, slot) for fault in error.faults]
    if not found and not faults:
        faults.append(Fault("nothing_asked", N_("请至少改变一项"), field=f"venue-{SLOTS[0]}"))
    if faults:
        raise Invalid(faults)
    return found


def scenario_told(slot: int) -> dict[str, Any]:
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


def renamed(fault: Fault, slot: int) -> Fault:
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
    slots = [slot for slot in SLOTS if scenario_told(slot)]
    return Invalid(
        [
            fault if fault.row is None else renamed(fault, slots[fault.row - 1])
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
