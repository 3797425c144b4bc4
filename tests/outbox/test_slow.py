"""A message that two workers hold, because one was slower than the wait for the next try."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Event
from time import monotonic
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from puhui.db.session import transaction
from puhui.outbox.service import BACKOFF, drain, publish
from tests.fixtures import NOON

LATER = NOON + BACKOFF[0] + timedelta(seconds=1)
WAITS = text("SELECT count(*) FROM pg_locks WHERE NOT granted")


class Slow:
    """The clock of a worker that takes a message and stalls before it marks anything."""

    def __init__(self) -> None:
        self.stalls, self.go_on, self.asked = Event(), Event(), 0

    def __call__(self) -> datetime:
        self.asked += 1
        if self.asked == 2:
            self.stalls.set()
            assert self.go_on.wait(30)
        return NOON


@pytest.mark.parametrize("fails", [False, True])
@pytest.mark.parametrize("jobs", [1, 2])
def test_two_that_hold_one_message_do_each_job_once(
    database: Engine, jobs: int, fails: bool
) -> None:
    slow = Slow()

    def first(session: Session, _payload: dict[str, Any], _now: datetime) -> None:
        note(session, "first")
        if not slow.go_on.is_set():  # the quick one is here, with its mark not committed yet
            slow.go_on.set()
            until = monotonic() + 30
            with database.connect() as watcher:
                while not watcher.scalar(WAITS):
                    assert monotonic() < until, "the slow one does not wait for the mark"
                    watcher.rollback()
            if fails:
                raise ValueError("as this test wants it")

    def second(session: Session, _payload: dict[str, Any], _now: datetime) -> None:
        note(session, "second")

    def note(session: Session, name: str) -> None:
        session.execute(
            text("INSERT INTO web_request_name VALUES (gen_random_uuid(), :name, now())"),
            {"name": name},
        )

    routes = {"tests.two": [first, second][:jobs]}
    with transaction() as session:
        publish(session, "tests.two", NOON)
    with ThreadPoolExecutor(1) as worker:
        drained = worker.submit(drain, routes, slow)
        assert slow.stalls.wait(30)
        drain(routes, lambda: LATER)
        drained.result(30)
    with database.connect() as connection:
        effects = connection.scalars(text("SELECT fingerprint FROM web_request_name")).all()
        ended = connection.scalar(text("SELECT done_at IS NOT NULL FROM outbox_message"))
    assert sorted(effects) == ["first", "second"][:jobs]
    assert ended
