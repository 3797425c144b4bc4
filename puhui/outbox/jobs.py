"""The one job that RQ carries."""

from puhui.kernel.clock import now
from puhui.outbox import service

_routes: service.Routes = {}


def use_routes(routes: service.Routes) -> None:
    """Tell this process which jobs follow from which topic; said by the worker at its start."""
    global _routes
    _routes = routes


def drain() -> int:
    """Deal with due messages; return how many were taken."""
    return service.drain(_routes, now)
