"""The OpenAPI document, and the page that shows it.

The document is made from the code and says what the code does: decimals are strings with a
pattern, every refusal is `application/problem+json`. Swagger UI comes from its package and asks
nobody outside.
"""

import http
from pathlib import Path
from typing import Any

import flask
import flask_swagger_ui
import marshmallow
from flask import Flask
from flask_smorest import Api
from werkzeug.exceptions import HTTPException

from puhui import __version__
from puhui.web import guard
from puhui.web.errors import MOST_FAULTS
from puhui.web.schema import List, Nested, Schema, Strict, Whole, describe

_SWAGGER = Path(flask_swagger_ui.__file__).parent / "dist"


class _Word(Strict):
    """Text that only we write; what a caller sent may be repeated in it."""

    def wire(self) -> dict[str, Any]:
        return {"type": "string"}


class FaultSchema(Schema):
    """One thing wrong with what was submitted, and where it stands."""

    row = Whole(required=True, allow_none=True, minimum=1, description="从 1 数起的行号")
    field = _Word(required=True, allow_none=True, example="mass_kg")
    code = _Word(required=True, example="too_long")
    detail = _Word(required=True, example="最多 40 个字符")


class ProblemSchema(Schema):
    """An answer that says no (RFC 9457)."""

    class Meta:
        unknown = marshmallow.INCLUDE

    type = _Word(required=True, example="about:blank")
    title = _Word(required=True, example="提交的内容有误")
    status = Whole(required=True, minimum=400, maximum=599)
    code = _Word(required=True, example="invalid")
    instance = _Word(required=True, example="/api/plantings")
    detail = _Word()
    request_id = _Word()
    errors = List(Nested(FaultSchema), most=MOST_FAULTS)


class Document(Api):  # type: ignore[misc]
    """The API as flask-smorest documents it, with our refusals and our fields."""

    ERROR_SCHEMA = ProblemSchema
    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        """Leave errors to `puhui.web.errors`, which keeps their headers."""

    def handle_http_exception(self, error: HTTPException) -> Any:
        """Never called: see `_register_error_handlers`."""
        raise error

    def _register_responses(self) -> None:
        self.ma_plugin.converter.add_attribute_function(describe)
        self.ma_plugin.converter.add_parameter_attribute_function(_in_query)
        for status in http.HTTPStatus:
            response: dict[str, Any] = {"description": status.phrase}
            if status >= 400:
                response["content"] = {"application/problem+json": {"schema": ProblemSchema}}
            headers = _HEADERS.get(status.value)
            if headers:
                response["headers"] = headers
            self.spec.components.response(status.name, response, lazy=True)


def _header(description: str, **schema: Any) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string", **schema}}


def _in_query(_converter: object, _field: object, *, ret: dict[str, Any]) -> dict[str, Any]:
    # In a query there is no null: what is not given is left out.
    found = {k: v for k, v in ret["schema"].items() if not (k == "default" and v is None)}
    if isinstance(found.get("type"), list):
        found["type"] = next(kind for kind in found["type"] if kind != "null")
    if "enum" in found:
        found["enum"] = [word for word in found["enum"] if word is not None]
    return {"schema": found}


_HEADERS = {
    401: {"WWW-Authenticate": _header("How to sign in", examples=['Bearer realm="puhui"'])},
    405: {"Allow": _header("The methods that this address knows")},
    429: {
        "Retry-After": _header("Seconds to wait", pattern="^[0-9]+$"),
        "RateLimit": _header("Where the asker stands", examples=['"public";r=0;t=30']),
        "RateLimit-Policy": _header("The policy", examples=['"public";q=30;w=60']),
    },
    503: {"Retry-After": _header("Seconds to wait", pattern="^[0-9]+$")},
}


def install(app: Flask) -> Document:
    """Serve the document of `app` at `/api/openapi.json` and show it at `/api/docs`."""
    app.config.update(
        API_TITLE="普惠 Puhui",
        API_VERSION=__version__,
        OPENAPI_VERSION="3.1.0",
        PAGINATION_HEADER_NAME=None,
        API_SPEC_OPTIONS={
            "info": {
                "description": "碳普惠开放后端：积分、产品碳足迹与标签、会议碳中和。\n\n"
                "Open backend for carbon inclusion: points, product footprints and labels, "
                "carbon-neutral events. Decimals are strings; every refusal is "
                "application/problem+json.",
                "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            },
            "servers": [{"url": "/"}],
        },
    )
    document = Document(app)
    schemes = document.spec.components
    schemes.security_scheme("bearer", {"type": "http", "scheme": "bearer"})
    schemes.security_scheme("cookie", {"type": "apiKey", "in": "cookie", "name": guard.COOKIE})
    blueprint = flask.Blueprint(
        "openapi",
        __name__,
        template_folder="templates",
        static_folder=str(_SWAGGER),
        static_url_path="/api/docs/swagger",
    )
    blueprint.add_url_rule("/api/openapi.json", "document", lambda: _answer(document))
    blueprint.add_url_rule("/api/docs", "docs", lambda: flask.render_template("web/docs.html"))
    app.register_blueprint(blueprint)
    return document


def _answer(document: Document) -> flask.Response:
    return flask.Response(as_text(document), mimetype="application/json")


def as_text(document: Document) -> str:
    """Return the document as it is committed: the same code gives the same bytes."""
    found = flask.json.dumps(document.spec.to_dict(), indent=2, ensure_ascii=False, sort_keys=True)
    return found + "\n"
