"""The database that the migrations build is the one that the models describe."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine

from puhui.db import migrate
from puhui.db.base import Base


def test_migrations_build_what_the_models_describe(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, Base.metadata) == []


def test_the_head_file_names_the_newest_migration() -> None:
    assert (migrate.MIGRATIONS / "HEAD").read_text().strip() == migrate.head()
