"""How often something may be tried, and how long to wait after that.

A limit counts what lies inside a window that ends now, so there is no moment at which two
windows' worth fit next to each other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Limit:
    """At most `most` times within `within`."""

    most: int
    within: timedelta


class Try(StrEnum):
    """What is counted, and of whom."""

    CODE_SENT = "code_sent"
    """A code sent to a phone number."""
    CODE_SENT_FROM = "code_sent_from"
    """A code asked for from a network address."""
    CODE_FAILED = "code_failed"
    """A wrong code, over everybody."""
    CODE_FAILED_FROM = "code_failed_from"
    PASSWORD_FAILED = "password_failed"  # noqa: S105
    """A wrong password for a phone number, known or not."""
    PASSWORD_FAILED_FROM = "password_failed_from"  # noqa: S105
    GUARDIAN_CODE_FAILED = "guardian_code_failed"
    """A wrong guardian's code, by the person who tries."""
    GUARDIAN_CODE_FAILED_FOR = "guardian_code_failed_for"
    """A wrong guardian's code, for a phone number."""
    INVITED = "invited"
    """An invitation by an organisation."""


LIMITS: dict[Try, tuple[Limit, ...]] = {
    Try.CODE_SENT: (Limit(1, MINUTE), Limit(5, HOUR), Limit(10, DAY)),
    Try.CODE_SENT_FROM: (Limit(20, HOUR),),
    # Five tries a code and ten codes a day leave 50 guesses in a million a phone and day. The cap
    # over everybody keeps many phones from adding up.
    Try.CODE_FAILED: (Limit(1000, HOUR),),
    Try.CODE_FAILED_FROM: (Limit(60, HOUR),),
    Try.PASSWORD_FAILED: (Limit(10, 15 * MINUTE),),
    Try.PASSWORD_FAILED_FROM: (Limit(100, HOUR),),
    Try.GUARDIAN_CODE_FAILED: (Limit(10, DAY),),
    Try.GUARDIAN_CODE_FAILED_FOR: (Limit(10, DAY),),
    Try.INVITED: (Limit(100, DAY),),
}


def wait_s(limits: Sequence[Limit], times: Sequence[datetime], now: datetime) -> int:
    """Return the seconds to wait until every limit allows one more; 0 when they all do.

    `times` are the earlier tries, oldest first.
    """
    longest = timedelta(0)
    for limit in limits:
        inside = [at for at in times if at > now - limit.within]
        if len(inside) >= limit.most:
            longest = max(longest, inside[-limit.most] + limit.within - now)
    return -(-longest // timedelta(seconds=1))


def pause(failures: int) -> timedelta:
    """Return how long a password waits after so many failures: none at first, then doubling."""
    return timedelta(seconds=min(2 ** (failures - 3), 60)) if failures >= 3 else timedelta(0)
