"""One row at a time, on connections of their own, for answers that must cost next to nothing.

A session opens a transaction, sets it up, asks and ends it: five round trips to read one row. This
asks in one. It is for single statements that read; whatever belongs together belongs in a session.
"""

import atexit
from collections import deque
from collections.abc import Mapping
from typing import Any, LiteralString

import psycopg
from sqlalchemy.engine import make_url

MOST_IDLE = 8
"""Connections that wait for the next question; as many as a process has threads, and to spare."""

_idle: deque[tuple[str, "psycopg.Connection[Any]"]] = deque()
_address: str | None = None


def bind(url: str) -> None:
    """Read from the database at `url`, a SQLAlchemy URL, from now on."""
    global _address
    _address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def first_row(statement: LiteralString, values: Mapping[str, object]) -> tuple[Any, ...] | None:
    """Return the first row that a statement reads, as of now; None if there is none.

    Raises:
        psycopg.OperationalError: the database does not answer.
    """
    assert _address is not None, "no composition root has called connect()"
    address, connection = _take(_address)
    try:
        try:
            row = connection.execute(statement, values, binary=True).fetchone()
        except psycopg.OperationalError:
            # The server may have been started anew since this connection was last used.
            connection.close()
            connection = _open(address)
            row = connection.execute(statement, values, binary=True).fetchone()
    except BaseException:
        connection.close()
        raise
    if len(_idle) < MOST_IDLE:
        _idle.append((address, connection))
    else:
        connection.close()
    return row


@atexit.register
def close() -> None:
    """Close the connections that wait."""
    while _idle:
        _idle.pop()[1].close()


def _take(address: str) -> tuple[str, "psycopg.Connection[Any]"]:
    while _idle:
        try:
            found = _idle.pop()
        except IndexError:
            break
        if found[0] == address and not found[1].closed:
            return found
        found[1].close()
    return address, _open(address)


def _open(address: str) -> "psycopg.Connection[Any]":
    return psycopg.connect(
        address,
        autocommit=True,
        prepare_threshold=1,
        options="-c timezone=UTC -c default_transaction_read_only=on -c statement_timeout=5s",
    )
