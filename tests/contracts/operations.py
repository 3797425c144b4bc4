"""Every JSON operation of the application, and a request that it would read, made from what the
OpenAPI document says of it. New routes are covered without a line here."""

import json
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient
from hypothesis import find, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

CANDIDATES = (
    *("x", "1", "A1", "a.1", "竹", "350721", "12.5", "2026", "abc@1", "0", "x" * 16),
    *("0" * 10, "0" * 64, "accepted"),
)


@dataclass(frozen=True)
class Operation:
    """One method at one path."""

    method: str
    path: str
    said: Mapping[str, Any]
    document: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def is_open(self) -> bool:
        return {} in self.said["security"]

    @cached_property
    def parameters(self) -> list[dict[str, Any]]:
        """What it reads from path, query and headers."""
        common = self.document["paths"][self.path].get("parameters", [])
        return [_resolved(p, self.document) for p in [*common, *self.said.get("parameters", [])]]

    def named(self, place: str) -> dict[str, dict[str, Any]]:
        """The schemas of the parameters in `place`, by name."""
        return {
            p["name"]: _resolved(p["schema"], self.document)
            for p in self.parameters
            if p["in"] == place
        }

    @cached_property
    def media_type(self) -> str | None:
        """The type of the body that it reads, if it reads one."""
        content = self.said.get("requestBody", {}).get("content", {})
        return next(iter(content), None)

    @cached_property
    def body_schema(self) -> dict[str, Any]:
        content = self.said["requestBody"]["content"][self.media_type]
        return _resolved(content["schema"], self.document)

    def address(self, **given: object) -> str:
        """Its path, with `given` or fitting values in the places of its parameters."""
        values = {
            name: sample(schema, self.document) for name, schema in self.named("path").items()
        }
        return self.path.format(**{**values, **given})

    def query(self) -> list[tuple[str, str]]:
        """A query with what it requires and nothing else."""
        return [
            (p["name"], str(sample(_resolved(p["schema"], self.document), self.document)))
            for p in self.parameters
            if p["in"] == "query" and p.get("required")
        ]

    def headers(self) -> dict[str, str]:
        """The headers that it requires."""
        return {
            p["name"]: str(sample(p["schema"], self.document))
            for p in self.parameters
            if p["in"] == "header" and p.get("required")
        }

    def body(self) -> Any:
        """A body that its schema takes."""
        return sample(self.body_schema, self.document)

    def send(
        self,
        client: FlaskClient,
        *,
        body: Any = ...,
        data: bytes | None = None,
        media_type: str | None = None,
        query: list[tuple[str, str]] | None = None,
        headers: Mapping[str, str] = {},
        given: Mapping[str, object] = {},
    ) -> TestResponse:
        """Send it; whatever is not said is as the document wants it."""
        address = self.address(**given)
        asked = self.query() if query is None else query
        options: dict[str, Any] = {"headers": {**self.headers(), **headers}}
        if self.media_type is not None or data is not None or body is not ...:
            kind = media_type or self.media_type or "application/json"
            if data is not None:
                options.update(data=data, content_type=kind)
            elif kind == "application/json":
                value = self.body() if body is ... else body
                options.update(data=json.dumps(value).encode(), content_type=kind)
            elif kind == "multipart/form-data":
                options.update(data=self._parts(), content_type=kind)
            else:
                options.update(data=b"x", content_type=kind)
        return client.open(
            f"{address}?{urlencode(asked)}" if asked else address, method=self.method, **options
        )

    def _parts(self) -> dict[str, Any]:
        from io import BytesIO

        parts: dict[str, Any] = {}
        for name, schema in self.body_schema.get("properties", {}).items():
            schema = _resolved(schema, self.document)
            if schema.get("format") == "binary":
                parts[name] = (BytesIO(b"not a file of any kind"), "x.bin")
            elif name in self.body_schema.get("required", []):
                parts[name] = str(sample(schema, self.document))
        return parts


@cache
def operations(app: Flask) -> list[Operation]:
    """Return every operation that the document of `app` names."""
    document = app.extensions["flask-smorest"]["apis"][""]["ext_obj"].spec.to_dict()
    return [
        Operation(method.upper(), path, said, document)
        for path, methods in sorted(document["paths"].items())
        for method, said in methods.items()
        if method != "parameters"
    ]


def sample(schema: Mapping[str, Any], document: Mapping[str, Any]) -> Any:
    """Return a value that `schema` takes: its example, or the simplest we can make."""
    schema = _resolved(schema, document)
    if "examples" in schema:
        return deepcopy(schema["examples"][0])
    if "example" in schema:
        return deepcopy(schema["example"])
    if "enum" in schema:
        return schema["enum"][0]
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            return sample(schema[choice][0], document)
    if "allOf" in schema:
        return sample(schema["allOf"][0], document)
    kind = schema.get("type", "object")
    kind = kind[0] if isinstance(kind, list) else kind
    match kind:
        case "object":
            return {
                name: sample(inner, document)
                for name, inner in schema.get("properties", {}).items()
                if name in schema.get("required", [])
            }
        case "array":
            return [sample(schema["items"], document) for _ in range(schema.get("minItems", 0))]
        case "integer" | "number":
            return max(schema.get("minimum", 1), min(1, schema.get("maximum", 1)))
        case "boolean":
            return True
        case "null":
            return None
    match schema.get("format"):
        case "uuid":
            return str(uuid4())
        case "date":
            return "2026-03-12"
        case "date-time":
            return "2026-03-12T04:00:00Z"
    return _text(schema.get("pattern", ""), schema.get("minLength", 0))


@cache
def _text(pattern: str, least: int) -> str:
    shape = re.compile(pattern)
    for candidate in CANDIDATES:
        if len(candidate) >= least and shape.search(candidate):
            return candidate
    return find(
        st.from_regex(shape, fullmatch=True),
        lambda text: len(text) >= least,
        settings=settings(database=None, derandomize=True),
    )


def _resolved(schema: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        found: Any = document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        schema = found
    return dict(schema)


def leaves(
    schema: Mapping[str, Any], document: Mapping[str, Any], path: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], dict[str, Any]]]:
    """Yield the way to every single value of an object, with its schema; lists by their first."""
    schema = _resolved(schema, document)
    if "properties" in schema:
        for name, inner in schema["properties"].items():
            yield from leaves(inner, document, (*path, name))
    elif "items" in schema:
        yield from leaves(schema["items"], document, (*path, 0))
    elif path:
        yield path, schema


def put(value: Any, path: tuple[str | int, ...], what: Any, operation: Operation) -> Any:
    """Return a copy of `value` with `what` at `path`, making what is not there on the way."""
    value = deepcopy(value)
    here, schema = value, operation.body_schema
    for step, following in zip(path, [*path[1:], None], strict=True):
        schema = _resolved(
            schema["items"] if isinstance(step, int) else schema["properties"][step],
            operation.document,
        )
        if following is None:
            if isinstance(step, int) and len(here) <= step:
                here.append(what)
            else:
                here[step] = what
            break
        if isinstance(step, int):
            if len(here) <= step:
                here.append(sample(schema, operation.document))
        elif not here.get(step):
            here[step] = [] if "items" in schema else sample(schema, operation.document)
        here = here[step]
    return value


def kinds(schema: Mapping[str, Any]) -> set[str]:
    """Return the JSON types that a schema takes."""
    kind = schema.get("type", [])
    return {kind} if isinstance(kind, str) else set(kind)
