"""Pages of what an event uses beside travel."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue

from puhui.db.session import snapshot, transaction
from puhui.events import queries, service
from puhui.events.activity import ACTIVITIES, Level, Source, entered_for, known_for
from puhui.events.city import PROVINCES
from puhui.events.draft import InventoryDraft
from puhui.events.errors import Outdated
from puhui.events.estimate import Bound
from puhui.events.pages.blueprint import MOST_ROWS, based_on_form, names, pages
from puhui.events.schema.inventory import EventInventoryDraftSchema
from puhui.kernel.actor import Actor
from puhui.kernel.clock import now
from puhui.kernel.errors import Invalid
from puhui.web.locale import named
from puhui.web.pages import redirect_after_post, render_faults, signed_in
from puhui.web.reading import loaded

BLANK_ROWS = 3


@pages.get("/events/<uuid:event_id>/inventory")
def inventory(event_id: UUID) -> ResponseReturnValue:
    """Show what was entered, and rows for more."""
    return render_template("events/inventory.html", **_amounts(signed_in(), event_id), **names())


@pages.post("/events/<uuid:event_id>/inventory")
def save_inventory(event_id: UUID) -> ResponseReturnValue:
    """Take the amounts; rows without an amount count as not there."""
    actor = signed_in()
    try:
        draft = _read_inventory()
        with transaction() as session:
            service.save_inventory(session, actor, event_id, draft, now(), based_on_form)
    except (Invalid, Outdated) as error:
        return render_faults("events/inventory.html", error, **_amounts(actor, event_id), **names())
    return redirect_after_post(f"/events/{event_id}/desk")


def _read_inventory() -> InventoryDraft:
    form = request.form
    entries = [
        {
            "activity": form.get(f"activity.{row}", ""),
            "amount": form[f"amount.{row}"].strip(),
            "unit": form.get(f"unit.{row}", ""),
            "level": form.get(f"level.{row}", ""),
            "region": form.get(f"region.{row}") or None,
            "note": form.get(f"note.{row}", ""),
            **({"assumed": form[f"assumed.{row}"]} if form.get(f"assumed.{row}") else {}),
        }
        for row in range(MOST_ROWS)
        if form.get(f"amount.{row}", "").strip()
    ]
    told: dict[str, Any] = {"entries": entries}
    if form.get("people_per_room", "").strip():
        told["people_per_room"] = form["people_per_room"].strip()
    if form.get("rooms_assumed"):
        told["rooms_assumed"] = form["rooms_assumed"]
    draft: InventoryDraft = loaded(EventInventoryDraftSchema(), told)
    return draft


def _amounts(actor: Actor, event_id: UUID) -> dict[str, Any]:
    with snapshot() as session:
        event = queries.own_event(session, actor, event_id)
        card = queries.card(session, event, now())
        found = queries.inventory(session, event_id)
        kept = queries.inventory_card(found) if found is not None else None
        hotels = queries.assumptions(session)
    rows = list(kept["entries"]) if kept else []
    told = {ACTIVITIES[row["activity"]].source for row in rows}
    rows += [
        {"activity": entered_for(bound.source)[0].key, "level": str(Level.MEASURED)}
        for bound in card.boundary
        if bound.included and bound.source not in told and entered_for(bound.source)
    ]
    rows += [{} for _ in range(BLANK_ROWS)]
    return {
        "card": card,
        "kept": kept,
        "rows": rows[:MOST_ROWS],
        "groups": [(source, known_for(source)) for source in _included(card.boundary)],
        "hotels": [(each.key, f"{named(each)} ×{each.multiplier}") for each in hotels.values()],
        "provinces": PROVINCES,
    }


def _included(boundary: tuple[Bound, ...]) -> Iterator[Source]:
    return (bound.source for bound in boundary if bound.included)
