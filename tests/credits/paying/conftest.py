"""The application on a port of its own, and a payment gateway that speaks to it."""

from collections.abc import Callable, Iterator
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy import Engine
from werkzeug.serving import make_server

from puhui.credits import jobs as credits
from puhui.credits.paying import jobs
from puhui.db.session import transaction
from puhui.kernel import clock
from puhui.outbox.service import drain
from puhui.subscriptions import SUBSCRIPTIONS
from tests.makers.gateway import Twin, connected, twin_at


@pytest.fixture(scope="session")
def running_twin(app: Flask) -> Iterator[Twin]:
    """A twin, for the whole run, and the application that it tells."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    with twin_at(f"http://127.0.0.1:{server.server_port}") as twin:
        yield twin
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def twin(running_twin: Twin, database: Engine) -> Iterator[Twin]:
    """The twin, connected and without orders, on an empty database."""
    with connected(running_twin) as found:
        yield found


@pytest.fixture
def settle(database: Engine) -> Callable[[], None]:
    """Run what waits, then what the clock does for money, then what came of that."""

    def run() -> None:
        drain(SUBSCRIPTIONS, clock.now)
        for work in (credits.expire_due, jobs.check_orders, jobs.forget):
            with transaction() as session:
                work(session, clock.now())
        drain(SUBSCRIPTIONS, clock.now)

    return run
