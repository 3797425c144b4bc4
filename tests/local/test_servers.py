"""The embedded servers keep data, harm nothing around them, and never outlive their owner."""

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from redis import Redis

from puhui.local import AlreadyRunning, Servers

ROOT = Path(__file__).resolve().parents[2]

# Prints the servers' pids, then stays.
OWNER = """
import sys, time
from pathlib import Path
from puhui.local import Servers
with Servers(Path(sys.argv[1])) as servers:
    print(servers.postgres.pid, servers.valkey.pid, flush=True)
    time.sleep(60)
"""


def sql(servers: Servers, statement: str):
    url = servers.database_url.replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute(statement)
        return found.fetchall() if found.description else None


def is_running(pid: int) -> bool:
    """Whether the process is there; one that nobody has buried yet is dead all the same."""
    state = subprocess.run(
        ["ps", "-o", "state=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.strip()
    return state not in ("", "Z")


@pytest.fixture
def owner(tmp_path):
    """Another process that owns servers on `tmp_path`, and their pids."""
    process = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    yield process, [int(pid) for pid in process.stdout.readline().split()]
    process.kill()
    process.communicate()


def test_data_outlives_a_restart_and_both_stop(tmp_path):
    with Servers(tmp_path) as servers:
        sql(servers, "CREATE TABLE kept AS SELECT 7 AS number")
        Redis.from_url(servers.redis_url).set("kept", "7")
        pids = [servers.postgres.pid, servers.valkey.pid]
    assert not any(map(is_running, pids))
    with Servers(tmp_path) as servers:
        assert sql(servers, "SELECT number FROM kept") == [(7,)]
        assert Redis.from_url(servers.redis_url).get("kept") == b"7"


def test_nothing_is_traded_for_speed(tmp_path):
    with Servers(tmp_path) as servers:
        for setting in ("fsync", "full_page_writes", "synchronous_commit", "data_checksums"):
            assert sql(servers, f"SHOW {setting}") == [("on",)], setting
        assert sql(servers, "SHOW listen_addresses") == [("",)]
        assert sql(servers, "SELECT datlocale FROM pg_database WHERE datname = 'puhui'") == [
            ("C.UTF-8",)
        ]
        redis = Redis.from_url(servers.redis_url)
        assert redis.config_get("appendonly") == {"appendonly": "yes"}
        assert redis.config_get("port") == {"port": "0"}


def test_servers_of_a_killed_owner_go_with_it_and_keep_what_was_committed(tmp_path, owner):
    process, pids = owner
    os.kill(process.pid, signal.SIGKILL)
    deadline = time.monotonic() + 20
    while any(map(is_running, pids)):
        assert time.monotonic() < deadline, "the servers outlive their owner"
        time.sleep(0.05)
    with Servers(tmp_path) as servers:
        assert sql(servers, "SELECT 1") == [(1,)]


def test_a_folder_is_used_once_at_a_time_and_the_second_is_told(tmp_path, owner):
    with pytest.raises(AlreadyRunning, match=str(tmp_path)), Servers(tmp_path):
        pass


def test_a_server_that_was_killed_comes_back_with_its_data(tmp_path):
    with Servers(tmp_path) as servers:
        sql(servers, "CREATE TABLE kept AS SELECT 7 AS number")
        servers.postgres.process.kill()
        servers.postgres.process.wait()
        assert servers.revive() == ["postgres"]
        assert servers.revive() == []
        assert sql(servers, "SELECT number FROM kept") == [(7,)]


def test_a_private_folder_stays_private(tmp_path):
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    with Servers(private / "deeper" / "data") as servers:
        assert sql(servers, "SELECT 1") == [(1,)]
    assert stat.S_IMODE(private.stat().st_mode) == 0o700
    assert stat.S_IMODE((private / "deeper" / "data" / "postgres").stat().st_mode) == 0o700


def test_a_folder_may_lie_deeper_than_a_socket_s_name_is_long(tmp_path):
    with Servers(tmp_path / ("deep" * 20) / ("deeper" * 10)) as servers:
        link = servers.postgres.socket.parent
        assert sql(servers, "SELECT 1") == [(1,)]
        assert Redis.from_url(servers.redis_url).ping()
        assert link.is_symlink()
    assert not link.is_symlink()


def test_a_pid_that_is_somebody_else_s_by_now_is_no_obstacle(tmp_path):
    with Servers(tmp_path):
        left_behind = (tmp_path / "postgres" / "postmaster.pid").read_text()
    with subprocess.Popen(["sleep", "60"]) as stranger:
        _, rest = left_behind.split("\n", 1)
        (tmp_path / "postgres" / "postmaster.pid").write_text(f"{stranger.pid}\n{rest}")
        with Servers(tmp_path) as servers:
            assert sql(servers, "SELECT 1") == [(1,)]
        assert stranger.poll() is None
        stranger.kill()


def test_servers_that_are_named_are_used_and_none_is_started(tmp_path):
    named = Servers(
        tmp_path / "data", database_url="postgresql+psycopg://there", redis_url="redis://there"
    )
    with named as servers:
        assert servers.database_url == "postgresql+psycopg://there"
    assert not (tmp_path / "data").exists()
