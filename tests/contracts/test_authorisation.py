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

TABLE: dict[str, Row] = {}
for _, _name, _ in iter_modules(authorisation.__path__):
    _rows = import_module(f"{authorisation.__name__}.{_name}").ROWS
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


def declared(app: Flask) -> list[tuple[Operation, Row]]:
    return [(op, TABLE[str(op)]) for op in operations(app) if str(op) in TABLE]


def lets_in(row: Row, role: Role | None) -> bool:
    return row.is_open or (role is not None and (row.roles is None or role in row.roles))


def quietly(app: Flask, role: Role | None) -> list[tuple[Operation, Row]]:
    """Return all rows, those last that may change something: the others share one world."""
    return sorted(
        declared(app), key=lambda each: each[0].method != "GET" and lets_in(each[1], role)
    )


def test_nobody_gets_in_without_signing_in_where_that_is_asked(
    app: Flask, client: FlaskClient
) -> None:
    wrong, world = [], World()
    for operation, row in quietly(app, None):
        # Whoever has not signed in is turned away before anything is looked up.
        answer = operation.send(client, given=world.given(row) if row.is_open else {})
        status = answer.status_code
        if operation.method != "GET" and status < 400:
            world.forget()
        if (status == 401) == row.is_open or status >= 500:
            wrong.append(f"{operation} answers nobody with {status}")
    assert wrong == []


class World:
    """What rows need to exist, and who asks; made anew after each write that was let in."""

    def __init__(self, roles: tuple[tuple[str, Role], ...] = ()) -> None:
        self.roles = roles
        self.forget()

    def forget(self) -> None:
        """Make everything anew from here on."""
        self.made: dict[Callable[[], Mapping[str, object]], Mapping[str, object]] = {}
        self.asker: SignedIn | None = None

    def given(self, row: Row) -> Mapping[str, object]:
        """Return what the row needs, made at most once between two writes."""
        if row.given not in self.made:
            self.made[row.given] = row.given()
        return self.made[row.given]

    @property
    def who(self) -> SignedIn:
        """The one who asks."""
        if self.asker is None:
            self.asker = person("韩梅梅", *self.roles)
        return self.asker

    def ask(self, client: FlaskClient, operation: Operation, row: Row) -> TestResponse:
        """Send the operation as the asker."""
        answer = operation.send(client, headers=self.who.headers, given=self.given(row))
        if operation.method != "GET" and answer.status_code < 400:
            self.forget()
        return answer


@pytest.mark.parametrize("role", Role)
def test_a_role_is_let_in_exactly_where_the_table_says(
    app: Flask, client: FlaskClient, role: Role
) -> None:
    world = World(() if role is Role.CITIZEN else (("常口村", role),))
    wrong = []
    for operation, row in quietly(app, role):
        answer = world.ask(client, operation, row)
        status = answer.status_code
        # A 403 with a name of its own is a refusal of the matter, not of the role.
        refused = status == 401 or (status == 403 and answer.json["code"] == "forbidden")
        right = not refused if lets_in(row, role) else refused or status == 404
        if not right or status >= 500:
            wrong.append(f"{operation} answers {role} with {status} {answer.data.decode()[:200]}")
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
