"""Claim of a serial beside the commit it cannot do without; label page beside the bare server."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from uuid import uuid4

import psycopg

from puhui.db.session import connect, transaction
from puhui.footprint import service
from puhui.identity.installation import install as install_identity
from puhui.local.machine import free_port
from puhui.settings import Settings
from tests.bench.race import Result, Runner, Step, race
from tests.makers import footprint as make
from tests.makers.identity import person

NOON = datetime(2026, 3, 12, 4, tzinfo=UTC)
CLIENTS, EACH = 8, 1000


def races(settings: Settings) -> list[Result]:
    """Run the races of footprint."""
    return claims(settings) + label_page(settings)


def claims(settings: Settings) -> list[Result]:
    """A buyer claims a sold serial, once."""
    dsn = settings.database_url.replace("postgresql+psycopg", "postgresql")
    engine = connect(settings.database_url, pool_size=5)
    install_identity(settings)
    maker = make.mill()
    # Two sets: the race runs with one client and then with eight, and a serial is claimed once.
    stock = [make.serials(maker, NOON, EACH) for _ in range(CLIENTS + 3)]
    buyers = [person(f"买家{number}") for number in range(CLIENTS)]
    engine.dispose()
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS bench_floor (id uuid PRIMARY KEY)")
        connection.execute("CREATE TABLE IF NOT EXISTS bench_unit (id uuid PRIMARY KEY, who uuid)")

    def one_row(_: int) -> Step:
        connection = psycopg.connect(dsn, autocommit=True)
        return lambda: connection.execute("INSERT INTO bench_floor VALUES (%s)", (uuid4(),))

    def bare(_: int) -> Step:
        """The least claim: lock a unit, mark it, leave a message."""
        connection = psycopg.connect(dsn, prepare_threshold=1)
        ours = uuid4()

        def step() -> None:
            unit = uuid4()
            connection.execute("INSERT INTO bench_unit VALUES (%s, NULL)", (unit,))
            connection.execute("SELECT who FROM bench_unit WHERE id = %s FOR UPDATE", (unit,))
            connection.execute("UPDATE bench_unit SET who = %s WHERE id = %s", (ours, unit))
            connection.execute("INSERT INTO bench_floor VALUES (%s)", (uuid4(),))
            connection.commit()

        return step

    def claim(lots: list[list[make.Printed]]) -> object:
        def prepare(number: int) -> Step:
            connect(settings.database_url, pool_size=1)
            waiting = [serial for lot in lots[number::CLIENTS] for serial in lot]
            at = [NOON + timedelta(days=30_000 if len(lots) > 1 else 0)]

            def step() -> None:
                serial = waiting.pop()
                at[0] += timedelta(days=1)  # nobody claims more than a few a day
                with transaction() as session:
                    outcome = service.claim_serial(
                        session,
                        buyers[number].actor,
                        serial.token,
                        serial.pin,
                        make.PEPPER,
                        at[0],
                    )
                assert isinstance(outcome, service.Claimed), outcome

            return step

        return prepare

    results = []
    for clients, lots in ((1, stock[CLIENTS:]), (CLIENTS, stock[:CLIENTS])):
        # One client draws on all its lots, eight on one each.
        own = [[serial for lot in lots for serial in lot]] if clients == 1 else lots
        results += race(
            "claim of a serial",
            [
                Runner("one durable row (commit floor)", one_row),
                Runner("least claim, bare driver", bare),
                Runner("footprint.claim_serial", claim(own)),  # type: ignore[arg-type]
            ],
            clients=(clients,),
            seconds=0.8,
        )
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("DROP TABLE bench_floor, bench_unit")
    return results


def label_page(settings: Settings) -> list[Result]:
    """A reader opens a label: the same server, with nothing behind it and with the product."""
    engine = connect(settings.database_url, pool_size=5)
    install_identity(settings)
    now = datetime.now(UTC)
    code = make.label(make.mill(), now).code
    unit = make.serials(make.mill(), now)[0].token
    engine.dispose()
    with _served("puhui.serve", replace(settings, secret=make.PEPPER), {}) as product:
        _get(product, f"/L/{unit}")
        page = _get(product, f"/l/{code}")
        body = Path(settings.data_dir) / "bytes" / "label.html"
        body.parent.mkdir(exist_ok=True)
        body.write_bytes(page)
        with _served("tests.bench.bare_server", settings, {"BENCH_BODY": str(body)}) as floor:

            def asking(port: int, path: str, headers: dict[str, str]) -> object:
                def prepare(_: int) -> Step:
                    connection = HTTPConnection("127.0.0.1", port)

                    def step() -> None:
                        connection.request("GET", path, headers=headers)
                        connection.getresponse().read()

                    return step

                return prepare

            return race(
                "label page",
                [
                    Runner("the same bytes, bare WSGI (floor)", asking(floor, "/", {})),  # type: ignore[arg-type]
                    Runner("the same bytes, static file", asking(floor, "/files/label.html", {})),  # type: ignore[arg-type]
                    Runner("label page", asking(product, f"/l/{code}", {})),  # type: ignore[arg-type]
                    Runner("label page of a unit", asking(product, f"/L/{unit}", {})),  # type: ignore[arg-type]
                    Runner("label page, nothing kept", asking(product, f"/l/{code}?a", {})),  # type: ignore[arg-type]
                ],
            )


@contextmanager
def _served(module: str, settings: Settings, more: dict[str, str]) -> Iterator[int]:
    port = free_port(18000)
    environment = {
        **os.environ,
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "PUHUI_SECRET": settings.secret,
        "PUHUI_DATA": str(settings.data_dir),
        "PUHUI_LOCAL": "1",
        "PUHUI_BASE_URL": f"http://127.0.0.1:{port}",
        "PUHUI_PORT": str(port),
        "PUHUI_METRICS_PORT": str(free_port(port + 1)),
        "PYTHONPATH": os.pathsep.join(sys.path),
        **more,
    }
    server = subprocess.Popen(
        [sys.executable, "-m", module],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(120):
            try:
                _get(port, "/livez")
                break
            except OSError:
                time.sleep(0.5)
        yield port
    finally:
        server.terminate()
        server.wait(30)


def _get(port: int, path: str) -> bytes:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    response = connection.getresponse()
    found = response.read()
    assert response.status == 200, (response.status, found[:200])
    return found
