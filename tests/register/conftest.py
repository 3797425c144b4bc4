"""A register with as many entries as a test wants, numbered as they were recorded."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine

from puhui.db.session import transaction
from puhui.register import service
from puhui.register.signer import Signer, open_signer
from puhui.settings import Settings


@pytest.fixture
def signer(settings: Settings, database: Engine) -> Signer:
    """Who signs this installation's register, having signed nothing yet."""
    return open_signer(settings)


@pytest.fixture
def grow(signer: Signer, noon: datetime) -> Callable[[int], None]:
    """Record, number and sign that many more entries, each step as the worker does."""
    recorded = 0

    def run(count: int) -> None:
        nonlocal recorded
        with transaction() as session:
            for _ in range(count):
                at = noon + timedelta(microseconds=recorded)
                service.record(session, "test", f"{recorded:05d}", {"kg": "1000"}, at)
                recorded += 1
        with transaction() as session:
            service.number(session, noon)
        with transaction() as session:
            service.sign(session, signer, noon)

    return run
