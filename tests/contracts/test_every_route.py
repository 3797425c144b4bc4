"""Every fault that applies, sent to every JSON route.

What frameworks let through is refused by the base once; this walks the application's own routes,
so a new route is covered the day it is written. Each fault yields requests; every answer must be
the right refusal, as problem+json, in the asker's language, and never a 500.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from puhui.kernel.actor import Role
from puhui.web.guard import COOKIE
from tests.contracts.operations import Operation, kinds, leaves, operations, put
from tests.makers.identity import SignedIn, person

LANGUAGES = "zh-CN", "en"
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Bad:
    """A request that must be refused, and how."""

    status: int
    request: dict[str, Any]
    code: str | None = None
    at: str | None = None
    signed_in: bool = True
    method: str | None = None
    must_say: Mapping[str, str] | None = None


Fault = Callable[[Operation], Iterator[Bad]]
FAULTS: list[Fault] = []


def fault(made: Fault) -> Fault:
    FAULTS.append(made)
    return made


def reads_json(operation: Operation) -> bool:
    return operation.media_type == "application/json"


def two(operation: Operation, usual: Any, *others: Any, at: object = "") -> list[Any]:
    """Return a fault's usual form and one of its others: which, differs from place to place.

    One code reads all places. Each place meets the fault, and each form meets many places.
    """
    turn = crc32(f"{operation} {at}".encode())
    return [usual, *others[turn % len(others) :][:1]] if others else [usual]


def text(operation: Operation) -> str:
    return json.dumps(operation.body(), ensure_ascii=False)


# The body as a whole -------------------------------------------------------------------------


@fault
def not_json(operation: Operation) -> Iterator[Bad]:
    if reads_json(operation):
        yield Bad(400, {"data": b"{"}, "not_json")
        yield Bad(400, {"data": b""}, "not_json")
        yield Bad(400, {"data": text(operation).encode() + b"x"}, "not_json")


@fault
def not_utf8(operation: Operation) -> Iterator[Bad]:
    if reads_json(operation):
        yield Bad(400, {"data": b'{"a": "\xff"}'}, "not_utf8")
        yield Bad(400, {"data": text(operation).encode("utf-16")}, "not_utf8")


@fault
def a_key_twice(operation: Operation) -> Iterator[Bad]:
    if reads_json(operation):
        yield Bad(400, {"data": b'{"a": 1, "a": 1}'}, "duplicate_key")


@fault
def not_a_number(operation: Operation) -> Iterator[Bad]:
    if reads_json(operation):
        for word in two(operation, b"NaN", b"Infinity", b"-Infinity"):
            yield Bad(400, {"data": b'{"a": ' + word + b"}"}, "not_a_number")


@fault
def too_deep(operation: Operation) -> Iterator[Bad]:
    if reads_json(operation):
        yield Bad(400, {"data": b'{"a":' + b"[" * 40 + b"]" * 40 + b"}"}, "too_deep")
        yield Bad(400, {"data": b"[" * 200_000}, "too_deep")


@fault
def too_large(operation: Operation) -> Iterator[Bad]:
    if reads_json(operation):
        yield Bad(413, {"data": b'{"a": "' + b"x" * 3_000_000 + b'"}'}, "too_large")
    elif operation.media_type:
        yield Bad(413, {"data": b"x" * 13_000_000, "media_type": operation.media_type})


@fault
def wrong_type_of_content(operation: Operation) -> Iterator[Bad]:
    if operation.media_type:
        said = {"PATCH": "Accept-Patch", "POST": "Accept-Post"}.get(operation.method, "Accept")
        forms = ("text/plain", "application/xml", "application/json; charset=gbk")
        for media_type in two(operation, *forms):
            yield Bad(
                415,
                {"data": b"{}", "media_type": media_type},
                "wrong_media_type",
                must_say={said: operation.media_type},
            )


@fault
def a_body_where_none_is_read(operation: Operation) -> Iterator[Bad]:
    if not operation.media_type and operation.method not in ("GET", "HEAD"):
        yield Bad(422, {"data": b'{"a": 1}'}, "invalid")


@fault
def not_an_object(operation: Operation) -> Iterator[Bad]:
    if reads_json(operation) and "properties" in operation.body_schema:
        for value in two(operation, [], "x", 1, None):
            yield Bad(422, {"body": value}, "invalid")


@fault
def an_unknown_field(operation: Operation) -> Iterator[Bad]:
    if reads_json(operation) and "properties" in operation.body_schema:
        body = {**operation.body(), "owner_id": 1}
        if "owner_id" not in operation.body_schema["properties"]:
            yield Bad(422, {"body": body}, "invalid", at="owner_id")


@fault
def a_required_field_left_out(operation: Operation) -> Iterator[Bad]:
    if reads_json(operation):
        for name in operation.body_schema.get("required", []):
            body = operation.body()
            del body[name]
            yield Bad(422, {"body": body}, "invalid", at=name)


# Single values -------------------------------------------------------------------------------


def with_each(operation: Operation, kind: str, *values: Any, unless: str = "") -> Iterator[Bad]:
    """Put two of the values in the first field of a kind, and the first value in all of them."""
    if not reads_json(operation):
        return
    fitting = [
        path
        for path, schema in leaves(operation.body_schema, operation.document)
        if kind in kinds(schema) and unless not in kinds(schema)
    ]
    for i, path in enumerate(fitting):
        for value in two(operation, *values) if i == 0 else values[:1]:
            yield Bad(422, {"body": put(operation.body(), path, value, operation)}, "invalid")


@fault
def nul_and_its_kin_in_text(operation: Operation) -> Iterator[Bad]:
    yield from with_each(operation, "string", "a\x00b", "a\x1bb", "a\x9fb", "\u202eab")


@fault
def half_a_character_in_text(operation: Operation) -> Iterator[Bad]:
    yield from with_each(operation, "string", "a\ud800b", "\udfff")


@fault
def something_else_than_text(operation: Operation) -> Iterator[Bad]:
    yield from with_each(operation, "string", 1, True, 1.5, ["x"], {"x": "x"})


@fault
def endless_text(operation: Operation) -> Iterator[Bad]:
    yield from with_each(operation, "string", "x" * 100_000)


@fault
def something_else_than_a_whole_number(operation: Operation) -> Iterator[Bad]:
    yield from with_each(operation, "integer", 1.9, "1", True, [], 2**63, -(2**70), unless="string")


@fault
def an_exponent_for_a_whole_number(operation: Operation) -> Iterator[Bad]:
    if reads_json(operation):
        for path, schema in leaves(operation.body_schema, operation.document):
            if kinds(schema) & {"integer"}:
                body = json.dumps(put(operation.body(), path, "EXPONENT", operation))
                for written in two(operation, "1e2", "1.0", "1E+2", "9" * 5000, at=path):
                    sent = body.replace('"EXPONENT"', written).encode()
                    yield Bad(422, {"data": sent}, "invalid")


@fault
def a_decimal_that_is_not_plain(operation: Operation) -> Iterator[Bad]:
    if reads_json(operation):
        for path, schema in leaves(operation.body_schema, operation.document):
            if schema.get("format") == "decimal":
                forms = ("1e3", "NaN", " 1", "1.", ".5", "+1", "07", "1,0", "９", "1" * 40, 1)
                for value in two(operation, *forms, at=path):
                    body = put(operation.body(), path, value, operation)
                    yield Bad(422, {"body": body}, "invalid")


@fault
def a_day_or_instant_that_is_none(operation: Operation) -> Iterator[Bad]:
    if reads_json(operation):
        for path, schema in leaves(operation.body_schema, operation.document):
            if schema.get("format") in ("date", "date-time"):
                forms = ("2026-02-30", "0001-01-01", "12026-01-01", "2026-01-01T00:00:00+08:00")
                for value in two(operation, *forms, at=path):
                    body = put(operation.body(), path, value, operation)
                    yield Bad(422, {"body": body}, "invalid")


@fault
def a_bare_object_for_a_list(operation: Operation) -> Iterator[Bad]:
    if reads_json(operation):
        for name, inner in operation.body_schema.get("properties", {}).items():
            if "array" in kinds(inner):
                for value in two(operation, {}, "x", 1, [[]], ["x", 1, None], at=name):
                    yield Bad(422, {"body": {**operation.body(), name: value}}, "invalid")


# The query -----------------------------------------------------------------------------------


@fault
def an_unknown_key_in_the_query(operation: Operation) -> Iterator[Bad]:
    if operation.named("query"):
        query = [*operation.query(), ("unheard_of", "1")]
        yield Bad(422, {"query": query}, "invalid", at="unheard_of")


@fault
def a_key_of_the_query_twice(operation: Operation) -> Iterator[Bad]:
    for name, schema in operation.named("query").items():
        if "array" not in kinds(schema):
            yield Bad(422, {"query": [(name, "1"), (name, "1")]}, "invalid", at=name)


@fault
def a_cursor_that_we_did_not_write(operation: Operation) -> Iterator[Bad]:
    if "cursor" in operation.named("query"):
        for cursor in two(operation, "x", "A" * 60, "%00", "../..", "A" * 5000, "é"):
            query = [*operation.query(), ("cursor", cursor)]
            yield Bad(422, {"query": query}, "invalid", at="cursor")


@fault
def a_limit_out_of_bounds(operation: Operation) -> Iterator[Bad]:
    if "limit" in operation.named("query"):
        for limit in two(operation, "-1", "0", "101", "1.5", "1e1", "", "ten", "9" * 400):
            query = [*operation.query(), ("limit", limit)]
            yield Bad(422, {"query": query}, "invalid", at="limit")


@fault
def control_characters_in_the_query(operation: Operation) -> Iterator[Bad]:
    for name, schema in operation.named("query").items():
        if "string" in kinds(schema):
            query = [(k, v) for k, v in operation.query() if k != name]
            yield Bad(422, {"query": [*query, (name, "a\x00b")]}, "invalid", at=name)


# Path, method, asker -------------------------------------------------------------------------


@fault
def a_name_in_the_path_that_is_no_uuid(operation: Operation) -> Iterator[Bad]:
    for name, schema in operation.named("path").items():
        if schema.get("format") == "uuid":
            forms = ("x", "1", "00000000", "%00", "zzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz")
            for value in two(operation, *forms, at=name):
                yield Bad(404, {"given": {name: value}}, "not_found")


@fault
def control_characters_in_the_path(operation: Operation) -> Iterator[Bad]:
    for name in operation.named("path"):
        yield Bad(404, {"given": {name: "a%00b"}}, "not_found")


@fault
def a_method_that_the_path_does_not_know(operation: Operation) -> Iterator[Bad]:
    known = {m.upper() for m in operation.document["paths"][operation.path]} | {"OPTIONS", "HEAD"}
    for method in sorted({"GET", "POST", "PUT", "PATCH", "DELETE"} - known):
        yield Bad(
            405, {}, "method_not_allowed", method=method, must_say={"Allow": operation.method}
        )


@fault
def nobody(operation: Operation) -> Iterator[Bad]:
    if not operation.is_open:
        said = {"WWW-Authenticate": "Bearer"}
        yield Bad(401, {}, "unauthenticated", signed_in=False, must_say=said)
        for token in two(operation, "x", "x" * 43, "\u00e9"):
            headers = {"Authorization": f"Bearer {token}"}
            yield Bad(401, {"headers": headers}, "unauthenticated", signed_in=False)


@fault
def another_site(operation: Operation) -> Iterator[Bad]:
    if operation.method not in ("GET", "HEAD"):
        for headers in two(
            operation,
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"},
        ):
            sent = {**headers, "Cookie": f"{COOKIE}=TOKEN"}
            yield Bad(403, {"headers": sent}, "foreign_origin", signed_in=False)


# The walk ------------------------------------------------------------------------------------


def refusal(
    client: FlaskClient, operation: Operation, bad: Bad, who: SignedIn, language: str
) -> str | None:
    """Send a bad request; return what is wrong with the answer, or None."""
    headers = {"Accept-Language": language, **bad.request.get("headers", {})}
    if bad.signed_in:
        headers.update(who.headers)
    if headers.get("Cookie", "").endswith("TOKEN"):
        headers["Cookie"] = headers["Cookie"].replace("TOKEN", who.token)

    def send() -> TestResponse:
        if bad.method:
            return client.open(operation.address(), method=bad.method, headers=headers)
        return operation.send(client, **{**bad.request, "headers": headers})

    answer = send()
    if answer.status_code == 429:
        client.application.extensions["puhui.limits"].counter.forget()
        answer = send()
    told = answer.get_data(as_text=True)[:200]
    if answer.status_code != bad.status:
        return f"answers {answer.status_code} instead of {bad.status}: {told}"
    if answer.mimetype != "application/problem+json":
        return f"answers as {answer.mimetype}"
    problem = answer.json
    assert problem is not None
    if problem["status"] != bad.status or (bad.code and problem["code"] != bad.code):
        return f"answers with code {problem['code']} instead of {bad.code}"
    if bool(CHINESE.search(problem["title"])) != (language == "zh-CN"):
        return f"answers in the wrong language: {problem['title']}"
    if bad.at and bad.at not in {each["field"] for each in problem.get("errors", [])}:
        return f"does not name the field {bad.at}: {told}"
    for each in problem.get("errors", []):
        if bool(CHINESE.search(each["detail"])) != (language == "zh-CN"):
            return f"explains in the wrong language: {each['detail']}"
    for name, part in (bad.must_say or {}).items():
        if part not in answer.headers.get(name, ""):
            return f"does not say {name}: {part}"
    return None


@pytest.mark.parametrize("made", FAULTS, ids=lambda made: made.__name__)
def test_every_route_refuses(app: Flask, database: Engine, made: Fault) -> None:
    client = app.test_client(use_cookies=False)  # each request brings its own
    who = person("李雷", *((str(role), role) for role in Role if role is not Role.CITIZEN))
    wrong = [
        f"{operation} {what}"
        for operation in operations(app)
        # In turns: every fault is told in both languages, but not both at every route.
        for i, bad in enumerate(made(operation), start=crc32(str(operation).encode()))
        for language in [LANGUAGES[i % 2]]
        if (what := refusal(client, operation, bad, who, language))
    ]
    assert wrong == []


def test_an_unknown_address_is_a_problem_below_api_and_a_page_elsewhere(
    client: FlaskClient,
) -> None:
    assert client.get("/api/unheard-of").mimetype == "application/problem+json"
    assert client.get("/unheard-of").mimetype == "text/html"
    assert client.get("/api/unheard-of").status_code == 404
    assert client.get("/unheard-of").status_code == 404
