"""Every route, asked by every role, against one declared table."""

from collections.abc import Callable, Mapping
from importlib import import_module
from pkgutil import iter_modules

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from puhui.kernel.actor import Role
from tests.contracts import authorisation
from tests.contracts.authorisation import Row
from tests.contracts.operations import Operation, operations
from tests.makers.identity import SignedIn, person

PACKAGES: dict[str, Mapping[str, Row]] = {
    name: import_module(f"{authorisation.__name__}.{name}").ROWS
    for _, name, _ in iter_modules(authorisation.__path__)
}
TABLE: dict[str, Row] = {}
for _name, _rows in PACKAGES.items():
    assert not TABLE.keys() & _rows.keys(), f"{_name} repeats rows"
    TABLE |= _rows


def test_every_operation_has_a_row_and_every_row_an_operation(app: Flask) -> None:
    known = {str(operation) for operation in operations(app)}
    assert sorted(known - TABLE.keys()) == [], "add them to tests/contracts/authorisation/"
    assert sorted(TABLE.keys() - known) == []


def test_the_document_says_open_of_what_is_open(app: Flask) -> None:
    wrong = [
        str(operation)
        for operation in operations(app)
        if str(operation) in TABLE and operation.is_open != TABLE[str(operation)].is_open
    ]
    assert wrong == []


def declared(app: Flask, rows: Mapping[str, Row] = TABLE) -> list[tuple[Operation, Row]]:
    """Return the operations that have one of these rows, those last that may change something."""
    found = [(op, rows[str(op)]) for op in operations(app) if str(op) in rows]
    return sorted(found, key=lambda each: each[0].method != "GET")


class World:
    """What rows need to exist, and who asks: anew after each write that was let in."""

    def __init__(self) -> None:
        self.made: dict[Callable[[], Mapping[str, object]], Mapping[str, object]] = {}
        self.askers: dict[Role, SignedIn] = {}

    def given(self, row: Row) -> Mapping[str, object]:
        """Return what the row needs, made at most once between two writes."""
        if row.given not in self.made:
            self.made[row.given] = row.given()
        return self.made[row.given]

    def who(self, role: Role) -> SignedIn:
        """Return somebody of 常口村 who has this role and no other."""
        if role not in self.askers:
            roles = () if role is Role.CITIZEN else (("常口村", role),)
            self.askers[role] = person("韩梅梅", *roles)
        return self.askers[role]

    def ask(
        self, client: FlaskClient, operation: Operation, row: Row, role: Role | None
    ) -> TestResponse:
        """Send the operation as somebody of this role, or as nobody."""
        # Whoever has not signed in is turned away before anything is looked up.
        given = {} if role is None and not row.is_open else self.given(row)
        headers = {} if role is None else self.who(role).headers
        answer = operation.send(client, headers=headers, given=given)
        if operation.method != "GET" and answer.status_code < 400:
            # Whoever wrote may have written about themselves: signed out, left, or been erased.
            self.made.clear()
            self.askers.pop(role, None)
        return answer


def lets_in(row: Row, role: Role | None) -> bool:
    return row.is_open or (role is not None and (row.roles is None or role in row.roles))


def is_right(answer: TestResponse, row: Row, role: Role | None) -> bool:
    status = answer.status_code
    if role is None:
        return status < 500 and (status == 401) != row.is_open
    # A 403 with a name of its own is a refusal of the matter, not of the role.
    refused = status == 401 or (status == 403 and answer.json["code"] == "forbidden")
    return status < 500 and (not refused if lets_in(row, role) else refused or status == 404)


@pytest.mark.parametrize("package", PACKAGES)
def test_each_role_is_let_in_exactly_where_the_table_says(
    app: Flask, client: FlaskClient, package: str
) -> None:
    world, wrong = World(), []
    for operation, row in declared(app, PACKAGES[package]):
        # Those who are let in come last: until then nothing has changed.
        for role in sorted((None, *Role), key=lambda role, row=row: lets_in(row, role)):
            answer = world.ask(client, operation, row, role)
            if not is_right(answer, row, role):
                told = f"{answer.status_code} {answer.data.decode()[:200]}"
                wrong.append(f"{operation} answers {role or 'nobody'} with {told}")
    assert wrong == []


def test_what_is_anothers_looks_like_what_does_not_exist(app: Flask, client: FlaskClient) -> None:
    def told(answer: TestResponse) -> dict[str, object]:
        return {k: v for k, v in answer.json.items() if k not in ("instance", "request_id")}

    wrong, tried = [], 0
    for operation, row in declared(app):
        for role in sorted(row.roles or ()) if row.theirs else ():
            tried += 1
            stranger = person("韩梅梅", ("另一个村", role))
            theirs = operation.send(client, headers=stranger.headers, given=row.given())
            nothing = operation.send(client, headers=stranger.headers)
            if theirs.status_code != 404 or told(theirs) != told(nothing):
                wrong.append(f"{operation} answers a strange {role} with {theirs.data.decode()}")
    assert tried
    assert wrong == []
