"""Web server and worker beside their servers, each started again when it dies."""

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGTERM

from puhui.local.errors import LocalError
from puhui.local.process import spawn, stop
from puhui.local.servers import last_line, open_log

ROOT = Path(__file__).resolve().parents[2]
FIRST_PORT, FIRST_METRICS_PORT = 8000, 9464
SHORTEST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  # seconds before a dead child is started again
STEADY = 60.0  # seconds alive after which a child's earlier deaths are forgotten
STOP_PATIENCE = 30.0  # seconds for running requests, and for the effect in hand


@dataclass
class Child:
    """A program of ours that should always run."""

    name: str
    command: str
    data_dir: Path
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    deaths: int = 0
    started_at: float = field(default=0.0)
    start_at: float = field(default=0.0)

    @property
    def log_path(self) -> Path:
        return self.data_dir / f"{self.name}.log"

    def start(self) -> None:
        """Start it. What it prints goes to the terminal, what it logs to a file."""
        with open_log(self.log_path) as log:
            self.process = spawn(
                [sys.executable, "-m", "puhui.cli", self.command],
                last_signal=SIGTERM,
                cwd=ROOT,
                log=log,
                to_terminal=True,
                environment=self.environment,
            )
        self.started_at = time.monotonic()

    def look_after(self) -> bool:
        """Start it again if it has died, later each time; return whether it has just died."""
        now = time.monotonic()
        if self.process is not None:
            if self.process.poll() is None:
                return False
            self.deaths = 1 if now - self.started_at > STEADY else self.deaths + 1
            pause = min(LONGEST_PAUSE, SHORTEST_PAUSE * 2 ** (self.deaths - 1))
            self.process, self.start_at = None, now + pause
            return True
        if now >= self.start_at:
            self.start()
        return False

    def stop(self) -> None:
        """Let it finish what it does, and go."""
        if self.process is not None:
            stop(self.process, SIGTERM, patience=STOP_PATIENCE)

    @property
    def last_words(self) -> str:
        return last_line(self.log_path)


def free_port(first: int) -> int:
    """Return the first port from ``first`` on that nobody listens at on this machine.

    Raises:
        LocalError: a hundred in a row are taken.
    """
    for port in range(first, min(first + 100, 65536)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise LocalError(f"从 {first} 起没有空闲端口 / No free port from {first} on")


def secret_of(data_dir: Path) -> str:
    """Return this installation's secret, made at its first start and kept in its folder."""
    path = data_dir / "secret"
    if not path.exists():
        unfinished = path.with_suffix(".new")
        unfinished.touch(mode=0o600)
        unfinished.write_text(secrets.token_urlsafe(48))
        unfinished.rename(path)
    return path.read_text()


def environment_of(
    data_dir: Path, database_url: str, redis_url: str, port: int, metrics_port: int
) -> dict[str, str]:
    """Return the environment that web server, worker and commands get."""
    own = {
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "PUHUI_SECRET": os.environ.get("PUHUI_SECRET") or secret_of(data_dir),
        "PUHUI_DATA": str(data_dir),
        "PUHUI_BASE_URL": os.environ.get("PUHUI_BASE_URL") or f"http://127.0.0.1:{port}",
        "PUHUI_LOCAL": "1",
        "PUHUI_PORT": str(port),
        "PUHUI_METRICS_PORT": str(metrics_port),
        "PYTHONUTF8": "1",
        "PYTHONUNBUFFERED": "1",
    }
    return {**os.environ, **own}
