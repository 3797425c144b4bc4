"""The web server: processes that serve the application, and one port of numbers about them."""

import multiprocessing
import os
import signal
import tempfile
from collections.abc import Iterator

import structlog
from flask import Flask
from granian.constants import HTTPModes, Interfaces
from granian.server import Server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from puhui import logs
from puhui.credits.paying.installation import install as install_paying
from puhui.db.session import connect, snapshot
from puhui.identity.installation import install as install_identity
from puhui.kernel.clock import now
from puhui.kernel.garbage import none_at_start
from puhui.local.process import die_with
from puhui.outbox import queries as outbox
from puhui.outbox.bell import Bell
from puhui.outbox.service import hang_bell
from puhui.register.queries import size
from puhui.rights.installation import install as install_rights
from puhui.settings import from_environment
from puhui.startup import check
from puhui.web import metrics

THREADS = 4  # in each process; one database connection each, and one to spare
LONGEST_REQUEST = 25  # seconds that a request may still take once we are told to stop

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


def application() -> Flask:
    """Build the application that the environment describes, in the process that will serve it."""
    logs.configure()
    parent = multiprocessing.parent_process()
    if parent is not None and parent.pid is not None:
        die_with(parent.pid, signal.SIGTERM)
    settings = from_environment()
    connect(settings.database_url, pool_size=THREADS + 1)
    hang_bell(Bell(settings.redis_url).ring)
    install_identity(settings)
    install_rights(settings)
    install_paying(settings)
    with none_at_start():
        # Imported here: the process that watches over the others needs no application.
        from puhui.app import create_app

        return create_app(settings)


class BooksCollector(Collector):
    """Numbers that the database knows, asked for at each scrape."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield them; none while the database does not answer."""
        try:
            with snapshot() as session:
                state = outbox.backlog(session, now())
                entries = size(session)
        except SQLAlchemyError:
            log.warning("metrics.database_absent")
            return
        for name, says, value in (
            ("puhui_outbox_due", "Messages that wait to be dealt with.", state.due),
            ("puhui_outbox_parked", "Messages given up on, for a person to see.", state.parked),
            ("puhui_outbox_oldest_seconds", "How long the oldest has waited.", state.oldest_s),
            ("puhui_register_entries", "Entries in the public register.", entries),
        ):
            yield GaugeMetricFamily(name, says, value)


def main() -> None:
    """Serve until SIGTERM or SIGINT; requests that run are finished first."""
    logs.configure()
    settings = from_environment()
    check(settings)
    # A fresh interpreter for each process: this one has threads and a database connection.
    multiprocessing.set_start_method("spawn")
    with tempfile.TemporaryDirectory(prefix="puhui-metrics-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        connect(settings.database_url, pool_size=1)
        metrics.expose(settings.metrics_port, settings.host, BooksCollector())
        Server(
            "puhui.serve:application",
            factory=True,
            address=settings.host,
            port=settings.port,
            interface=Interfaces.WSGI,
            http=HTTPModes.http1,
            websockets=False,
            workers=settings.web_processes,
            blocking_threads=THREADS,
            respawn_failed_workers=True,
            workers_kill_timeout=LONGEST_REQUEST,
            log_dictconfig={"handlers": {}, "formatters": {}, "loggers": {"_granian": {}}},
        ).serve()


if __name__ == "__main__":
    main()
