"""Addresses at which programs read: labels as linked data, trade items by GS1 Digital Link."""

from typing import Any

from flask import Blueprint, Response, current_app, json, redirect, request
from flask.typing import ResponseReturnValue

from puhui.db.session import snapshot
from puhui.exchange import gs1, linked_data
from puhui.footprint import queries
from puhui.kernel.clock import now
from puhui.kernel.errors import NotFound
from puhui.kernel.text import N_
from puhui.settings import Settings
from puhui.web.errors import Malformed

pages = Blueprint("exchange_pages", __name__)


def described(view: queries.LabelView) -> dict[str, Any]:
    """Return a label as linked data, with the addresses of this installation."""
    return linked_data.of_label(view, _settings().base_url)


def _settings() -> Settings:
    found: Settings = current_app.extensions["puhui.settings"]
    return found


@pages.get("/l/<string:code>.jsonld")
@pages.get("/L/<string:code>.jsonld")
def label(code: str) -> ResponseReturnValue:
    """Show a label, or the label of a unit, as JSON-LD."""
    with snapshot() as session:
        view = queries.label_by_code(session, code, _settings().secret, now())
    return _json(described(view), linked_data.MEDIA_TYPE)


@pages.get("/01/<path:written>")
def trade_item(written: str) -> ResponseReturnValue:
    """Lead from a GS1 Digital Link to the label, or list what there is to read.

    What was asked beyond the item, such as an expiry date, is handed on. An unknown lot or serial
    leads to the product.
    """
    item = gs1.item_of(written)
    if item is None:
        raise Malformed("not_a_digital_link", N_("这不是有效的 GS1 Digital Link：请核对校验位"))
    with snapshot() as session:
        view = queries.label_of_gtin(session, item.gtin, now())
    product = view.document["product"]
    base_url = _settings().base_url
    links = gs1.links_of(
        base_url, view.label.code, {"zh": product["name_zh"], "en": product["name_en"]}
    )
    asked = request.args.get("linkType") or request.args.get("linktype") or ""
    wanted = asked.removeprefix(gs1.VOCABULARY).removeprefix("gs1:")
    accepted = request.accept_mimetypes.best_match(
        ["text/html", linked_data.MEDIA_TYPE, gs1.LINKSET], default="text/html"
    )
    if wanted in ("linkset", "all") or (not wanted and accepted == gs1.LINKSET):
        response = _json(gs1.linkset(base_url, item, links), gs1.LINKSET)
        response.headers["Link"] = (
            f'<{gs1.CONTEXT}>; rel="http://www.w3.org/ns/json-ld#context"; '
            f'type="{linked_data.MEDIA_TYPE}"'
        )
        return response
    fitting = [link for link in links if wanted in ("", "defaultLink", link.type)]
    if not fitting:
        raise NotFound(link_type=asked[:40])
    found = next((link for link in fitting if link.media_type == accepted), fitting[0])
    return _lead(found.address, f"{base_url}/01/{item.gtin}")


def _lead(address: str, here: str) -> Response:
    passed_on = request.query_string.decode("ascii", "replace")
    kept = [
        part
        for part in passed_on.split("&")
        if part and part.partition("=")[0].lower() != "linktype"
    ]
    target = address + ("?" + "&".join(kept) if kept else "")
    response = redirect(target, 307)
    response.headers["Link"] = f'<{here}?linkType=linkset>; rel="linkset"; type="{gs1.LINKSET}"'
    return _for_all(response)  # type: ignore[arg-type]


@pages.get("/.well-known/gs1resolver")
def resolver() -> ResponseReturnValue:
    """Say which keys are resolved here."""
    return _json(gs1.description(_settings().base_url), "application/json")


def _json(value: Any, media_type: str) -> Response:
    return _for_all(Response(json.dumps(value, ensure_ascii=False), content_type=media_type))


def _for_all(response: Response) -> Response:
    """Let scripts of any origin read it: it is public, and answers no cookie."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
    response.vary.add("Accept")
    return response
