"""Pages of events: what the public sees, and the organiser's desk."""

from collections.abc import Iterator
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid5

import marshmallow
from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from puhui.credits.bundle import Wishes
from puhui.credits.kind import RULES, Kind
from puhui.db.session import snapshot, transaction
from puhui.events import queries, service
from puhui.events.activity import (
    ACTIVITIES,
    GUIDE_TYPES,
    LEVEL_NAMES,
    SOURCE_NAMES,
    UNIT_NAMES,
    Level,
    Source,
    entered_for,
    known_for,
)
from puhui.events.agenda import NEXT_NAMES
from puhui.events.answers import GROUND_NAMES
from puhui.events.attendee_file import MOST_BYTES, lines_in
from puhui.events.benchmark import UNLIKE_NAMES, intensity
from puhui.events.city import PROVINCES, City, gazetteer
from puhui.events.document import estimate_of, lines_of
from puhui.events.draft import EventDraft, InventoryDraft
from puhui.events.errors import Outdated, UnknownEvent
from puhui.events.estimate import MARK_NAMES, Bound, Estimate, Mark, Stage
from puhui.events.neutrality import STATE_NAMES, State
from puhui.events.queries import EventCard
from puhui.events.queries.agendas import agenda
from puhui.events.reckoning import SENSITIVITY_NAMES
from puhui.events.schema.event import EventDraftSchema
from puhui.events.schema.inventory import EventInventoryDraftSchema
from puhui.events.service.long_list import LONG
from puhui.events.shown import LINE_HEADINGS, by_level, cells_of, factors_of, rounded_together
from puhui.events.travel import MODE_NAMES
from puhui.identity.queries import organisation
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.clock import day_of, now
from puhui.kernel.errors import DomainError, Fault, Forbidden, Invalid
from puhui.kernel.text import N_
from puhui.web.blueprint import faults_of
from puhui.web.csv_lines import BYTE_ORDER_MARK, csv_line
from puhui.web.guard import actor_or_none
from puhui.web.locale import said, tag
from puhui.web.pages import form_name, redirect_after_post, render_faults, signed_in
from puhui.web.schema import Written

pages = Blueprint("events_pages", __name__, template_folder="templates")

PER_PAGE = 30
BLANK_ROWS = 3
MOST_ROWS = 120
CSV_TEMPLATE = "\ufeff姓名,手机,出发城市,交通方式,住宿晚数\r\n"
STAGE_NAMES = {Stage.PLAN: N_("会前预估"), Stage.ACTUAL: N_("会后实际")}
TONES = {State.NEUTRAL: "good", State.PLANNED: "plain"}


@pages.app_context_processor
def _words() -> dict[str, Any]:
    return {"either": either}


def either(chinese: str, english: str) -> str:
    """Return the text in the language of the page, the Chinese where there is no English."""
    return english if tag() == "en" and english else chinese


def _names() -> dict[str, Any]:
    return {
        "source_names": SOURCE_NAMES,
        "guide_types": GUIDE_TYPES,
        "level_names": LEVEL_NAMES,
        "mark_names": MARK_NAMES,
        "mode_names": MODE_NAMES,
        "state_names": STATE_NAMES,
        "stage_names": STAGE_NAMES,
        "activities": ACTIVITIES,
        "tones": TONES,
        "unit_names": UNIT_NAMES,
        "sensitivity_names": SENSITIVITY_NAMES,
        "unlike_names": UNLIKE_NAMES,
        "next_names": NEXT_NAMES,
        "ground_names": GROUND_NAMES,
    }


# What the public sees ------------------------------------------------------------------------


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
        "events/index.html", mine=mine, public=public, may_organise=bool(own), **_names()
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
        figures=None if estimate is None else _figures(card, estimate),
        **_names(),
    )


@pages.get("/events/<uuid:event_id>/estimates/<int:number>")
def show_estimate(event_id: UUID, number: int) -> ResponseReturnValue:
    """Show every line of an estimate with its factor."""
    actor = actor_or_none()
    with snapshot() as session:
        event = queries.event_for(session, actor, event_id)
        card = queries.card(session, event, now())
        version = _version(queries.estimate(session, event_id, number), number)
        document = queries.document(version)
        summary = queries.summary(version)
        theirs = queries.is_theirs(actor, event)
        has_annex = version.annex is not None
    estimate = estimate_of(document)
    return render_template(
        "events/estimate.html",
        card=card,
        document=document,
        summary=summary,
        estimate=estimate,
        theirs=theirs,
        has_annex=has_annex,
        figures=_figures(card, estimate),
        **_names(),
    )


@pages.get("/events/<uuid:event_id>/estimates/<int:number>.json")
def download_estimate(event_id: UUID, number: int) -> Response:
    """Give out an estimate's document, exactly the bytes that are hashed."""
    with snapshot() as session:
        queries.event_for(session, actor_or_none(), event_id)
        text = _version(queries.estimate(session, event_id, number), number).document
    return _file(text, "application/json", f"estimate-{event_id}-{number}.json")


