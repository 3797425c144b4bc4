"""The label that everybody sees, the claim of a unit."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

from flask import Response, current_app, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from puhui.db.session import snapshot, transaction
from puhui.footprint import queries, service
from puhui.footprint.api.installation import settings
from puhui.footprint.api.serial import claim
from puhui.footprint.label import read_code
from puhui.footprint.pages.blueprint import pages
from puhui.footprint.schema.serial import ClaimSchema
from puhui.kernel.actor import Permission
from puhui.kernel.city import city_of_division
from puhui.kernel.clock import now
from puhui.kernel.errors import DomainError
from puhui.web.conditional import version_is
from puhui.web.guard import actor_or_none
from puhui.web.kept import tag_of
from puhui.web.pages import read_form, redirect_after_post, render_faults, signed_in

DEVICE = "puhui_device"
"""The cookie by which claims made with one browser are counted together; it names nobody."""

LinkedData = Callable[[queries.LabelView], dict[str, Any]]
"""Describes a label to programs. `exchange` knows how, and lies above: `app.py` hands it over."""


@pages.get("/l/<string:code>")
@pages.get("/L/<string:code>")
def label(code: str) -> ResponseReturnValue:
    """Show the label of a product to whoever has scanned it; to a program as linked data."""
    if _wants_linked_data():
        return redirect(f"/l/{quote(code)}.jsonld", 303)
    shown = _for_label(code)
    _note_scan(shown["view"])
    body = render_template("footprint/label.html", **shown).encode()
    version_is(tag_of(body))
    response = Response(body, content_type="text/html; charset=utf-8")
    response.vary.add("Accept")
    return response


def _note_scan(view: queries.LabelView) -> None:
    """Note the first look at a unit by somebody who neither makes nor sells such things."""
    actor = actor_or_none()
    of_the_trade = actor is not None and (
        actor.may(Permission.LABEL_ISSUE) or actor.may(Permission.SERIAL_SELL)
    )
    if view.serial_code is not None and not of_the_trade:
        with transaction() as session:
            service.note_scan(session, view.serial_code, settings().secret, now(), _city())


def _city() -> str | None:
    """Return the city of this request as the operator's proxy tells it, or None.

    Whatever names no city of the table is as good as nothing. Who sent it is not looked at: the
    proxy must take the header off requests from outside (docs/operations.md).
    """
    header = settings().city_header
    city = city_of_division(request.headers.get(header)) if header else None
    return city.code if city is not None else None


def _wants_linked_data() -> bool:
    kinds = ["text/html", "application/ld+json"]
    return request.accept_mimetypes.best_match(kinds, default=kinds[0]) == kinds[1]


def _for_label(code: str) -> dict[str, Any]:
    describe: LinkedData = current_app.extensions["puhui.linked_data"]
    with snapshot() as session:
        view = queries.label_by_code(session, code, settings().secret, now())
        panels = queries.panels_of(session, view, now())
    return {
        "view": view,
        "panels": panels,
        "result": view.document["result"],
        "linked_data": describe(view),
    }


@pages.post("/l/<string:code>/claim")
@pages.post("/L/<string:code>/claim")
def claim_unit(code: str) -> ResponseReturnValue:
    """Claim the unit whose code and PIN were typed."""
    signed_in()
    try:
        given = read_form(ClaimSchema)
        device_id = given["device_id"] or _device()
        claim(given["code"], given["pin"], device_id)
    except DomainError as error:
        return render_faults("footprint/label.html", error, **_for_label(code))
    response = make_response(redirect_after_post(f"/l/{read_code(code)}/claimed"))
    response.set_cookie(
        DEVICE,
        str(device_id),
        max_age=30 * 24 * 3600,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure,
        path="/",
    )
    return response


def _device() -> UUID:
    """Return the number that this browser was given when it last claimed, or a new one."""
    try:
        return UUID(request.cookies.get(DEVICE, ""))
    except ValueError:
        return uuid4()


@pages.get("/l/<string:code>/claimed")
def claimed(code: str) -> ResponseReturnValue:
    """Say that the unit is claimed and where the points will be."""
    with snapshot() as session:
        view = queries.label_by_code(session, code, settings().secret, now())
    return render_template("footprint/claimed.html", view=view)
