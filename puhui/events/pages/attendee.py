"""Pages of lists of attendees."""

from hashlib import sha256
from typing import Any
from uuid import UUID, uuid5

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from puhui.db.session import snapshot, transaction
from puhui.events import queries, service
from puhui.events.attendee_file import MOST_BYTES, lines_in
from puhui.events.city import gazetteer
from puhui.events.pages.blueprint import MOST_ROWS, names, pages
from puhui.events.service.long_list import LONG
from puhui.events.travel import MODE_NAMES
from puhui.kernel.actor import Actor
from puhui.kernel.city import City
from puhui.kernel.clock import now
from puhui.kernel.errors import Fault, Invalid
from puhui.kernel.text import N_
from puhui.web.download import as_file
from puhui.web.pages import form_name, redirect_after_post, render_faults, signed_in

CSV_TEMPLATE = "\ufeff姓名,手机,出发城市,交通方式,住宿晚数\r\n"


@pages.get("/events/attendees.csv")
def list_template() -> Response:
    """Give out an empty attendee list with the headings that we know."""
    return as_file(CSV_TEMPLATE.encode(), "text/csv; charset=utf-8", "attendees.csv")


@pages.get("/events/<uuid:event_id>/attendees")
def attendees(event_id: UUID) -> ResponseReturnValue:
    """Show the newest list, what is to be decided, and the form for another."""
    return render_template("events/attendees.html", **_listed(signed_in(), event_id), **names())


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
        return render_faults("events/attendees.html", error, **_listed(actor, event_id), **names())
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
        return render_faults("events/attendees.html", error, **_listed(actor, event_id), **names())
    return redirect_after_post(f"/events/{event_id}/attendees")


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
