"""Everything on this machine: `python -m puhui.local`, which is what `run.py` starts.

python -m puhui.local [--port N] [--data DIR] [--empty]
python -m puhui.local exec ...      the command line, on the same data
"""

import argparse
import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Event

from sqlalchemy import create_engine, text

from puhui.db import migrate
from puhui.local.errors import AlreadyRunning, LocalError
from puhui.local.machine import (
    FIRST_METRICS_PORT,
    FIRST_PORT,
    ROOT,
    Child,
    environment_of,
    free_port,
)
from puhui.local.process import die_with
from puhui.local.servers import Servers

READY_PATIENCE = 120.0  # seconds
RUNNING = "running.json"
"""In the data folder while everything runs: how commands find the servers."""


def run(data_dir: Path, first_port: int, *, with_example: bool) -> None:
    """Run everything until SIGTERM, SIGINT or SIGHUP; then finish what runs, and stop it all.

    Raises:
        LocalError: something does not start.
    """
    stopping = Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: stopping.set())
    with ExitStack() as stack:
        servers = stack.enter_context(Servers.from_environment(data_dir))
        port = free_port(first_port)
        metrics_port = free_port(max(FIRST_METRICS_PORT, port + 1))
        data_dir.mkdir(parents=True, exist_ok=True)
        environment = environment_of(
            data_dir, servers.database_url, servers.redis_url, port, metrics_port
        )
        migrate.upgrade(servers.database_url)
        if with_example and is_empty(servers.database_url):
            command(environment, "example", "load")
        children = [
            Child("web", "serve", data_dir, environment),
            Child("worker", "worker", data_dir, environment),
        ]
        for child in reversed(children):
            stack.callback(child.stop)
        for child in children:
            child.start()
        stack.enter_context(_announced(data_dir, environment))
        if wait_until_ready(children, port, stopping):
            greet(environment, data_dir, first_port)
            if with_example:
                command(environment, "example", "people")
            print("Ctrl-C 停止 / stops everything", flush=True)
        while not stopping.wait(0.5):
            for name in servers.revive():
                print(f"{name} 已重新启动 / {name} was started again", flush=True)
            for child in children:
                if child.look_after():
                    print(
                        f"{child.name} 已退出，将重新启动 / {child.name} died and is started "
                        f"again: {child.last_words}",
                        flush=True,
                    )
        print("正在停止 / Stopping …", flush=True)


def is_empty(database_url: str) -> bool:
    """Whether nobody is known yet."""
    engine = create_engine(database_url)
    with engine.connect() as connection:
        known = connection.scalar(text("SELECT EXISTS (SELECT FROM identity_person)"))
    engine.dispose()
    return not known


def command(environment: Mapping[str, str], *arguments: str) -> None:
    """Run one of the operators' commands; what it prints is shown.

    Raises:
        LocalError: it fails.
    """
    done = subprocess.run(
        [sys.executable, "-m", "puhui.cli", *arguments], env=environment, cwd=ROOT, check=False
    )
    if done.returncode != 0:
        raise LocalError(f"puhui {' '.join(arguments)} 失败 / failed")


def wait_until_ready(children: list[Child], port: int, stopping: Event) -> bool:
    """Wait until requests can be served; return False if told to stop meanwhile.

    Raises:
        LocalError: a program of ours dies before that, or it takes too long.
    """
    deadline = time.monotonic() + READY_PATIENCE
    while time.monotonic() < deadline:
        if stopping.wait(0.1):
            return False
        for child in children:
            if child.process is not None and child.process.poll() is not None:
                raise LocalError(
                    f"{child.name} 无法启动，原因见 {child.log_path} / {child.name} does not "
                    f"start: {child.last_words}"
                )
        if _lives(port):
            return True
    raise LocalError(
        f"网站没有应答，原因见 {children[0].log_path} / The web server does not answer: "
        f"see {children[0].log_path}"
    )


def _lives(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/livez")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


class _announced:  # noqa: N801
    """The file by which commands find the running servers, for as long as the block lasts."""

    def __init__(self, data_dir: Path, environment: Mapping[str, str]) -> None:
        self.path = data_dir / RUNNING
        self.content = {
            name: environment[name]
            for name in environment
            if name.startswith("PUHUI_") or name in ("DATABASE_URL", "REDIS_URL")
        }

    def __enter__(self) -> None:
        self.path.unlink(missing_ok=True)
        self.path.touch(mode=0o600)
        self.path.write_text(json.dumps(self.content))

    def __exit__(self, *_: object) -> None:
        self.path.unlink(missing_ok=True)


def greet(environment: Mapping[str, str], data_dir: Path, wanted_port: int) -> None:
    """Print where everything is and how to sign in."""
    address, port = environment["PUHUI_BASE_URL"], environment["PUHUI_PORT"]
    # Commands look in the usual folder unless they are told of another.
    where = "" if data_dir == ROOT / "var" else f"PUHUI_DATA={shlex.quote(str(data_dir))} "
    if int(port) != wanted_port:
        print(
            f"端口 {wanted_port} 已被占用，改用 {port} / Port {wanted_port} is taken: using {port}"
        )
    print(
        f"""
  普惠已启动 / Puhui is running     {address}
  接口文档 / API documents          {address}/api/docs
  指标 / Metrics                    http://127.0.0.1:{environment["PUHUI_METRICS_PORT"]}/metrics
  数据与日志 / Data and logs        {data_dir}

  走一遍三个流程 / Walk the three flows:
    {where}python3 run.py puhui demo --url {address}
""",
        flush=True,
    )


def execute(data_dir: Path, arguments: list[str]) -> int:
    """Run a command on this folder's data: on the running servers, or on some of its own.

    A folder that has no data yet gets none, so that `--help` leaves no trace.
    """
    program = [sys.executable, "-m", "puhui.cli", *arguments]
    if os.environ.get("DATABASE_URL") or not (data_dir / "postgres").exists():
        os.execve(program[0], program, dict(os.environ))  # noqa: S606
    try:
        with Servers.from_environment(data_dir) as servers:
            environment = environment_of(
                data_dir, servers.database_url, servers.redis_url, FIRST_PORT, FIRST_METRICS_PORT
            )
            migrate.upgrade(servers.database_url)
            parent = os.getpid()
            return subprocess.run(
                program,
                env=environment,
                check=False,
                preexec_fn=lambda: die_with(parent, signal.SIGTERM),
            ).returncode
    except AlreadyRunning:
        found = json.loads((data_dir / RUNNING).read_text())
        os.execve(program[0], program, {**os.environ, **found})  # noqa: S606


def main() -> int:
    """Run what the arguments ask for; return the exit status."""
    default = Path(os.environ.get("PUHUI_DATA") or ROOT / "var")
    try:
        if sys.argv[1:2] == ["exec"]:
            return execute(default.absolute(), sys.argv[2:])
        parser = argparse.ArgumentParser(
            prog="run.py", description="在本机运行普惠 / Run Puhui on this machine"
        )
        parser.add_argument("--port", type=int, default=FIRST_PORT, help="首选端口 / wanted port")
        parser.add_argument("--data", type=Path, default=default, help="数据文件夹 / data folder")
        parser.add_argument(
            "--empty", action="store_true", help="不装入示例 / do not load the example province"
        )
        asked = parser.parse_args()
        run(asked.data.absolute(), asked.port, with_example=not asked.empty)
    except LocalError as refusal:
        print(refusal, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
