"""Pages of estimates: every line, and files of them."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from puhui.db.session import snapshot
from puhui.events import queries
from puhui.events.activity import LEVEL_NAMES, SOURCE_NAMES
from puhui.events.benchmark import intensity
from puhui.events.document import estimate_of, lines_of
from puhui.events.errors import UnknownEvent
from puhui.events.estimate import Estimate, Mark
from puhui.events.pages.blueprint import names, pages
from puhui.events.queries import EventCard
from puhui.events.shown import LINE_HEADINGS, by_level, cells_of, factors_of, rounded_together
from puhui.kernel.clock import now
from puhui.web.csv_lines import BYTE_ORDER_MARK, csv_line
from puhui.web.download import as_file
from puhui.web.guard import actor_or_none
from puhui.web.locale import said
from puhui.web.pages import signed_in


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
        figures=figures(card, estimate),
        **names(),
    )


@pages.get("/events/<uuid:event_id>/estimates/<int:number>.json")
def download_estimate(event_id: UUID, number: int) -> Response:
    """Give out an estimate's document, exactly the bytes that are hashed."""
    with snapshot() as session:
        queries.event_for(session, actor_or_none(), event_id)
        text = _version(queries.estimate(session, event_id, number), number).document
    return as_file(
        text.encode(), "application/json; charset=utf-8", f"estimate-{event_id}-{number}.json"
    )


@pages.get("/events/<uuid:event_id>/estimates/<int:number>.csv")
def download_lines(event_id: UUID, number: int) -> Response:
    """Give out an estimate's lines as a table for a spreadsheet, each with its factor."""
    with snapshot() as session:
        queries.event_for(session, actor_or_none(), event_id)
        version = _version(queries.estimate(session, event_id, number), number)
        lines = lines_of(queries.document(version))
    text = BYTE_ORDER_MARK + csv_line(LINE_HEADINGS)
    text += "".join(csv_line(cells_of(line)) for line in lines)
    return as_file(text.encode(), "text/csv; charset=utf-8", f"estimate-{event_id}-{number}.csv")


@pages.get("/events/<uuid:event_id>/estimates/<int:number>.annex.json")
def download_annex(event_id: UUID, number: int) -> Response:
    """Give the organiser the annex, which says where people came from."""
    with snapshot() as session:
        queries.own_event(session, signed_in(), event_id)
        text = _version(queries.estimate(session, event_id, number), number).annex
    if text is None:
        raise UnknownEvent(event=str(event_id), annex=number)
    return as_file(
        text.encode(), "application/json; charset=utf-8", f"estimate-{event_id}-{number}-annex.json"
    )


def figures(card: EventCard, estimate: Estimate) -> dict[str, Any]:
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
