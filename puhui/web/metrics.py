"""Count requests and how long they took, for Prometheus.

Several processes serve; each writes its numbers to files in PROMETHEUS_MULTIPROC_DIR, and the
one that owns the metrics port adds them up.
"""

import time
from threading import Thread
from wsgiref.simple_server import WSGIServer

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

REQUESTS = Counter(
    "puhui_requests", "Requests by route, method and status.", ("route", "method", "status")
)
LATENCY = Histogram(
    "puhui_request_seconds",
    "Time from the first byte of the request to the last of the answer, in seconds.",
    ("route", "method"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


def count_requests(app: Flask) -> None:
    """Count every request of `app` by its route, so that the number of series is bounded."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.counted_from = time.perf_counter()


def _end(response: Response) -> Response:
    count(str(request.url_rule or "-"), request.method, response.status_code, g.counted_from)
    return response


def count(route: str, method: str, status: int, begun: float) -> None:
    """Count a request that began at `begun` of the performance counter."""
    REQUESTS.labels(route, method, status).inc()
    LATENCY.labels(route, method).observe(time.perf_counter() - begun)


def expose(port: int, host: str, *others: Collector) -> tuple[WSGIServer, Thread]:
    """Serve the numbers of all processes, and of `others`, at `http://host:port/metrics`.

    Raises:
        OSError: the port is taken.
    """
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    for other in others:
        registry.register(other)
    return start_http_server(port, host, registry)
