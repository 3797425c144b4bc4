"""The one job that RQ carries."""

import time
from threading import Event

from puhui.kernel.clock import now
from puhui.outbox import service

LONGEST = 20.0  # seconds: well below what RQ gives a job

_routes: service.Routes = {}
_leaving = Event()


def use_routes(routes: service.Routes, leaving: Event) -> None:
    """Tell this process which jobs follow from which topic; said by the worker at its start.

    Once `leaving` is set, `drain` begins no further message.
    """
    global _routes, _leaving
    _routes, _leaving = routes, leaving


def drain() -> int:
    """Deal with due messages for a while; return how many were taken."""
    begun, taken = time.monotonic(), 0
    while not _leaving.is_set() and time.monotonic() - begun < LONGEST:
        if not service.drain(_routes, now, most=1):
            break
        taken += 1
    return taken
