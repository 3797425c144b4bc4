"""Servers that could not keep a promise are refused, each reason in one line."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import create_engine, make_url, text

from puhui.kernel import clock
from puhui.local import Servers
from puhui.local.servers import POSTGRES_SETTINGS
from puhui.startup import UnsafeSettings, check, faults_of_database, faults_of_redis


@pytest.fixture
def other_database(servers) -> Iterator[str]:
    """A database on the same server in which nothing is."""
    url = make_url(servers[0])
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS puhui_other WITH (FORCE)"))
        connection.execute(text("CREATE DATABASE puhui_other"))
        yield url.set(database="puhui_other").render_as_string(hide_password=False)
        connection.execute(text("DROP DATABASE puhui_other WITH (FORCE)"))
    engine.dispose()


def execute(url: str, statement: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def test_the_servers_of_this_machine_are_safe(settings):
    check(settings)


def test_a_server_that_may_lose_what_it_acknowledged_is_refused(tmp_path, monkeypatch):
    for name in ("fsync", "full_page_writes", "synchronous_commit"):
        monkeypatch.setitem(POSTGRES_SETTINGS, name, "off")
    with Servers(tmp_path, redis_url="redis://localhost") as unsafe:
        reasons = list(faults_of_database(unsafe.database_url))
    for name in ("fsync", "full_page_writes", "synchronous_commit"):
        assert any(f"PostgreSQL runs with {name} = off" in reason for reason in reasons), reasons


def test_a_database_behind_the_code_is_refused(other_database):
    (reason,) = faults_of_database(other_database)
    assert "run puhui db upgrade" in reason


def test_a_database_ahead_of_the_code_is_refused(other_database):
    execute(other_database, "CREATE TABLE alembic_version AS SELECT '9999_later' AS version_num")
    (reason,) = faults_of_database(other_database)
    assert "ahead of the code (9999_later" in reason


def test_clocks_more_than_two_seconds_apart_are_refused(settings):
    with clock.stopped(datetime.now(UTC) - timedelta(seconds=3)):
        (reason,) = faults_of_database(settings.database_url)
    assert "differ by more than 2 s" in reason


def test_a_database_that_does_not_answer_is_refused_without_its_password(settings):
    (reason,) = faults_of_database("postgresql+psycopg://puhui:hidden@127.0.0.1:9/puhui")
    assert "does not answer" in reason
    assert "hidden" not in reason


@pytest.mark.parametrize(
    "url",
    [
        "redis://127.0.0.1:6379/0",
        "redis://[::1]:6379/0",
        "redis://localhost",
        "unix:///run/redis.sock",
        "redis://:a-password@redis.example",
        "rediss://name:a-password@redis.example",
    ],
)
def test_a_redis_within_reach_of_us_only_is_safe(url):
    assert list(faults_of_redis(url)) == []


@pytest.mark.parametrize(
    "url", ["redis://redis.example", "rediss://redis.example", "redis://10.0.0.2"]
)
def test_a_redis_elsewhere_without_a_password_is_refused(url):
    (reason,) = faults_of_redis(url)
    assert "without a password" in reason


def test_every_reason_is_given_at_once(settings, other_database):
    from dataclasses import replace

    unsafe = replace(settings, database_url=other_database, redis_url="redis://redis.example")
    with pytest.raises(UnsafeSettings) as refusal:
        check(unsafe)
    assert str(refusal.value).count("\n") == 1
