"""Blueprints of JSON resources: honest documentation."""

import re
from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Response, request
from flask_smorest import Blueprint
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from puhui.kernel.errors import Fault, Invalid
from puhui.kernel.text import N_
from puhui.web import guard, limits
from puhui.web.reading import MOST_JSON_BYTES, StrictParser

View = TypeVar("View", bound=Callable[..., Any])
Decorated = TypeVar("Decorated")
_MEDIA_TYPES = {
    "json": "application/json",
    "form": "application/x-www-form-urlencoded",
    "files": "multipart/form-data",
}


def json_blueprint(name: str, url_prefix: str, description: str) -> "Resources":
    """Return a blueprint for the JSON resources under `url_prefix`, which starts with `/api`."""
    assert url_prefix.startswith("/api/"), url_prefix
    return Resources(name, name, url_prefix=url_prefix, description=description)


def takes(*media_types: str, most_bytes: int) -> Callable[[View], View]:
    """Let an operation read a body that is not JSON, such as a photograph, by itself."""

    def mark(view: View) -> View:
        view.takes = media_types  # type: ignore[attr-defined]
        view.most_bytes = most_bytes  # type: ignore[attr-defined]
        return view

    return mark


class Resources(Blueprint):  # type: ignore[misc]
    """A blueprint that asks who is there before it reads, and documents what it refuses."""

    ARGUMENTS_PARSER = StrictParser()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._prepare_doc_cbks.append(self._document)
        self.before_request(_admit)

    # The same decorators, with types: they change nothing of what they decorate but its
    # arguments, which mypy cannot follow.

    def route(self, rule: str, **options: Any) -> Callable[[Decorated], Decorated]:
        """Register a class of methods or a view under `rule`."""
        return cast("Callable[[Decorated], Decorated]", super().route(rule, **options))

    def arguments(self, schema: Any, **options: Any) -> Callable[[View], View]:
        """Load the body, or another `location`, with `schema` and pass it on."""
        return cast("Callable[[View], View]", super().arguments(schema, **options))

    def response(
        self, status_code: int, schema: Any = None, **options: Any
    ) -> Callable[[View], View]:
        """Answer with what `schema` makes of what the view returns."""
        return cast("Callable[[View], View]", super().response(status_code, schema, **options))

    def alt_response(
        self, status_code: int, response: str | None = None, **options: Any
    ) -> Callable[[View], View]:
        """Document another answer."""
        return cast(
            "Callable[[View], View]", super().alt_response(status_code, response, **options)
        )

    def _store_endpoint_docs(
        self, endpoint: str, obj: Any, parameters: Any, tags: Any, **options: Any
    ) -> None:
        super()._store_endpoint_docs(endpoint, obj, parameters, tags, **options)
        for method, info in self._docs[endpoint].items():
            if method != "parameters":
                function = getattr(obj, method, obj)
                info["endpoint"] = endpoint
                info["in_path"] = "<" in (self.url_prefix or "") or "<" in str(
                    getattr(self, "_rule", "")
                )
                for name in ("open_to_all", "takes", "versioned", "named"):
                    info[name] = getattr(function, name, None) or getattr(obj, name, None)

    def add_url_rule(self, rule: str, *args: Any, **options: Any) -> None:
        """Register a rule, and remember it for its documentation."""
        self._rule = rule
        super().add_url_rule(rule, *args, **options)

    def _document(
        self, doc: dict[str, Any], info: dict[str, Any], *, method: str, **_: Any
    ) -> dict[str, Any]:
        reads_query = any(p.get("in") == "query" for p in doc.get("parameters", []))
        reads_body = "requestBody" in doc or info["takes"]
        unsafe = method.upper() not in guard.SAFE
        statuses = {
            400: reads_query or reads_body or bool(info["named"]),
            401: not info["open_to_all"],
            403: unsafe or not info["open_to_all"],
            404: info["in_path"] or unsafe,
            409: unsafe,
            412: info["versioned"] and unsafe,
            413: reads_body,
            415: reads_body,
            422: reads_query or unsafe,
            428: info["versioned"] and unsafe,
            429: True,
            503: True,
        }
        responses = doc.setdefault("responses", {})
        for status, applies in statuses.items():
            if applies and str(status) not in {str(known) for known in responses}:
                responses[status] = _STATUS_NAMES[status]
        doc["operationId"] = f"{self.name}_{method}_{_snake(info['endpoint'])}"
        doc["security"] = [{}] if info["open_to_all"] else [{"bearer": []}, {"cookie": []}]
        if info["takes"]:
            binary: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
            doc["requestBody"] = {
                "required": True,
                "content": dict.fromkeys(info["takes"], binary),
            }
        headers = [h for h in (info["versioned"] and _version_header(unsafe), info["named"]) if h]
        if headers:
            doc.setdefault("parameters", []).extend(headers)
        return doc


_STATUS_NAMES = {
    400: "BAD_REQUEST",
    401: "UNAUTHORIZED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    409: "CONFLICT",
    412: "PRECONDITION_FAILED",
    413: "REQUEST_ENTITY_TOO_LARGE",
    415: "UNSUPPORTED_MEDIA_TYPE",
    422: "UNPROCESSABLE_ENTITY",
    428: "PRECONDITION_REQUIRED",
    429: "TOO_MANY_REQUESTS",
    503: "SERVICE_UNAVAILABLE",
}


def _version_header(unsafe: bool) -> dict[str, Any]:
    return {
        "in": "header",
        "name": "If-Match" if unsafe else "If-None-Match",
        "required": unsafe,
        "schema": {"type": "string", "examples": ['"1"']},
    }


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _admit() -> Response | None:
    """Before an operation: how often, who, and in what form."""
    limits.count_request()
    if request.method == "OPTIONS":
        return None
    if not guard.mark("open_to_all"):
        guard.current_actor()
    _check_media_type()
    return None


def _check_media_type() -> None:
    if request.method in guard.SAFE:
        return
    takes = guard.mark("takes")
    documented = (guard.mark("_apidoc") or {}).get("arguments", {}).get("parameters", [])
    places = [p["in"] for p in documented if p["in"] in _MEDIA_TYPES]
    wanted = tuple(takes or {_MEDIA_TYPES["files" if "files" in places else p] for p in places})
    request.max_content_length = (
        guard.mark("most_bytes")
        if takes
        else (request.max_content_length if "files" in places else MOST_JSON_BYTES)
    )
    if (
        request.content_length is not None
        and request.max_content_length is not None
        and request.content_length > request.max_content_length
    ):
        raise RequestEntityTooLarge()
    if not wanted:
        if request.get_data(cache=True):
            raise Invalid([Fault("unexpected_body", N_("这个操作不需要内容"))])
        return
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if request.mimetype not in wanted or charset not in ("utf-8", "utf8"):
        raise _Unsupported(wanted)


class _Unsupported(UnsupportedMediaType):
    """415 that says what would be accepted (RFC 9110, 15.5.16)."""

    def __init__(self, wanted: tuple[str, ...]) -> None:
        super().__init__()
        self.wanted = wanted

    def get_headers(self, *args: Any, **options: Any) -> list[tuple[str, str]]:
        """Return the headers of the answer."""
        name = {"PATCH": "Accept-Patch", "POST": "Accept-Post"}.get(request.method, "Accept")
        return [*super().get_headers(*args, **options), (name, ", ".join(self.wanted))]
