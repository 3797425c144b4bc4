"""The two blocks in which edges open a session.

`transaction()` for edges that write, `snapshot()` for those that only read. They appear in
`api`, `pages`, `jobs`, `commands` and the composition roots, nowhere else: services take the
session as an argument and never commit. A block closes, and so commits, before the view
returns, so that a failure to commit still gets an honest status.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

from puhui.db import reader

LONGEST_TRUST = 1.0
"""Seconds after which a connection that nobody used is asked whether it still works."""

_sessions: sessionmaker[Session] | None = None


def connect(url: str, *, pool_size: int = 5) -> Engine:
    """Bind this process to the database at `url` and return its engine.

    Called once by a composition root. `pool_size` is the number of connections kept and the
    most that are used at once: waiting is cheaper here than inside PostgreSQL.
    """
    global _sessions
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        # The connection used last is used next: its plans are warm.
        pool_use_lifo=True,
        # An error ends in the log, where nobody's data belong.
        hide_parameters=True,
        connect_args={"options": "-c timezone=UTC -c lock_timeout=5s"},
    )
    _ask_the_rested(engine)
    _sessions = sessionmaker(engine, expire_on_commit=False)
    reader.bind(url)
    return engine


def _ask_the_rested(engine: Engine) -> None:
    """Ask a connection that has rested whether its server is still there, and replace it if not.

    `pool_pre_ping` asks every time, which is a round trip for each transaction of a busy process.
    One that worked within the last second is trusted. It may be gone all the same, as any may go in
    the middle of a transaction: then a request is answered with 503, and the worker tries again.
    """

    @event.listens_for(engine, "checkin")
    def lay_down(_connection: Any, record: ConnectionPoolEntry) -> None:
        record.info["rests_since"] = monotonic()

    @event.listens_for(engine, "checkout")
    def take_up(connection: Any, record: ConnectionPoolEntry, _fairy: Any) -> None:
        if monotonic() - record.info.get("rests_since", monotonic()) < LONGEST_TRUST:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as gone:
            # Those that rest beside it are as old: none of them is asked one by one.
            raise InvalidatePoolError from gone


def _new_session() -> Session:
    assert _sessions is not None, "no composition root has called connect()"
    return _sessions()


@contextmanager
def transaction() -> Iterator[Session]:
    """Open the one transaction of an edge that writes; commit it at the end of the block.

    What was registered with `after_commit` runs once the commit has succeeded, and never if
    it has not.
    """
    with _new_session() as session:
        with session.begin():
            yield session
        for effect in session.info.pop("after_commit", {}).values():
            effect()


@contextmanager
def snapshot() -> Iterator[Session]:
    """Open one read-only view of the database, the same from first to last query."""
    with _new_session() as session:
        # Said in the BEGIN that there is anyway, and taken back when the connection is.
        session.connection(
            execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        )
        yield session
        # What has been read may be used after the block; a rollback would make it unreadable.
        session.expunge_all()
        session.rollback()


def after_commit(session: Session, name: str, effect: Callable[[], None]) -> None:
    """Run `effect` once when the session's transaction has committed; once per `name`."""
    session.info.setdefault("after_commit", {})[name] = effect
