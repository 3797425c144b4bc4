"""A connection that rested is asked whether its server is there; one in use is not."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text

from puhui.db import session
from puhui.settings import Settings


@pytest.fixture
def engine_of_ours(
    engine: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Engine]:
    """An engine as every process of ours has it; what other tests use stays theirs."""
    monkeypatch.setattr(session, "_sessions", session._sessions)
    ours = session.connect(settings.database_url, pool_size=3)
    yield ours
    ours.dispose()


def backend(engine: Engine) -> int:
    """Return the process of PostgreSQL that answers."""
    with engine.connect() as connection:
        return connection.scalars(text("SELECT pg_backend_pid()")).one()


def test_whoever_comes_after_the_server_ended_a_connection_does_not_notice(
    engine: Engine, engine_of_ours: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = backend(engine_of_ours)
    with engine.begin() as other:
        other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": before})
    monkeypatch.setattr(session, "LONGEST_TRUST", 0.0)
    after = [backend(engine_of_ours) for _ in range(3)]
    assert before not in after
    assert len(set(after)) == 1


def test_only_a_connection_that_rested_is_asked(
    engine_of_ours: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    ping = engine_of_ours.dialect.do_ping
    monkeypatch.setattr(
        engine_of_ours.dialect, "do_ping", lambda one: asked.append(one) or ping(one)
    )
    monkeypatch.setattr(session, "LONGEST_TRUST", 60.0)
    first = backend(engine_of_ours)
    assert [backend(engine_of_ours) for _ in range(3)] == [first] * 3
    assert asked == []
    monkeypatch.setattr(session, "LONGEST_TRUST", 0.0)
    assert backend(engine_of_ours) == first
    assert len(asked) == 1
