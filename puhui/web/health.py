"""Say whether this process lives, and whether it can serve."""

import shutil
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from flask import Blueprint, Response, current_app, jsonify
from redis import Redis, RedisError
from sqlalchemy.exc import SQLAlchemyError

from puhui.db import migrate
from puhui.db.session import transaction
from puhui.settings import Settings
from puhui.web.model import RequestName

blueprint = Blueprint("health", __name__)

LEAST_FREE = 0.10  # of the disk that holds the data
PATIENCE = 1.0  # seconds for Redis

OK, DEGRADED, UNAVAILABLE = "ok", "degraded", "unavailable"


@blueprint.get("/livez")
def livez() -> Response:
    """This process answers; nothing else is asked."""
    return jsonify(status=OK)


@blueprint.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Whether requests can be served. Without Redis they can, only what follows is slower."""
    settings: Settings = current_app.extensions["puhui.settings"]
    checks = {
        "database": _database(),
        "disk": _disk(settings.data_dir),
        "redis": _redis(settings.redis_url),
    }
    worst = max(checks.values(), key=[OK, DEGRADED, UNAVAILABLE].index)
    answer = jsonify(status=worst, checks=checks)
    answer.headers["Cache-Control"] = "no-store"
    return answer, 503 if worst == UNAVAILABLE else 200


class _Undo(Exception):
    """Ends a transaction without keeping anything of it."""


def _database() -> str:
    """The database takes a write, and stands at the migration that this code needs."""
    current: str | None = None
    try:
        with transaction() as session:
            session.add(RequestName(name=uuid4(), fingerprint="readyz", given_at=datetime.now(UTC)))
            session.flush()
            current = migrate.current(session.connection())
            raise _Undo
    except _Undo:
        return OK if current == migrate.head() else UNAVAILABLE
    except SQLAlchemyError:
        return UNAVAILABLE


def _disk(data_dir: Path) -> str:
    there = next(folder for folder in (data_dir, *data_dir.absolute().parents) if folder.exists())
    usage = shutil.disk_usage(there)
    return OK if usage.free > usage.total * LEAST_FREE else UNAVAILABLE


def _redis(url: str) -> str:
    try:
        with Redis.from_url(
            url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE
        ) as connection:
            connection.ping()
    except RedisError:
        return DEGRADED
    return OK