@pages.get("/events/<uuid:event_id>/estimates/<int:number>.csv")
def download_lines(event_id: UUID, number: int) -> Response:
    """Give out an estimate's lines as a table for a spreadsheet, each with its factor."""
    with snapshot() as session:
        queries.event_for(session, actor_or_none(), event_id)
        version = _version(queries.estimate(session, event_id, number), number)
        lines = lines_of(queries.document(version))
    text = BYTE_ORDER_MARK + csv_line(LINE_HEADINGS)
    text += "".join(csv_line(cells_of(line)) for line in lines)
    return _file(text, "text/csv", f"estimate-{event_id}-{number}.csv")


@pages.get("/events/<uuid:event_id>/estimates/<int:number>.annex.json")
def download_annex(event_id: UUID, number: int) -> Response:
    """Give the organiser the annex, which says where people came from."""
    with snapshot() as session:
        queries.own_event(session, signed_in(), event_id)
        text = _version(queries.estimate(session, event_id, number), number).annex
    if text is None:
        raise UnknownEvent(event=str(event_id), annex=number)
    return _file(text, "application/json", f"estimate-{event_id}-{number}-annex.json")


@pages.get("/events/attendees.csv")
def list_template() -> Response:
    """Give out an empty attendee list with the headings that we know."""
    return _file(CSV_TEMPLATE, "text/csv", "attendees.csv")


# The organiser's desk ------------------------------------------------------------------------


@pages.get("/events/new")
def new() -> ResponseReturnValue:
    """Show the form for a new event."""
    return render_template("events/edit.html", **_form(signed_in(), None), **_names())


@pages.post("/events/new")
def create() -> ResponseReturnValue:
    """Describe a new event; its name is the form's, so that two clicks make one."""
    actor = signed_in()
    try:
        draft = _read_event()
        with transaction() as session:
            service.save_event(session, actor, form_name(), draft, now())
    except DomainError as error:
        return render_faults("events/edit.html", error, **_form(actor, None), **_names())
    return redirect_after_post(f"/events/{form_name()}/desk")


@pages.get("/events/<uuid:event_id>/edit")
def edit(event_id: UUID) -> ResponseReturnValue:
    """Show the form for an event that is there."""
    actor = signed_in()
    return render_template("events/edit.html", **_form(actor, _own(actor, event_id)), **_names())


@pages.post("/events/<uuid:event_id>/edit")
def change(event_id: UUID) -> ResponseReturnValue:
    """Describe the event anew, unless somebody else did so meanwhile."""
    actor = signed_in()
    card = _own(actor, event_id)
    try:
        draft = _read_event()
        with transaction() as session:
            service.save_event(session, actor, event_id, draft, now(), _based_on_form)
    except DomainError as error:
        return render_faults("events/edit.html", error, **_form(actor, card), **_names())
    return redirect_after_post(f"/events/{event_id}/desk")


@pages.get("/events/<uuid:event_id>/desk")
def desk(event_id: UUID) -> ResponseReturnValue:
    """Show an organiser what is done and what is next."""
    return render_template("events/desk.html", **_desk(signed_in(), event_id), **_names())


@pages.get("/events/<uuid:event_id>/attendees")
def attendees(event_id: UUID) -> ResponseReturnValue:
    """Show the newest list, what is to be decided, and the form for another."""
    return render_template("events/attendees.html", **_listed(signed_in(), event_id), **_names())


@pages.post("/events/<uuid:event_id>/attendees")
def upload(event_id: UUID) -> ResponseReturnValue:
    """Take in a list, or show every fault in it."""
    actor = signed_in()
    sent = request.files.get("file")
    file = b"" if sent is None else sent.read(MOST_BYTES + 1)
    try:
        if not file:
            raise Invalid([Fault("required", N_("请选择一个文件"), field="file")])
        with transaction() as session:
            # Going back and sending another file from the same form is sending another list.
            list_id = uuid5(form_name(), sha256(file).hexdigest())
            if lines_in(file) > LONG:
                service.begin_list(session, actor, event_id, list_id, file, now())
                return redirect_after_post(f"/events/{event_id}/lists/{list_id}")
            service.upload_list(session, actor, event_id, list_id, file, now())
    except Invalid as error:
        return render_faults("events/attendees.html", error, **_listed(actor, event_id), **_names())
    return redirect_after_post(f"/events/{event_id}/attendees")


@pages.post("/events/<uuid:event_id>/attendees/<uuid:list_id>/cities")
def decide(event_id: UUID, list_id: UUID) -> ResponseReturnValue:
    """Take what the organiser has decided about cities; what is left blank stays open."""
    actor = signed_in()
    try:
        decisions = _read_cities()
        with transaction() as session:
            service.decide_cities(session, actor, event_id, list_id, decisions, now())
    except Invalid as error:
        return render_faults("events/attendees.html", error, **_listed(actor, event_id), **_names())
    return redirect_after_post(f"/events/{event_id}/attendees")


