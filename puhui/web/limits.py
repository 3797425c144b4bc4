"""How often one may ask.

Counted in Redis, so that all processes count together; while Redis is away each process counts
for itself, and goes back when it answers again. Where money or identity is at stake the limit is
kept in PostgreSQL by its own service: this one protects the machine.
"""

import ipaddress
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import structlog
from flask import Flask, Response, current_app, g, request
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import MemoryStorage, Storage, storage_from_string

from puhui.kernel.errors import Exhausted
from puhui.kernel.text import N_
from puhui.settings import Settings
from puhui.web import guard

log = structlog.get_logger(__name__)

View = TypeVar("View", bound=Callable[..., Any])

PAUSE_S = 5.0
"""How long a silent Redis is left alone before it is asked again."""


class QuotaExceeded(Exhausted):
    """More requests than the policy allows."""

    code, title = "quota_exceeded", N_("操作过于频繁，请稍后再试")


@dataclass(frozen=True)
class Standing:
    """Where someone stands under a policy."""

    policy: str
    quota: int
    window_s: int
    remaining: int
    resets_in_s: int


@dataclass
class Counter:
    """Counts in Redis, or in this process while Redis is away."""

    shared: Storage
    own: Storage = field(default_factory=MemoryStorage)
    away_until: float = 0.0

    def add(self, key: str, window_s: int) -> int:
        """Count one more under `key` and return how many there are now."""
        if time.monotonic() >= self.away_until:
            try:
                return self.shared.incr(key, window_s)
            except StorageError as error:
                log.warning("limits_counted_alone", reason=type(error.storage_error).__name__)
                self.away_until = time.monotonic() + PAUSE_S
        return self.own.incr(key, window_s)

    def forget(self) -> None:
        """Start from zero."""
        self.shared.reset()
        self.own.reset()


@dataclass
class Limits:
    """The policies of an installation and the counter behind them."""

    counter: Counter
    signed_in: RateLimitItem
    public: RateLimitItem


def limited(quota: str, name: str) -> Callable[[View], View]:
    """Give a view a policy of its own, e.g. `@limited("30/hour", "upload")`.

    It counts per person when signed in, else per address. For JSON operations it takes the
    place of the usual policy; pages have none otherwise.
    """
    policy = (name, parse(quota))

    def mark(view: View) -> View:
        view.limited = policy  # type: ignore[attr-defined]
        return view

    return mark


def install(app: Flask, settings: Settings) -> None:
    """Let `app` count requests."""
    url = settings.redis_url
    url = url.replace("unix://", "redis+unix://", 1) if url.startswith("unix://") else url
    shared = storage_from_string(
        url, wrap_exceptions=True, socket_timeout=0.5, socket_connect_timeout=0.5
    )
    assert isinstance(shared, Storage)
    app.extensions["puhui.limits"] = Limits(
        Counter(shared),
        signed_in=parse(settings.limit_signed_in),
        public=parse(settings.limit_public),
    )
    app.before_request(_count_page)
    app.after_request(_tell)


def count_request() -> None:
    """Count this request of a JSON operation.

    Raises:
        QuotaExceeded: it is one too many (429).
    """
    limits: Limits = current_app.extensions["puhui.limits"]
    own = guard.mark("limited")
    if own is not None:
        _count(limits, *own)
    elif guard.actor_or_none() is not None:
        _count(limits, "signed-in", limits.signed_in)
    else:
        _count(limits, "public", limits.public)


def _count_page() -> None:
    own = guard.mark("limited")
    if own is not None and not request.path.startswith("/api/"):
        _count(current_app.extensions["puhui.limits"], *own)


def _count(limits: Limits, name: str, policy: RateLimitItem) -> None:
    window_s = policy.get_expiry()
    # The clock of the wall, not of the business: a test that stops that one still goes on.
    instant = int(time.time())
    window = instant // window_s
    used = limits.counter.add(f"puhui:limit:{name}:{_who()}:{window}", window_s)
    standing = Standing(
        policy=name,
        quota=policy.amount,
        window_s=window_s,
        remaining=max(0, policy.amount - used),
        resets_in_s=(window + 1) * window_s - instant,
    )
    g.standing = standing
    if used > policy.amount:
        raise QuotaExceeded(
            retry_after_s=standing.resets_in_s, **{"violated-policies": [standing.policy]}
        )


def _who() -> str:
    actor = guard.actor_or_none()
    if actor is not None:
        return f"person:{actor.person_id}"
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return "address:unknown"
    if address.version == 6:
        # One household has a whole /64.
        return f"address:{ipaddress.ip_network((address, 64), strict=False)}"
    return f"address:{address}"


def _tell(response: Response) -> Response:
    standing: Standing | None = g.get("standing")
    if standing is not None:
        name = f'"{standing.policy}"'
        response.headers["RateLimit-Policy"] = f"{name};q={standing.quota};w={standing.window_s}"
        response.headers["RateLimit"] = f"{name};r={standing.remaining};t={standing.resets_in_s}"
    return response
