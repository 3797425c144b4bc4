"""Real servers, a database built by migrating, an application, and a few people.

The servers start once for a run. Each test finds an empty database and leaves whatever it likes.
"""

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
import structlog
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url

from puhui.app import create_app
from puhui.credits.paying.installation import install as install_paying
from puhui.db import migrate
from puhui.db.session import connect
from puhui.evidence.store import keep_in
from puhui.footprint.installation import install as install_footprint
from puhui.identity.installation import install as install_identity
from puhui.kernel import clock
from puhui.local import Servers
from puhui.outbox.service import drain
from puhui.register.signer import current_signer, open_signer, use_signer
from puhui.rights.installation import install as install_rights
from puhui.settings import Settings
from puhui.subscriptions import PERIODIC, SUBSCRIPTIONS

NOON = datetime(2026, 3, 12, 4, 0, tzinfo=UTC)
"""Noon of Arbor Day 2026 in Fujian."""


def pytest_collection_finish() -> None:
    """Log plainly; look for rubbish again, but not among what is there now."""
    # A traceback with frames and colours takes 88 ms, a plain one half of one, and few are read.
    plainly = structlog.dev.ConsoleRenderer(
        colors=False, exception_formatter=structlog.dev.plain_traceback
    )
    structlog.configure(processors=[structlog.processors.add_log_level, plainly])
    gc.freeze()
    gc.enable()
    gc.set_threshold(100_000, 20, 100)


MEMORY = Path("/dev/shm")
ROOM = 2 * 2**30
"""Bytes: what the servers of one test process may come to need, many times over."""


def place_for_servers() -> Path | None:
    """Where test servers keep their files: in memory where there is room, else on disk.

    They call fsync all the same; what is tested after a crash is killed as a process, and memory
    survives that. Only a loss of power would tell the two apart.
    """
    roomy = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    return MEMORY if roomy else None


@pytest.fixture(scope="session")
def servers() -> Iterator[tuple[str, str]]:
    """URLs of a real PostgreSQL and a real Redis-compatible server, for the whole run."""
    if "DATABASE_URL" in os.environ and "REDIS_URL" in os.environ:
        yield os.environ["DATABASE_URL"], os.environ["REDIS_URL"]
        return
    with ExitStack() as stack:
        folder = stack.enter_context(
            TemporaryDirectory(prefix="puhui-", dir=place_for_servers(), ignore_cleanup_errors=True)
        )
        running = stack.enter_context(Servers(Path(folder)))
        yield running.database_url, running.redis_url


@pytest.fixture(scope="session")
def settings(servers: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of an installation of its own, on a freshly migrated database."""
    url = make_url(servers[0])
    name = f"puhui_test_{os.getpid()}"
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    database_url = url.set(database=name).render_as_string(hide_password=False)
    migrate.upgrade(database_url)
    return Settings(
        database_url=database_url,
        redis_url=servers[1],
        secret="a secret that only this test run knows, 32+",
        data_dir=tmp_path_factory.mktemp("data"),
        base_url="http://localhost",
        local=True,
        password_memory_kib=64,
        password_passes=1,
        limit_signed_in="100000/minute",
        limit_public="100000/minute",
    )


@pytest.fixture(scope="session")
def engine(settings: Settings) -> Iterator[Engine]:
    """The engine that `transaction()` and `snapshot()` use in tests."""
    bound = connect(settings.database_url, pool_size=20)
    use_signer(open_signer(settings))
    keep_in(settings.data_dir)
    install_footprint(settings)
    install_identity(settings)
    install_rights(settings)
    install_paying(settings)
    yield bound
    _broom(settings.database_url).close()
    bound.dispose()


@cache
def _broom(url: str) -> psycopg.Connection:
    """A connection for which no trigger and no foreign key counts, with a way to delete all rows.

    It stays open and goes its way again and again: planning it costs twenty times as much, and
    whoever switches triggers off loses every plan that the connection had.
    """
    connection = psycopg.connect(
        make_url(url).set(drivername="postgresql").render_as_string(hide_password=False),
        options="-c session_replication_role=replica",
        autocommit=True,
    )
    tables = connection.execute(
        "SELECT format('%I', relname) FROM pg_class"
        " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        " AND relname <> 'alembic_version'"
    ).fetchall()
    sweeps = " ".join(f"DELETE FROM public.{table};" for (table,) in tables)
    connection.execute(
        f"CREATE PROCEDURE pg_temp.sweep() LANGUAGE plpgsql AS $sweep$ BEGIN {sweeps} END $sweep$"
    )
    return connection


def empty_database(engine: Engine) -> None:
    """Take every row out of every table of ours, append-only ones included."""
    _broom(engine.url.render_as_string(hide_password=False)).execute("CALL pg_temp.sweep()")
    # The signer remembers what the database has just forgotten, and would refuse to go on.
    if (signer := current_signer()) is not None:
        signer.last_signed_file.unlink(missing_ok=True)


@pytest.fixture
def database(engine: Engine) -> Engine:
    """An empty database."""
    empty_database(engine)
    return engine


@pytest.fixture
def noon() -> Iterator[datetime]:
    """Stop the clock at noon of Arbor Day."""
    with clock.stopped(NOON):
        yield NOON


@pytest.fixture(scope="session")
def app(settings: Settings, engine: Engine) -> Flask:
    """The application, on the test database."""
    return create_app(settings)


@pytest.fixture
def client(app: Flask, database: Engine) -> FlaskClient:
    """A client without a session, on an empty database; nobody has asked too often yet."""
    app.extensions["puhui.limits"].counter.forget()
    return app.test_client()


@pytest.fixture
def settle(database: Engine) -> Callable[[], None]:
    """Run what waits to the end: messages, then the clock's work; give up after a few rounds."""
    from puhui.db.session import transaction

    def run() -> None:
        drain(SUBSCRIPTIONS, clock.now)
        for _ in range(5):
            # The clock gives each its own transaction; one for all is quicker. What the last of
            # them signs has to be committed before.
            for works in (PERIODIC[:-1], PERIODIC[-1:]):
                with transaction() as session:
                    for _, work in works:
                        work(session, clock.now())
            if not drain(SUBSCRIPTIONS, clock.now):
                return
        raise AssertionError("messages keep coming")

    return run
