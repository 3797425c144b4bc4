"""The label that everybody sees, the claim of a unit, the public list."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from flask import Response, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue

from puhui.db.session import snapshot
from puhui.footprint import queries
from puhui.footprint.api.installation import settings
from puhui.footprint.api.serial import claim
from puhui.footprint.label import LabelState, read_code
from puhui.footprint.pages.blueprint import pages
from puhui.footprint.schema.label import LabelsQuery
from puhui.footprint.schema.serial import ClaimSchema
from puhui.kernel.clock import now
from puhui.kernel.errors import DomainError
from puhui.web.conditional import version_is
from puhui.web.guard import actor_or_none
from puhui.web.locale import tag
from puhui.web.pages import read_form, read_query, redirect_after_post, render_faults, signed_in
from puhui.web.paging import page

LinkedData = Callable[[queries.LabelView], dict[str, Any]]
"""Describes a label to programs. `exchange` knows how, and lies above: `app.py` hands it over."""


@dataclass(frozen=True)
class _Key:
    """Everything that the page depends on for somebody who has not signed in."""

    path: str
    query: bytes
    language: str
    host: str
    state: LabelState
    newest: int


@lru_cache(maxsize=512)
def _drawn(key: _Key) -> list[bytes]:
    """Return a place for the page of `key`: drawn once, kept as bytes, never stale."""
    return []


@pages.get("/l/<string:code>")
@pages.get("/L/<string:code>")
def label(code: str) -> ResponseReturnValue:
    """Show the label of a product to whoever has scanned it; to a program as linked data."""
    if _wants_linked_data():
        return redirect(f"/l/{quote(code)}.jsonld", 303)
    with snapshot() as session:
        glance = queries.glance(session, code, settings().secret, now())
        if actor_or_none() is not None:
            # Their page names their desks: it is nobody else's.
            return _draw(queries.view_of(session, glance.label, now(), glance.serial_code))
        place = _drawn(
            _Key(
                request.path,
                request.query_string,
                tag(),
                request.host,
                glance.state,
                glance.newest,
            )
        )
        if not place:
            view = queries.view_of(session, glance.label, now(), glance.serial_code)
            place.append(_draw(view).encode())
    body = place[0]
    version_is(sha256(body).hexdigest()[:32])
    response = Response(body, content_type="text/html; charset=utf-8")
    response.vary.add("Accept")
    return response


def _wants_linked_data() -> bool:
    kinds = ["text/html", "application/ld+json"]
    return request.accept_mimetypes.best_match(kinds, default=kinds[0]) == kinds[1]


def _draw(view: queries.LabelView) -> str:
    return render_template("footprint/label.html", **_for_label(view))


def _for_label(view: queries.LabelView) -> dict[str, Any]:
    describe: LinkedData = current_app.extensions["puhui.linked_data"]
    return {"view": view, "result": view.document["result"], "linked_data": describe(view)}


@pages.post("/l/<string:code>/claim")
@pages.post("/L/<string:code>/claim")
def claim_unit(code: str) -> ResponseReturnValue:
    """Claim the unit whose code and PIN were typed."""
    signed_in()
    try:
        given = read_form(ClaimSchema)
        claim(given["code"], given["pin"])
    except DomainError as error:
        with snapshot() as session:
            view = queries.label_by_code(session, code, settings().secret, now())
        return render_faults("footprint/label.html", error, **_for_label(view))
    return redirect_after_post(f"/l/{read_code(code)}/claimed")


@pages.get("/l/<string:code>/claimed")
def claimed(code: str) -> ResponseReturnValue:
    """Say that the unit is claimed and where the points will be."""
    with snapshot() as session:
        view = queries.label_by_code(session, code, settings().secret, now())
    return render_template("footprint/claimed.html", view=view)


@pages.get("/labels")
def labels() -> ResponseReturnValue:
    """Show the public list of products with a label that holds."""
    query = read_query(LabelsQuery)
    with snapshot() as session:
        found = queries.labels(
            session,
            now(),
            text=query["q"],
            category=query["category"],
            county_code=query["county_code"],
            after=query["cursor"],
            most=query["limit"] + 1,
        )
    listed = page(found, query["limit"], lambda row: (row.issued_at, row.label_id))
    return render_template("footprint/labels.html", listed=listed, query=query)
