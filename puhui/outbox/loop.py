"""The worker's loop: what Redis rings for, and what the clock asks for.

Redis can make it look at the outbox and nothing else: whoever writes into Redis must not be
able to run anything here.
"""

import signal
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from threading import Event, Thread
from types import FrameType
from typing import Any

import structlog
from redis import Redis, RedisError
from rq import SimpleWorker
from rq.exceptions import StopRequested
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.worker.base import WorkerStatus
from sqlalchemy.orm import Session

from puhui.db.session import snapshot, transaction
from puhui.kernel.clock import now
from puhui.outbox import jobs
from puhui.outbox.bell import JOB, QUEUE, Bell
from puhui.outbox.service import Routes, count_due, hang_bell

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

Periodic = Sequence[tuple[timedelta, Callable[[Session, datetime], None]]]
"""Pieces of work for the clock, each with the time between two."""

TICK = 5.0  # seconds between two looks of the clock
CONNECTIONS = 3  # the queue's thread, the clock's, and one to spare


class Refused(Exception):
    """Redis holds a job that is not ours; it fails, and nothing of it is run."""


class DrainJob(Job):
    """A job that can be nothing but `drain`, whatever its data in Redis says."""

    def restore(self, raw_data: Any) -> Any:
        """Read the job, dropping everything that would name code or an address to call."""
        super().restore(raw_data)
        self._tampered = bool(
            self._success_callback_name
            or self._failure_callback_name
            or self._stopped_callback_name
            or self.webhooks
        )
        self._success_callback_name = None
        self._failure_callback_name = None
        self._stopped_callback_name = None
        self.webhooks = []

    def _execute(self) -> int:
        # Refused here and not while loading: a fault in a job's execution is the job's,
        # one while loading would be the worker's.
        asked = (self.func_name, self.instance, list(self.args), dict(self.kwargs))
        if self._tampered or asked != (JOB, None, [], {}):
            raise Refused(self.id)
        return jobs.drain()


class DrainWorker(SimpleWorker):
    """Runs `DrainJob`s in this process and takes no commands over Redis."""

    job_class = DrainJob
    max_connection_wait_time = 2

    def __init__(self, connection: Redis, leaving: Event) -> None:
        super().__init__(
            [QUEUE],
            connection=connection,
            serializer=JSONSerializer,
            log_job_description=False,
        )
        self._leaving = leaving

    def subscribe(self) -> None:
        """Hear no commands: RQ would let Redis stop the worker."""

    def check_for_suspension(self, burst: bool) -> None:
        """Never rest: RQ would let Redis suspend the worker."""

    def _install_signal_handlers(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.request_stop)
        if self._leaving.is_set():
            self._stop_requested = True

    def request_stop(self, _number: int, _frame: FrameType | None) -> None:
        """Leave after the effect in hand; at once if there is none."""
        self._leaving.set()
        self._stop_requested = True
        if self.get_state() != WorkerStatus.BUSY:
            raise StopRequested

    def teardown(self) -> None:
        """Leave the queue; from here on a signal only sets the mark."""
        _leave_on_signal(self._leaving)
        super().teardown()  # type: ignore[no-untyped-call]


def _leave_on_signal(leaving: Event) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: leaving.set())


def tick(bell: Bell, still_waiting: bool) -> bool:
    """Ring while messages are due; return whether any were.

    What was due at the last look already and still is (no Redis, or a Redis full of other
    things) is dealt with here and now.
    """
    with snapshot() as session:
        waiting = count_due(session, now()) > 0
    if waiting and still_waiting:
        jobs.drain()
    elif waiting:
        bell.ring()
    return waiting


def watch_clock(bell: Bell, periodic: Periodic, leaving: Event) -> None:
    """Look at the outbox and do periodic work until `leaving` is set."""
    waiting = False
    last_done = [float("-inf")] * len(periodic)
    while not leaving.wait(TICK):
        # A fault here (PostgreSQL restarting, a periodic piece of work that fails) must not
        # stop the clock; it is logged, and tried again at the next tick.
        try:
            waiting = tick(bell, waiting)
        except Exception:
            log.exception("worker.clock_failed")
        for number, (every, work) in enumerate(periodic):
            if time.monotonic() - last_done[number] < every / timedelta(seconds=1):
                continue
            try:
                with transaction() as session:
                    work(session, now())
                last_done[number] = time.monotonic()
            except Exception:
                log.exception("worker.periodic_failed", work=f"{work.__module__}.{work.__name__}")


def run(redis_url: str, routes: Routes, periodic: Periodic) -> None:
    """Work until SIGTERM or SIGINT; the effect in hand is finished first.

    The caller has bound the database.
    """
    leaving = Event()
    _leave_on_signal(leaving)
    bell = Bell(redis_url)
    hang_bell(bell.ring)
    jobs.use_routes(routes, leaving)
    clock = Thread(target=watch_clock, args=(bell, periodic, leaving), name="clock")
    clock.start()
    log.info("worker.started")
    while not leaving.is_set():
        try:
            with Redis.from_url(redis_url) as connection:
                DrainWorker(connection, leaving).work(logging_level=None)
        except RedisError as error:
            log.warning("worker.redis_absent", error=type(error).__name__)
        leaving.wait(1)
    clock.join()
    log.info("worker.stopped")
