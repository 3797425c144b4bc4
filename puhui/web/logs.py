"""Give every request an id, and write one line about it when it is over."""

import re
import time
from uuid import uuid4

import structlog
from flask import Flask, Response, g, request

from puhui.kernel.actor import Actor

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

HEADER = "X-Request-ID"
SANE = re.compile(r"[A-Za-z0-9._-]{8,64}", re.ASCII)
SILENT = frozenset({"/livez", "/readyz"})


def keep_log(app: Flask) -> None:
    """Log every request of `app`; its id is on every line written meanwhile, and in the reply."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.request_id = id_of(request.headers.get(HEADER, ""))
    g.begun = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _end(response: Response) -> Response:
    response.headers[HEADER] = g.request_id
    if request.path not in SILENT:
        tell(
            # The route, not the path: a path may hold a code that is not ours to keep.
            str(request.url_rule or "-"),
            request.method,
            response.status_code,
            g.begun,
            g.get("actor"),
        )
    return response


def id_of(offered: str) -> str:
    """Return the id of a request: the one that came with it if it is sane, else a new one."""
    return offered if SANE.fullmatch(offered) else uuid4().hex


def tell(route: str, method: str, status: int, begun: float, actor: Actor | None) -> None:
    """Write the line of a request that began at `begun` of the performance counter."""
    log.info(
        "request",
        method=method,
        route=route,
        status=status,
        took_ms=round((time.perf_counter() - begun) * 1000, 1),
        actor=str(actor.person_id) if actor else None,
    )
