"""Give every request an id, and write one line about it when it is over."""

import re
import time
from uuid import uuid4

import structlog
from flask import Flask, Response, g, request

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

HEADER = "X-Request-ID"
SANE = re.compile(r"[A-Za-z0-9._-]{8,64}", re.ASCII)
SILENT = frozenset({"/livez", "/readyz"})


def keep_log(app: Flask) -> None:
    """Log every request of `app`; its id is on every line written meanwhile, and in the reply."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    offered = request.headers.get(HEADER, "")
    g.request_id = offered if SANE.fullmatch(offered) else uuid4().hex
    g.begun = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _end(response: Response) -> Response:
    response.headers[HEADER] = g.request_id
    if request.path not in SILENT:
        actor = g.get("actor")
        log.info(
            "request",
            method=request.method,
            # The route, not the path: a path may hold a code that is not ours to keep.
            route=str(request.url_rule or "-"),
            status=response.status_code,
            took_ms=round((time.perf_counter() - g.begun) * 1000, 1),
            actor=str(actor.person_id) if actor else None,
        )
    return response
