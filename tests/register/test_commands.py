"""What an operator asks of the register."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import Engine, text

from puhui.db.session import transaction
from puhui.register import service
from puhui.register.signer import Signer
from puhui.settings import Settings

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def register(settings: Settings) -> Run:
    """Run a command of the register in a process of its own."""
    environment = {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "PUHUI_SECRET": settings.secret,
        "PUHUI_DATA": str(settings.data_dir),
        "PUHUI_LOCAL": "1",
    }

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [
                sys.executable,
                "-c",
                "from puhui.register.commands import group; group()",
                *arguments,
            ],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            env={**os.environ, **environment},
        )

    return run


def test_sign_and_root_agree_until_someone_changes_an_entry(
    register: Run, database: Engine, signer: Signer, noon: datetime
) -> None:
    with transaction() as session:
        service.record(session, "test", "a", {"kg": "1000"}, noon)
    signed = register("sign")
    assert (signed.returncode, signed.stderr) == (0, "")
    origin, size, value = signed.stdout.splitlines()[:3]
    assert (origin, size) == (signer.key.name, "1")

    root = register("root")
    assert root.returncode == 0
    assert root.stdout == f"1 {value}\n{signed.stdout}"

    with database.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("UPDATE register_entry SET leaf = replace(leaf, '1000', '9000')"))
    changed = register("root")
    assert changed.returncode == 1
    assert "entry 0" in changed.stderr


def test_the_public_key_can_be_printed_and_the_secret_is_not(register: Run, signer: Signer) -> None:
    printed = register("key")
    assert printed.stdout == f"{signer.key.verifier}\n"
