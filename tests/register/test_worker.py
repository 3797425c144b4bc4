"""A worker signs only the register that was signed last."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import Engine, text

from puhui.register.errors import RolledBack
from puhui.register.signer import NoSigningKey
from puhui.settings import Settings
from puhui.worker import take_pen


def test_a_worker_does_not_start_on_a_database_from_yesterday(
    grow: Callable[[int], None], database: Engine, settings: Settings
) -> None:
    grow(3)
    take_pen(settings)
    with database.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text('DELETE FROM register_entry WHERE "index" = 2'))
        connection.execute(text("DELETE FROM register_checkpoint"))
    with pytest.raises(RolledBack):
        take_pen(settings)


def test_a_worker_without_a_key_does_not_start_in_production(
    settings: Settings, database: Engine, tmp_path
) -> None:
    with pytest.raises(NoSigningKey, match="PUHUI_REGISTER_KEY"):
        take_pen(replace(settings, local=False, data_dir=tmp_path))
