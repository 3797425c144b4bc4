"""Every test of rewards begins at noon of Arbor Day, with the rules published."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlalchemy import Engine

from tests.makers.rewards import rulebook


@pytest.fixture(autouse=True)
def arbor_day(database: Engine, noon: datetime) -> Iterator[datetime]:
    """An empty province on Arbor Day, with rules of points."""
    rulebook()
    yield noon
