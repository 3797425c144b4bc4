"""Bring a database to the code's migration."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


def _config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = url
    return config


def head() -> str:
    """Return the name of the newest migration that the code knows."""
    found = ScriptDirectory.from_config(_config("")).get_current_head()
    assert found is not None
    return found


def is_known(revision: str) -> bool:
    """Whether the code has this migration."""
    script = ScriptDirectory.from_config(_config(""))
    return any(revision == known.revision for known in script.walk_revisions())


def current(connection: Connection) -> str | None:
    """Return the migration that the database stands at, or None for an empty database."""
    return MigrationContext.configure(connection).get_current_revision()


def upgrade(url: str) -> None:
    """Apply every migration that the database at `url` lacks; one process at a time."""
    command.upgrade(_config(url), "head")


def is_current(url: str) -> bool:
    """Whether the database at `url` stands at the code's newest migration."""
    engine = create_engine(url)
    with engine.connect() as connection:
        found = current(connection)
    engine.dispose()
    return found == head()
