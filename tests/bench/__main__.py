"""`run.py bench`: every race on servers of its own; prints the table for docs/benchmarks.md."""

import os
import platform
import sys
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from puhui.db import migrate
from puhui.identity import vault
from puhui.local import Servers
from puhui.settings import Settings
from tests.bench.race import Result, table

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
            migrate.upgrade(servers.database_url)
            settings = Settings(
                database_url=servers.database_url,
                redis_url=servers.redis_url,
                secret="a secret for one measurement, 32 or more",
                data_dir=Path(folder),
                base_url="http://127.0.0.1",
                local=True,
            )
            # Serials are made from a seed that is kept sealed.
            vault.unlock(settings.secret)
            results: list[Result] = []
            for subject in wanted or SUBJECTS:
                found = import_module(f"tests.bench.{subject}").races(settings)
                print("\n" + table(found), flush=True)
                results += found


if __name__ == "__main__":
    main(sys.argv[1:])
