"""Look for words everywhere that an installation keeps anything: what must not be found anywhere
is worth nothing unless the same look finds it beforehand."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from itertools import product
from pathlib import Path
from uuid import UUID
from zipfile import ZipFile, is_zipfile

from redis import Redis
from sqlalchemy import Engine, text

from puhui.identity.vault import WrongKey, vault

SEALS = ("phone of {}", "code of {}", "address of {}", "contact of invoice {}")


def found(
    canaries: Mapping[str, str | bytes],
    engine: Engine,
    redis_url: str,
    folder: Path,
    log: str,
) -> dict[str, set[str]]:
    """Return where each canary is: `table.column`, a file's name, a key of Redis, or `log`."""
    needles = {name: set(_forms(canary)) for name, canary in canaries.items()}
    where: dict[str, set[str]] = defaultdict(set)
    for place, content in _everything(engine, redis_url, folder, log):
        for name, forms in needles.items():
            if any(form in content for form in forms):
                where[name].add(place)
    return dict(where)


def _forms(canary: str | bytes) -> Iterator[bytes]:
    """Return the ways in which a canary may be written down."""
    if isinstance(canary, bytes):
        yield canary
        yield canary.hex().encode()
        return
    yield canary.encode()
    yield canary.encode().hex().encode()
    yield canary.encode("unicode_escape")
    yield canary.encode("utf-16-le")


def _everything(
    engine: Engine, redis_url: str, folder: Path, log: str
) -> Iterator[tuple[str, bytes]]:
    yield "log", log.encode()
    yield from _database(engine)
    yield from _files(folder)
    yield from _redis(redis_url)


def _database(engine: Engine) -> Iterator[tuple[str, bytes]]:
    """Return every cell of every table: as text, as bytes, and opened where it is sealed."""
    with engine.connect() as connection:
        tables = connection.scalars(
            text(
                "SELECT relname FROM pg_class WHERE relkind = 'r'"
                " AND relnamespace = 'public'::regnamespace"
            )
        ).all()
        for table in tables:
            rows = connection.execute(text(f'SELECT * FROM "{table}"')).mappings().all()
            written = connection.scalars(text(f'SELECT t::text FROM "{table}" t')).all()
            yield f"{table} as text", "\n".join(written).encode()
            for row in rows:
                for column, value in row.items():
                    if isinstance(value, bytes | memoryview):
                        yield f"{table}.{column}", bytes(value)
                        yield from _opened(f"{table}.{column}", bytes(value), row.values())
                    elif value is not None:
                        yield f"{table}.{column}", str(value).encode()


def _opened(place: str, sealed: bytes, row: Iterable[object]) -> Iterator[tuple[str, bytes]]:
    for name, form in product([v for v in row if isinstance(v, UUID)], SEALS):
        try:
            yield f"{place} opened", vault().open(sealed, form.format(name)).encode()
        except (WrongKey, ValueError):
            continue


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for file in sorted(folder.rglob("*")):
        if not file.is_file():
            continue
        name, content = str(file.relative_to(folder)), file.read_bytes()
        yield name, name.encode()
        yield name, content
        if is_zipfile(BytesIO(content)):
            with ZipFile(BytesIO(content)) as whole:
                for member in whole.namelist():
                    yield f"{name}/{member}", member.encode()
                    yield f"{name}/{member}", whole.read(member)


def _redis(url: str) -> Iterator[tuple[str, bytes]]:
    with Redis.from_url(url) as connection:
        for key in connection.scan_iter():
            yield f"redis {key!r}", key
            match connection.type(key):
                case b"string":
                    yield f"redis {key!r}", connection.get(key) or b""
                case b"hash":
                    pairs = connection.hgetall(key)
                    yield f"redis {key!r}", b"\n".join([*pairs.keys(), *pairs.values()])
                case b"list":
                    yield f"redis {key!r}", b"\n".join(connection.lrange(key, 0, -1))
                case b"set":
                    yield f"redis {key!r}", b"\n".join(connection.smembers(key))
                case b"zset":
                    yield f"redis {key!r}", b"\n".join(connection.zrange(key, 0, -1))
                case b"stream":
                    yield f"redis {key!r}", repr(connection.xrange(key)).encode()
