"""Blueprints of JSON resources: strict reading, honest documentation.

`json_blueprint("plantings", "/api/plantings", "…")` gives a flask-smorest blueprint whose
operations need a signed-in person unless marked `@open_to_all`, refuse what frameworks let
through, and document the refusals.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, NoReturn, TypeVar, cast

import marshmallow
from flask import Request, Response, g, request
from flask_smorest import Blueprint
from webargs.flaskparser import FlaskParser
from webargs.multidictproxy import MultiDictProxy
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from puhui.kernel.errors import Fault, Invalid
from puhui.kernel.text import N_
from puhui.web import guard, limits
from puhui.web.errors import Malformed
from puhui.web.locale import COOKIE as LANGUAGE
from puhui.web.schema import Written

View = TypeVar("View", bound=Callable[..., Any])
Decorated = TypeVar("Decorated")

MOST_JSON_BYTES = 2 * 1024 * 1024
DEEPEST = 32
MOST_DIGITS = 4000
_MEDIA_TYPES = {
    "json": "application/json",
    "form": "application/x-www-form-urlencoded",
    "files": "multipart/form-data",
}
_NUL_OR_HALF = re.compile("[\x00\ud800-\udfff]")
_UNSTORABLE = Fault("control_character", N_("含有不能使用的控制字符"))
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[{]|[\]}]', re.DOTALL)


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


def read_json(data: bytes) -> Any:
    """Return the value of a JSON text, numbers with a fraction or an exponent as `Decimal`.

    Raises:
        Malformed: not UTF-8, not JSON, a key twice, too deep, or not a number (400).
    """
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise Malformed("not_utf8", N_("JSON 应当使用 UTF-8 编码")) from None
    if _is_too_deep(text):
        raise Malformed("too_deep", N_("JSON 嵌套太深"))
    try:
        return json.loads(
            text,
            object_pairs_hook=_once,
            parse_constant=_not_a_number,
            parse_float=Decimal,
            parse_int=_whole,
        )
    except json.JSONDecodeError:
        raise Malformed("not_json", N_("请求内容不是有效的 JSON")) from None


def _is_too_deep(text: str) -> bool:
    depth = 0
    for found in _BRACKETS.finditer(text):
        match found[0]:
            case "[" | "{":
                depth += 1
                if depth > DEEPEST:
                    return True
            case "]" | "}":
                depth -= 1
    return False


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Malformed("duplicate_key", N_("JSON 对象中有重复的键"))
    return found


def _not_a_number(_name: str) -> NoReturn:
    raise Malformed("not_a_number", N_("JSON 中不能有 NaN 或 Infinity"))


def _whole(digits: str) -> int:
    # Longer than any column, and converting thousands of digits would cost: a stand-in that
    # every range refuses.
    if len(digits) <= MOST_DIGITS:
        return int(digits)
    return -(10**30) if digits.startswith("-") else 10**30


def unstorable(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the way to every text in `value` that no database keeps and no answer can repeat.

    Fields refuse more than this, but not every body is read field by field.
    """
    if isinstance(value, str):
        if _NUL_OR_HALF.search(value):
            yield path
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from unstorable(inner, (*path, index))
    elif isinstance(value, dict):
        for key, inner in value.items():
            if _NUL_OR_HALF.search(key):
                yield path
            else:
                yield from unstorable(inner, (*path, key))


def loaded(schema: marshmallow.Schema, told: Mapping[str, Any]) -> Any:
    """Return what the schema makes of values that came by another way than a request's body.

    Raises:
        Invalid: every fault at once.
    """
    try:
        return schema.load(dict(told))
    except marshmallow.ValidationError as error:
        raise Invalid(faults_of(error.messages)) from None


def faults_of(messages: Any, path: tuple[str | int, ...] = ()) -> list[Fault]:
    """Return what marshmallow found wrong as a flat list, each with its row and field.

    `row` counts from 1 in the first list on the way; the rest of the way is the field, with dots.
    """
    if isinstance(messages, Mapping):
        return [
            fault
            for key, inner in messages.items()
            for fault in faults_of(inner, path if key == "_schema" else (*path, key))
        ]
    if isinstance(messages, list | tuple):
        return [fault for inner in messages for fault in faults_of(inner, path)]
    fault = messages if isinstance(messages, Fault) else Fault("invalid", str(messages))
    row = next((step + 1 for step in path if isinstance(step, int)), fault.row)
    first = next((i for i, step in enumerate(path) if isinstance(step, int)), None)
    names = [str(s) for i, s in enumerate(path) if i != first]
    return [replace(fault, row=row, field=".".join(names) or fault.field)]


class StrictParser(FlaskParser):
    """Reads bodies and query strings the strict way; raises our refusals."""

    DEFAULT_UNKNOWN_BY_LOCATION = {  # noqa: RUF012
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "query": marshmallow.RAISE,
        "querystring": marshmallow.RAISE,
        "files": marshmallow.RAISE,
        "form": marshmallow.RAISE,
    }

    def _raw_load_json(self, req: Request) -> Any:
        found = read_json(req.get_data(cache=True))
        faults = [fault for path in unstorable(found) for fault in faults_of(_UNSTORABLE, path)]
        if faults:
            raise Invalid(faults)
        g.meaning = found
        return found

    def load_querystring(self, req: Request, schema: marshmallow.Schema) -> Any:
        """Return the query's values as text that stands for itself; none may be repeated."""
        return written(req.args, schema)

    def load_form(self, req: Request, schema: marshmallow.Schema) -> Any:
        """Return the form's values likewise."""
        return written(req.form, schema)

    def handle_error(
        self,
        error: marshmallow.ValidationError,
        req: Request,
        schema: marshmallow.Schema,
        *,
        error_status_code: int | None,
        error_headers: Mapping[str, str] | None,
    ) -> NoReturn:
        """Turn what marshmallow found into our refusal, every fault at once."""
        messages = error.messages
        assert isinstance(messages, dict)
        raise Invalid(faults_of(list(messages.values())))


def written(values: MultiDict[str, str], schema: marshmallow.Schema) -> dict[str, Any]:
    """Return the values of a query string or form for `schema` to load.

    Raises:
        Invalid: a key that is not a list came twice.
    """
    proxy = MultiDictProxy(values, schema)
    many = proxy.multiple_keys
    known = {field.data_key or name for name, field in schema.fields.items()}
    repeated = [key for key in values if key not in many and len(values.getlist(key)) > 1]
    if repeated:
        raise Invalid([Fault("repeated", N_("只能出现一次"), field=key) for key in repeated])
    return {
        key: [Written(v) for v in values.getlist(key)] if key in many else Written(values[key])
        for key in values
        if key != LANGUAGE or key in known
    }


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
