"""What must be true before anything of ours starts: a promise that the servers cannot keep is
refused, in one line, instead of being given."""

import ipaddress
from collections.abc import Iterator
from datetime import timedelta

import redis
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from puhui.credits.paying.installation import faults_of_gateway
from puhui.db import migrate
from puhui.kernel.clock import now
from puhui.settings import Settings, UnsafeSetting

CLOCKS_MAY_DIFFER = timedelta(seconds=2)
KEPT_PROMISES = {
    "fsync": {"on"},
    "full_page_writes": {"on"},
    "synchronous_commit": {"on", "remote_apply"},
}
"""PostgreSQL settings without which an acknowledged write can be lost in a crash."""


class UnsafeSettings(UnsafeSetting):
    """The installation must not start like this; one line for each reason."""


def check(settings: Settings) -> None:
    """Let safe settings pass.

    Raises:
        UnsafeSettings: with every reason found.
    """
    reasons = [
        *faults_of_database(settings.database_url),
        *faults_of_redis(settings.redis_url),
        *faults_of_gateway(settings),
    ]
    if reasons:
        raise UnsafeSettings("\n".join(reasons))


def faults_of_database(url: str) -> Iterator[str]:
    """Yield why the database must not be used."""
    engine = create_engine(url, connect_args={"connect_timeout": 5})
    try:
        with engine.connect() as connection:
            yield from _faults_of_durability(connection)
            yield from _faults_of_clock(connection)
            yield from _faults_of_migration(connection)
    except SQLAlchemyError as error:
        yield (
            f"数据库无法连接 / DATABASE_URL: the database does not answer: {type(error).__name__}"
        )
    finally:
        engine.dispose()


def _faults_of_durability(connection: Connection) -> Iterator[str]:
    for name, safe in KEPT_PROMISES.items():
        value = connection.scalar(text(f"SHOW {name}"))
        if value not in safe:
            yield (
                f"PostgreSQL 的 {name} 是 {value}，已确认的写入可能丢失 / "
                f"PostgreSQL runs with {name} = {value}: acknowledged writes may be lost"
            )


def _faults_of_clock(connection: Connection) -> Iterator[str]:
    before = now()
    there = connection.scalar(text("SELECT clock_timestamp()"))
    assert there is not None
    if there < before - CLOCKS_MAY_DIFFER or there > now() + CLOCKS_MAY_DIFFER:
        yield (
            f"本机与数据库的时钟相差超过 2 秒 / This clock and the database's differ by more than "
            f"2 s ({(there - before).total_seconds():+.1f} s)"
        )


def _faults_of_migration(connection: Connection) -> Iterator[str]:
    found, wanted = migrate.current(connection), migrate.head()
    if found == wanted:
        return
    if found is None or migrate.is_known(found):
        yield (
            f"数据库结构较旧（{found}），请运行 puhui db upgrade / The database is behind the "
            f"code ({found}, not {wanted}): run puhui db upgrade"
        )
    else:
        yield (
            f"数据库结构比程序新（{found}），请更新程序 / The database is ahead of the code "
            f"({found}, not {wanted}): update the program"
        )


def faults_of_redis(url: str) -> Iterator[str]:
    """Yield why this Redis must not be used. One that is down is no reason: it is a doorbell."""
    connection = redis.Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2)
    options = connection.connection_pool.connection_kwargs
    if "path" in options or options.get("password") or _is_loopback(options.get("host", "")):
        return
    yield (
        "REDIS_URL 没有密码且不在本机 / REDIS_URL names a Redis elsewhere without a password: "
        "whoever reaches it could fill it"
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
