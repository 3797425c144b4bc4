"""One command runs everything, and takes everything with it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest

from puhui.local.machine import free_port

ROOT = Path(__file__).resolve().parents[2]


class Machine:
    """`python -m puhui.local` on a folder, as a user starts it."""

    def __init__(self, folder: Path, web_processes: int) -> None:
        self.folder = folder
        environment = {k: v for k, v in os.environ.items() if not k.endswith("_URL")}
        environment["PUHUI_WEB_PROCESSES"] = str(web_processes)
        command = [sys.executable, "-m", "puhui.local", "--empty", "--data", str(folder)]
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment | {"PYTHONUTF8": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )

    def wait_for(self, words: str) -> str:
        """Read what it prints up to a line with these words, which is returned."""
        for line in self.process.stdout:
            if words in line:
                return line
        raise AssertionError(f"it ended without saying {words!r}")

    @property
    def found(self) -> dict[str, str]:
        return json.loads((self.folder / "running.json").read_text())

    def get(self, path: str) -> tuple[int, dict]:
        port = int(self.found["PUHUI_PORT"])
        with closing(HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())

    def numbers(self) -> dict[str, float]:
        """What Prometheus would read, by name and labels."""
        port = int(self.found["PUHUI_METRICS_PORT"])
        with closing(HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
            connection.request("GET", "/metrics")
            lines = connection.getresponse().read().decode().splitlines()
        rows = [line.rpartition(" ") for line in lines if not line.startswith("#")]
        return {name: float(value) for name, _, value in rows}

    @property
    def family(self) -> dict[int, str]:
        """Every living process that descends from it: pid and command."""
        listed = subprocess.run(
            ["ps", "-ww", "-eo", "pid=,ppid=,state=,args="],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        rows = [line.split(None, 3) for line in listed.splitlines()]
        family: dict[int, str] = {self.process.pid: "itself"}
        grown = True
        while grown:
            grown = False
            for pid, parent, state, args in rows:
                if int(parent) in family and int(pid) not in family and state != "Z":
                    family[int(pid)] = args
                    grown = True
        return family

    def kill_one(self, words: str) -> None:
        """Kill -9 the first process of the family whose command holds these words."""
        os.kill(next(pid for pid, args in self.family.items() if words in args), signal.SIGKILL)


@pytest.fixture(scope="module")
def folder():
    with TemporaryDirectory(prefix="puhui-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture
def machine(folder, request):
    """A machine that runs, with as many processes that serve as the test asks for."""
    machine = Machine(folder, request.param)
    try:
        machine.wait_for("Ctrl-C")
        served_by = [args for args in machine.family.values() if "--multiprocessing-fork" in args]
        assert len(served_by) == request.param
        yield machine
    finally:
        machine.process.kill()
        machine.process.communicate()


def gone(pids: list[int]) -> bool:
    listed = subprocess.run(
        ["ps", "-o", "state=", "-p", ",".join(map(str, pids))],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    return set(listed.split()) <= {"Z"}


def wait_until(holds, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.05)


@pytest.mark.parametrize("machine", [2], indirect=True)
def test_told_to_stop_it_answers_every_request_that_runs_and_leaves_nothing(machine):
    assert machine.get("/readyz") == (
        200,
        {"status": "ok", "checks": {"database": "ok", "disk": "ok", "redis": "ok"}},
    )
    numbers = machine.numbers()
    assert numbers['puhui_requests_total{method="GET",route="/readyz",status="200"}'] == 1
    assert numbers["puhui_outbox_due"] == numbers["puhui_outbox_parked"] == 0
    assert numbers["puhui_register_entries"] == 0
    family = list(machine.family)
    url = machine.found["DATABASE_URL"].replace("+psycopg", "")
    with psycopg.connect(url) as blocker, ThreadPoolExecutor(4) as users:
        # Every request waits for this lock, so every one of them runs when the signal comes,
        # even if one process got all four.
        blocker.execute("LOCK TABLE web_request_name IN EXCLUSIVE MODE")
        answers = [users.submit(machine.get, "/readyz") for _ in range(4)]
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        with psycopg.connect(url, autocommit=True) as watcher:
            wait_until(lambda: watcher.execute(waiting).fetchone() == (4,))
        machine.process.send_signal(signal.SIGTERM)
        machine.wait_for("Stopping")
        blocker.rollback()
        assert [answer.result()[0] for answer in answers] == [200] * 4
    assert machine.process.wait(timeout=60) == 0
    assert gone(family)


@pytest.mark.parametrize("machine", [1], indirect=True)
def test_what_dies_is_started_again_and_all_of_it_goes_with_its_owner(machine, folder):
    for words in ("puhui.cli worker", "bin/postgres"):
        machine.kill_one(words)
        machine.wait_for("started again")
    wait_until(lambda: any("puhui.cli worker" in args for args in machine.family.values()))
    wait_until(lambda: machine.get("/readyz")[0] == 200)

    second = Machine(folder, 1)
    said, _ = second.process.communicate(timeout=60)
    assert second.process.returncode == 1
    assert said.count("\n") == 1, said
    assert str(folder) in said

    family = list(machine.family)
    machine.process.kill()
    wait_until(lambda: gone(family), seconds=60)


def test_a_taken_port_is_avoided():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert free_port(port) > port
