"""Run migrations online, one process at a time, on the URL that the caller gives."""

from importlib import import_module
from pathlib import Path

from alembic import context
from sqlalchemy import create_engine, text

from puhui.db.base import Base

# The only place outside a package that imports its model: autogenerate must see every table.
PACKAGES = Path(__file__).resolve().parents[1] / "puhui"
for found in sorted({*PACKAGES.rglob("model.py"), *PACKAGES.glob("*/model/__init__.py")}):
    folder = found.parent.parent if found.name == "__init__.py" else found.parent
    import_module(".".join(("puhui", *folder.relative_to(PACKAGES).parts, "model")))

UPGRADE_LOCK = 0x7075687569  # "puhui"

engine = create_engine(context.config.attributes["url"])
with engine.connect() as connection:
    connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": UPGRADE_LOCK})
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        transaction_per_migration=True,
        compare_type=True,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": UPGRADE_LOCK})
    connection.commit()
engine.dispose()
