"""The factor library that the product ships, published in a test's database.

Publishing it takes a third of a second, and hundreds of tests want it. The first of a process
publishes it as the product does and keeps a copy beside the tables; the others insert the copy.
"""

from datetime import datetime

from sqlalchemy import Table, func, select, text
from sqlalchemy.orm import Session

from puhui.db.session import transaction
from puhui.factors.model import Act, FactorRow, Quality
from puhui.factors.service import load_library
from puhui.kernel import clock
from puhui.outbox.service import publish

TABLES: list[Table] = [model.__table__ for model in (FactorRow, Quality, Act)]


def publish_shipped(now: datetime | None = None) -> None:
    """Publish the factors that the product ships, unless this test has done so."""
    now = now or clock.now()
    with transaction() as session:
        published = _rows(session, "factors_factor")
        kept = _rows(session, "kept.factors_factor")
        if kept and not published:
            _insert_kept(session, now)
        elif not kept or published < kept:
            load_library(session, now)
        if not kept and not published:
            session.flush()
            _keep(session)


def _rows(session: Session, name: str) -> int:
    if session.scalar(select(func.to_regclass(name))) is None:
        return 0
    return session.scalars(text(f"SELECT count(*) FROM {name}")).one()


def _keep(session: Session) -> None:
    session.execute(text("CREATE SCHEMA kept"))
    for table in TABLES:
        session.execute(text(f"CREATE TABLE kept.{table.name} AS TABLE {table.name}"))


def _insert_kept(session: Session, now: datetime) -> None:
    """Put the copy in as if it had been published now, and tell the outbox so."""
    for table in TABLES:
        into = ", ".join(column.name for column in table.columns)
        values = ", ".join(
            ":now" if column.type.python_type is datetime else column.name
            for column in table.columns
        )
        session.execute(
            text(f"INSERT INTO {table.name} ({into}) SELECT {values} FROM kept.{table.name}"),
            {"now": now},
        )
    counted = select(Act.library, func.count()).group_by(Act.library)
    for digest, factors in session.execute(counted).all():
        publish(
            session,
            "factors.published",
            now,
            library=digest,
            factors=factors,
            at=now.isoformat(),
        )
