"""What is sent to us, read strictly: every fault at once, nothing guessed."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, NoReturn

import marshmallow
from flask import Request, g
from webargs.flaskparser import FlaskParser
from webargs.multidictproxy import MultiDictProxy
from werkzeug.datastructures import MultiDict

from puhui.kernel.errors import Fault, Invalid
from puhui.kernel.text import N_
from puhui.web.errors import Malformed
from puhui.web.locale import COOKIE as LANGUAGE
from puhui.web.schema import Written

MOST_JSON_BYTES = 2 * 1024 * 1024
DEEPEST = 32
MOST_DIGITS = 4000
_NUL_OR_HALF = re.compile("[\x00\ud800-\udfff]")
_UNSTORABLE = Fault("control_character", N_("含有不能使用的控制字符"))
# Of a text, as many plain characters at a time as there are: one by one is six times slower.
_BRACKETS = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[{]|[\]}]', re.DOTALL)


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
    if text.count("[") + text.count("{") <= DEEPEST:
        return False
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
