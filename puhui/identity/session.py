"""How long somebody stays signed in."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Stay:
    """How long a session lasts: at all, and without a request."""

    longest: timedelta
    idle: timedelta


CITIZEN = Stay(longest=timedelta(days=90), idle=timedelta(days=30))
STAFF = Stay(longest=timedelta(days=7), idle=timedelta(hours=8))
"""Whoever holds a role in an organisation can do more harm from a phone left lying."""

FRESH = timedelta(minutes=10)
"""A password is set only by someone who signed in this recently."""

TOUCH = timedelta(minutes=1)
"""Last-seen is written at most this often."""


def is_fresh(started_at: datetime, now: datetime) -> bool:
    """Whether the sign-in is recent enough to change what protects the account."""
    return now - started_at <= FRESH
