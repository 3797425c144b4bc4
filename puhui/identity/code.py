"""One-time codes: how long they are, how long they last, how often they may be tried."""

from collections.abc import Callable
from datetime import timedelta

DIGITS = 6
LIFETIME = timedelta(minutes=5)
MOST_TRIES = 5

TICKET_LIFETIME = timedelta(minutes=15)
"""A new person has this long to give a name and a birth year after the right code."""


def new_code(below: Callable[[int], int]) -> str:
    """Return a code; `below(n)` gives a random whole number from 0 to n - 1."""
    return f"{below(10**DIGITS):0{DIGITS}d}"
