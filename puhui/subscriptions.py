"""Which job follows from which topic; the only file that knows both ends."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from puhui.outbox.service import Job

SUBSCRIPTIONS: Mapping[str, Sequence[Job]] = {}

PERIODIC: Sequence[tuple[timedelta, Callable[[Session, datetime], None]]] = ()
"""What the worker's clock does in a transaction of its own, and how often."""
