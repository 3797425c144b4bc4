"""Child processes that never outlive us."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1

# Loaded before any fork: between fork and exec only system calls are safe.
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Owner:
    """The uid and gid that a child process runs as."""

    uid: int
    gid: int


def die_with(parent: int, last_signal: signal.Signals) -> None:
    """Let the kernel send this process ``last_signal`` when ``parent`` dies, on Linux."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, int(last_signal))
        if os.getppid() != parent:
            os._exit(1)


def spawn(
    command: Sequence[str],
    *,
    last_signal: signal.Signals,
    cwd: Path,
    log: IO[bytes],
    to_terminal: bool = False,
    owner: Owner | None = None,
    environment: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Start a child that the kernel sends ``last_signal`` when its parent dies.

    What it says goes to ``log``; its standard output to our own if ``to_terminal``. The child
    is out of reach of the terminal's Ctrl-C, so we decide the order in which
    things stop. The kernel watches the *thread* that calls this: call it from one that
    lives as long as the child should. Outside Linux nothing watches.

    Raises:
        OSError: the command or ``cwd`` is not reachable for ``owner``.
    """
    parent = os.getpid()
    return subprocess.Popen(
        command,
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=None if to_terminal else log,
        stderr=log,
        # Runs after the change of uid, which would clear the request.
        preexec_fn=lambda: die_with(parent, last_signal),
        process_group=0,
        user=owner.uid if owner else None,
        group=owner.gid if owner else None,
        extra_groups=[] if owner else None,
    )


def stop(
    process: subprocess.Popen[bytes], *signals: signal.Signals, patience: float = 30
) -> int | None:
    """Send each signal in turn, waiting ``patience`` seconds after each; return the exit code."""
    for number in (*signals, signal.SIGKILL):
        if process.poll() is not None:
            break
        process.send_signal(number)
        deadline = time.monotonic() + patience
        while process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
    return process.poll()
