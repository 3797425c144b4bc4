"""Servers and worker processes that may be killed without hurting another test."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from redis import Redis
from sqlalchemy import Engine, create_engine, text

from puhui.db import migrate
from puhui.local import Servers
from tests.fixtures import place_for_servers

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Rig:
    """An outbox, a Redis, and workers on both."""

    servers: Servers
    engine: Engine
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def work(self) -> subprocess.Popen[bytes]:
        """Start a worker; it is killed at the end of the test."""
        urls = self.servers.database_url, self.servers.redis_url
        command = [sys.executable, "-m", "tests.worker.rig", *urls]
        worker = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
        self.workers.append(worker)
        return worker

    def publish(self, topic: str, *keys: str) -> None:
        """Write messages without ringing."""
        with self.engine.begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO outbox_message (topic, payload, published_at, due_at)"
                    " VALUES (:topic, jsonb_build_object('key', CAST(:key AS text)), now(), now())"
                ),
                [{"topic": topic, "key": key} for key in keys],
            )

    def make_due(self) -> None:
        """Let the wait between two tries be over."""
        with self.engine.begin() as connection:
            connection.execute(
                text("UPDATE outbox_message SET due_at = now() WHERE done_at IS NULL")
            )

    def count(self, condition: str) -> int:
        """Return how many messages are like this."""
        with self.engine.begin() as connection:
            query = f"SELECT count(*) FROM outbox_message WHERE {condition}"
            return connection.scalar(text(query))

    @property
    def effects(self) -> list[str]:
        """The key of every effect that was committed, sorted."""
        with self.engine.begin() as connection:
            query = "SELECT fingerprint FROM web_request_name ORDER BY fingerprint"
            return list(connection.scalars(text(query)))

    @property
    def redis(self) -> Redis:
        return Redis.from_url(self.servers.redis_url)

    def is_listening(self) -> bool:
        """Whether a worker waits for rings."""
        return any(client["cmd"] == "blmove" for client in self.redis.client_list())


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[Servers, Engine]]:
    with (
        TemporaryDirectory(
            prefix="puhui-", dir=place_for_servers(), ignore_cleanup_errors=True
        ) as folder,
        Servers(Path(folder)) as servers,
    ):
        migrate.upgrade(servers.database_url)
        engine = create_engine(servers.database_url, pool_pre_ping=True)
        yield servers, engine
        engine.dispose()


@pytest.fixture
def rig(running: tuple[Servers, Engine]) -> Iterator[Rig]:
    """An empty outbox and an empty Redis; no worker yet."""
    servers, engine = running
    servers.revive()
    rig = Rig(servers, engine)
    with engine.begin() as connection:
        connection.execute(text("TRUNCATE outbox_message, outbox_effect, web_request_name CASCADE"))
    rig.redis.flushall()
    yield rig
    for worker in rig.workers:
        worker.kill()
        worker.wait()


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool]], None]:
    """Wait until something holds; fail if it does not within a minute and a half."""

    def wait(holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 90
        while not holds():
            assert time.monotonic() < deadline, "it never came true"
            time.sleep(0.05)

    return wait
