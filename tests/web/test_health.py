"""A process says truthfully whether it lives and whether it can serve."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from puhui.app import create_app
from puhui.db.session import snapshot
from puhui.web import health


def test_all_is_well(client, database):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json == {
        "status": "ok",
        "checks": {"database": "ok", "disk": "ok", "redis": "ok"},
    }
    assert answer.headers["Cache-Control"] == "no-store"
    with database.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM web_request_name")) == 0


def test_without_redis_it_still_serves_and_says_degraded(settings, engine):
    app = create_app(replace(settings, redis_url="unix:///nowhere/redis.sock"))
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 200
    assert answer.json["status"] == "degraded"
    assert answer.json["checks"]["redis"] == "degraded"


def test_a_database_at_another_migration_is_not_served(client, database):
    with database.begin() as connection:
        found = connection.scalar(text("SELECT version_num FROM alembic_version"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0001_outbox'"))
    answer = client.get("/readyz")
    with database.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :it"), {"it": found})
    assert answer.status_code == 503
    assert answer.json["checks"]["database"] == "unavailable"


def test_a_database_that_takes_no_writes_is_not_served_but_the_process_lives(client, database):
    name = database.url.database
    with snapshot() as session:
        # A test of a command may have bound this process to an engine of its own.
        in_use = session.get_bind()
    with database.begin() as connection:
        connection.execute(text(f"ALTER DATABASE {name} SET default_transaction_read_only = on"))
    in_use.dispose()
    ready, lives = client.get("/readyz"), client.get("/livez")
    with database.begin() as connection:
        connection.execute(text("SET TRANSACTION READ WRITE"))
        connection.execute(text(f"ALTER DATABASE {name} RESET default_transaction_read_only"))
    in_use.dispose()
    assert ready.status_code == 503
    assert lives.status_code == 200


@pytest.mark.parametrize(("least_free", "state"), [(0.0, "ok"), (1.0, "unavailable")])
def test_a_disk_that_is_nearly_full_takes_no_more_requests(client, monkeypatch, least_free, state):
    monkeypatch.setattr(health, "LEAST_FREE", least_free)
    assert client.get("/readyz").json["checks"]["disk"] == state
