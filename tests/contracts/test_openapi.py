"""The committed OpenAPI document is the one that the code makes, and says the truth."""

import re
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from puhui.web.openapi import as_text
from tests.contracts.operations import operations

COMMITTED = Path(__file__).parents[2] / "docs" / "openapi.json"

UNDOCUMENTED = {"/api/openapi.json", "/api/docs", "/api/docs/swagger/<path:filename>"}
"""The document itself and the page that shows it."""


def test_the_committed_document_is_what_the_code_makes(app: Flask) -> None:
    made = as_text(app.extensions["flask-smorest"]["apis"][""]["ext_obj"])
    assert COMMITTED.read_text("utf-8") == made, "run: puhui openapi"


def test_what_is_served_is_what_is_committed(client: FlaskClient) -> None:
    answer = client.get("/api/openapi.json")
    assert answer.mimetype == "application/json"
    assert answer.get_data(as_text=True) == COMMITTED.read_text("utf-8")


def test_the_document_is_valid_openapi(client: FlaskClient) -> None:
    faults = OPENAPI_31_VALIDATOR.iter_errors(client.get("/api/openapi.json").json)
    assert [str(fault) for fault in faults] == []


def test_every_rule_below_api_is_documented(app: Flask) -> None:
    known = {operation.path for operation in operations(app)}
    rules = {rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api")}
    undocumented = {
        rule
        for rule in rules
        if re.sub(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>", r"{\1}", rule) not in known
    }
    assert undocumented == UNDOCUMENTED


def test_every_operation_has_a_name_of_its_own_and_says_what_it_does(app: Flask) -> None:
    names = [operation.said["operationId"] for operation in operations(app)]
    assert sorted(set(names)) == sorted(names)
    assert [str(each) for each in operations(app) if not each.said.get("summary")] == []


def test_every_operation_documents_its_refusals(app: Flask) -> None:
    wrong = []
    for operation in operations(app):
        said = {int(status) for status in operation.said["responses"]}
        needed = {429, 503}
        needed |= set() if operation.is_open else {401}
        needed |= {404} if operation.named("path") else set()
        needed |= {413, 415, 422} if operation.media_type else set()
        if not needed <= said or not any(200 <= status < 300 for status in said):
            wrong.append(f"{operation}: {sorted(needed - said)}")
    assert wrong == []


def test_decimals_are_documented_as_strings(app: Flask) -> None:
    for operation in operations(app)[:1]:
        for name, schema in operation.document["components"]["schemas"].items():
            for field, said in schema.get("properties", {}).items():
                assert said.get("type") not in ("number", ["number", "null"]), (name, field)
