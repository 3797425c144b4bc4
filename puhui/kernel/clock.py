"""The only place that asks what time it is.

Edges call `now()` once and pass the instant on; rules and services take it as an argument.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8), "CST")
"""China's one time zone. A day, here, is a day in China."""

_stopped_at: datetime | None = None


def now() -> datetime:
    """Return the present instant, in UTC."""
    return _stopped_at or datetime.now(UTC)


def day_of(instant: datetime) -> date:
    """Return the day in China that the instant falls on."""
    return instant.astimezone(CHINA).date()


@contextmanager
def stopped(instant: datetime) -> Iterator[None]:
    """Let `now()` return `instant` inside the block, in every thread of this process."""
    global _stopped_at
    before, _stopped_at = _stopped_at, instant
    try:
        yield
    finally:
        _stopped_at = before
