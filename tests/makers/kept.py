"""Copies of rows that hundreds of tests want and that take long to come by.

The first test of a process that wants them makes them as the product does and keeps a copy beside
the tables; the others put the copy in.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Table, func, select, text
from sqlalchemy.orm import Session


def rows(session: Session, name: str) -> int:
    """Return how many rows a table has; none if there is no such table."""
    if session.scalar(select(func.to_regclass(name))) is None:
        return 0
    return session.scalars(text(f"SELECT count(*) FROM {name}")).one()


def keep(session: Session, tables: Sequence[Table]) -> None:
    """Keep a copy of all that is in these tables now."""
    session.flush()
    session.execute(text("CREATE SCHEMA IF NOT EXISTS kept"))
    for table in tables:
        session.execute(text(f"CREATE TABLE kept.{table.name} AS TABLE {table.name}"))


def put_in(session: Session, tables: Sequence[Table], now: datetime) -> None:
    """Put the copies in as if they had been written now."""
    for table in tables:
        into = ", ".join(f'"{column.name}"' for column in table.columns)
        values = ", ".join(
            ":now" if column.type.python_type is datetime else f'"{column.name}"'
            for column in table.columns
        )
        session.execute(
            text(f"INSERT INTO {table.name} ({into}) SELECT {values} FROM kept.{table.name}"),
            {"now": now},
        )
