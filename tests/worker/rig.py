"""A worker process with effects of our own: `python -m tests.worker.rig DATABASE_URL REDIS_URL`.

An effect is a row of `web_request_name` whose fingerprint is the message's key; two rows of one
key would be an effect done twice.
"""

import os
import sys
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from puhui import logs
from puhui.db.session import connect
from puhui.outbox import loop


def note(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Leave the effect."""
    session.execute(
        text("INSERT INTO web_request_name VALUES (gen_random_uuid(), :key, :now)"),
        {"key": payload["key"], "now": now},
    )


def linger(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Leave the effect and take a second to commit it."""
    note(session, payload, now)
    session.execute(text("SELECT pg_sleep(1)"))


def fail(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Leave the effect and fail."""
    note(session, payload, now)
    raise ValueError("as this test wants it")


def die(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Take the whole process away."""
    os._exit(9)


ROUTES = {"rig.note": [note], "rig.linger": [linger], "rig.fail": [fail], "rig.die": [die]}

if __name__ == "__main__":
    logs.configure()
    loop.TICK = 0.3
    database_url, redis_url = sys.argv[1:]
    connect(database_url, pool_size=loop.CONNECTIONS)
    loop.run(redis_url, ROUTES, ())
