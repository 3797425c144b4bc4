"""`run.py bench`: every race on servers of its own; prints the table for docs/benchmarks.md.

A row is printed as soon as it is known: whoever stops a long run keeps what it has found.
"""

import os
import platform
import sys
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from puhui.db import migrate
from puhui.identity import vault
from puhui.local import Servers
from puhui.settings import Settings
from tests.bench.race import table

SUBJECTS = (
    "ledger",
    "footprint",
    "engine",
    "renewal",
    "credits",
    "proof",
    "certificate",
    "bundle",
    "public",
    "rewards",
    "shop",
    "nights",
    "ranking",
    "recount",
    "serials",
    "events",
    "desk",
    "evidence",
)


def machine() -> str:
    """Return what this was measured on, as far as a reader needs it."""
    return (
        f"{os.cpu_count()} CPUs ({platform.machine()}), {platform.system()} {platform.release()},"
        f" Python {platform.python_version()}, load before: {os.getloadavg()[0]:.2f}"
    )


def main(wanted: list[str]) -> None:
    """Run the races of the subjects `wanted`, or of all."""
    with TemporaryDirectory(prefix="puhui-bench-", ignore_cleanup_errors=True) as folder:
        print(machine(), flush=True)
        with Servers(Path(folder) / "servers") as servers:
            for subject in wanted or SUBJECTS:
                settings = _installation(servers, Path(folder), subject)
                races = import_module(f"tests.bench.{subject}").races
                print(flush=True)
                for line in table(races(settings)):
                    print(line, flush=True)


def _installation(servers: Servers, folder: Path, subject: str) -> Settings:
    """Make a database and a data folder for one subject: no race finds what another has left."""
    url = make_url(servers.database_url)
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE bench_{subject}"))
    admin.dispose()
    database_url = url.set(database=f"bench_{subject}").render_as_string(hide_password=False)
    migrate.upgrade(database_url)
    settings = Settings(
        database_url=database_url,
        redis_url=servers.redis_url,
        secret="a secret for one measurement, 32 or more",
        data_dir=folder / subject,
        base_url="http://127.0.0.1",
        local=True,
        # One client asks as often as it can; what is measured is not the limit.
        limit_signed_in="1000000/minute",
        limit_public="1000000/minute",
    )
    settings.data_dir.mkdir()
    # Serials are made from a seed that is kept sealed.
    vault.unlock(settings.secret)
    return settings


if __name__ == "__main__":
    main(sys.argv[1:])
