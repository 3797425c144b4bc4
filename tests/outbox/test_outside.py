"""An effect outside PostgreSQL happens at least once, and no transaction is open meanwhile."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Engine, text

from puhui.db.session import transaction
from puhui.kernel import clock
from puhui.outbox.service import MOST_ATTEMPTS, Outside, drain, publish, retry, stuck


class Tower:
    """Sends what it is given, or fails as often as it was told to."""

    def __init__(self, engine: Engine, failures: int = 0) -> None:
        self.engine = engine
        self.failures = failures
        self.sent: list[str] = []
        self.open_transactions: list[int] = []

    def send(self, payload: dict[str, Any], now: datetime) -> None:
        with self.engine.connect() as connection:
            self.open_transactions.append(
                connection.scalar(
                    text(
                        "SELECT count(*) FROM pg_stat_activity WHERE xact_start IS NOT NULL"
                        " AND datname = current_database() AND pid <> pg_backend_pid()"
                        " AND backend_type = 'client backend'"
                    )
                )
            )
        if self.failures:
            self.failures -= 1
            raise ConnectionError
        self.sent.append(payload["code_id"])


def announce() -> None:
    with transaction() as session:
        publish(session, "identity.code_asked", clock.now(), code_id="a")


def test_no_transaction_is_open_during_the_call(database: Engine) -> None:
    tower = Tower(database)
    announce()
    drain({"identity.code_asked": (Outside(tower.send),)}, clock.now)
    assert tower.sent == ["a"]
    assert tower.open_transactions == [0]


def test_what_was_sent_is_not_sent_again(database: Engine) -> None:
    tower = Tower(database)
    announce()
    for _ in range(2):
        drain({"identity.code_asked": (Outside(tower.send),)}, clock.now)
    assert tower.sent == ["a"]


def test_what_could_not_be_sent_is_tried_again_and_parked_in_the_end(
    database: Engine, noon: datetime
) -> None:
    tower = Tower(database, failures=MOST_ATTEMPTS)
    routes = {"identity.code_asked": (Outside(tower.send),)}
    announce()
    late = datetime.fromisoformat("2027-01-01T00:00:00Z")
    drain(routes, lambda: late)
    with transaction() as session:
        session.execute(text("UPDATE outbox_message SET due_at = :late"), {"late": late})
    for _ in range(MOST_ATTEMPTS):
        drain(routes, lambda: late)
        with transaction() as session:
            session.execute(
                text("UPDATE outbox_message SET due_at = :late WHERE parked_at IS NULL"),
                {"late": late},
            )
    with transaction() as session:
        (parked,) = stuck(session)
        assert retry(session, parked.message_id, late)
    drain(routes, lambda: late)
    assert tower.sent == ["a"]


@pytest.fixture(autouse=True)
def _empty(database: Engine) -> None:
    """Each of these tests counts messages."""