@pages.get("/events/<uuid:event_id>/inventory")
def inventory(event_id: UUID) -> ResponseReturnValue:
    """Show what was entered, and rows for more."""
    return render_template("events/inventory.html", **_amounts(signed_in(), event_id), **_names())


@pages.post("/events/<uuid:event_id>/inventory")
def save_inventory(event_id: UUID) -> ResponseReturnValue:
    """Take the amounts; rows without an amount count as not there."""
    actor = signed_in()
    try:
        draft = _read_inventory()
        with transaction() as session:
            service.save_inventory(session, actor, event_id, draft, now(), _based_on_form)
    except (Invalid, Outdated) as error:
        return render_faults(
            "events/inventory.html", error, **_amounts(actor, event_id), **_names()
        )
    return redirect_after_post(f"/events/{event_id}/desk")


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
        return render_faults("events/desk.html", error, **_desk(actor, event_id), **_names())
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
        return render_faults("events/desk.html", error, **_desk(actor, event_id), **_names())
    return redirect_after_post(f"/holds/{form_name()}")


def _own(actor: Actor, event_id: UUID) -> EventCard:
    with snapshot() as session:
        return queries.card(session, queries.own_event(session, actor, event_id), now())


def _form(actor: Actor, card: EventCard | None) -> dict[str, Any]:
    """Return what the form about an event shows."""
    organisations = sorted(actor.organisations(Permission.EVENT_WRITE))
    if not organisations:
        raise Forbidden(permission=str(Permission.EVENT_WRITE))
    with snapshot() as session:
        choices = [
            (organiser, found.name)
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
    draft: EventDraft = _load(EventDraftSchema(), told)
    return draft


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
    draft: InventoryDraft = _load(EventInventoryDraftSchema(), told)
    return draft


def _read_cities() -> dict[str, City]:
    """Return the cities chosen, or written where none of the list was meant."""
    found: dict[str, City] = {}
    faults = []
    for row in range(MOST_ROWS):
        written = request.form.get(f"written.{row}")
        if written is None:
            break
        other = request.form.get(f"other.{row}", "").strip()
        chosen = gazetteer().by_code(request.form.get(f"city.{row}", ""))
        if other:
            cities = gazetteer().find(other)
            if len(cities) == 1:
                found[written] = cities[0]
            else:
                faults.append(
                    Fault(
                        "unknown_city",
                        N_("不认识这个城市：请写地级市或以上的名称"),
                        field=f"other.{row}",
                    )
                )
        elif chosen is not None:
            found[written] = chosen
    if faults:
        raise Invalid(faults)
    return found


def _load(schema: marshmallow.Schema, told: dict[str, Any]) -> Any:
    try:
        return schema.load(told)
    except marshmallow.ValidationError as error:
        raise Invalid(faults_of(error.messages)) from None


def _based_on_form(version: int) -> None:
    if request.form.get("version") != str(version):
        raise Outdated()


def _desk(actor: Actor, event_id: UUID) -> dict[str, Any]:
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


def _listed(actor: Actor, event_id: UUID) -> dict[str, Any]:
    with snapshot() as session:
        event = queries.own_event(session, actor, event_id)
        card = queries.card(session, event, now())
        newest = queries.newest_list(session, event_id)
        listed = None if newest is None else queries.list_card(newest)
    modes: dict[str, int] = {}
    for group in listed.groups if listed else ():
        name = MODE_NAMES[group.mode] if group.mode else N_("未说明，按距离推测")
        modes[name] = modes.get(name, 0) + group.people
    return {
        "card": card,
        "listed": listed,
        "questions": listed.questions[:MOST_ROWS] if listed else (),
        "modes": modes,
    }


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
        "hotels": [(each.key, f"{each.name_zh} ×{each.multiplier}") for each in hotels.values()],
        "provinces": PROVINCES,
    }


def _included(boundary: tuple[Bound, ...]) -> Iterator[Source]:
    return (bound.source for bound in boundary if bound.included)


def _figures(card: EventCard, estimate: Estimate) -> dict[str, Any]:
    """Return kilograms by source, rounded so that they add up to the total shown."""
    sources = list(dict.fromkeys(line.source for line in estimate.lines))
    parts = rounded_together({s: estimate.of_source(s).value for s in sources})
    return {
        "bars": [("", [(said(SOURCE_NAMES[source]), kg) for source, kg in parts.items()])],
        "total": sum(parts.values(), Decimal(0)),
        "per_person_day": intensity(estimate.total.value, card.attendees, card.days),
        "levels": [("", [(said(LEVEL_NAMES[v]), kg) for v, kg in by_level(estimate).items()])],
        "factors": factors_of(estimate),
        "guessed": any(Mark.GUESSED_MODE in line.marks for line in estimate.lines),
        "extrapolated": any(Mark.EXTRAPOLATED in line.marks for line in estimate.lines),
    }


def _version(found: Any, number: int) -> Any:
    if found is None:
        raise UnknownEvent(estimate=number)
    return found


def _file(text: str, kind: str, name: str) -> Response:
    response = Response(text.encode(), content_type=f"{kind}; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
