"""What a package keeps of people, said once, table by table.

Each package that keeps tables has a `personal.py` with a `Personal` named `PERSONAL`, in which
every one of its tables stands: as rows *about* a person, as rows in which a person left a *trace*
by what they did, or as rows *of nobody*. From this one statement follow what an export holds,
what an erasure takes, what the audit looks for afterwards and the table in `docs/privacy.md`. A
test goes through every column of the database and asks where it stands here.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    String,
    Table,
    and_,
    case,
    cast,
    delete,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from puhui.db.base import Base
from puhui.kernel.errors import Fault

ERASED = "—"
"""What stands where a person's words or name stood: the same in every language."""

Whose = Callable[[Any], ColumnElement[bool]]
"""Given a person's id, or a column that holds one: which rows are theirs."""


@dataclass(frozen=True)
class About:
    """Rows about one person: exported to them, and erased with them as far as it is said here."""

    rows: type[Base]
    subject: str
    """What the rows are called in an export."""
    ties: tuple[str, ...] = ()
    """Columns that hold the person's id, or an owner's name made of it."""
    stays: str = ""
    """Why the rows stay, under an id that leads to nobody. Empty: the rows go."""
    erased: Mapping[str, Any] = field(default_factory=dict)
    """Of rows that stay: what is replaced, and by what."""
    withheld: frozenset[str] = frozenset()
    """Not exported: it tells of somebody else, or is a secret that would be worth stealing."""
    codes: frozenset[str] = frozenset()
    """Columns of text or bytes that stay because they can hold no words: states, codes, hashes."""
    whose: Whose | None = None
    """Which rows are a person's, where it is not by `ties` alone."""
    read: Mapping[str, Callable[[Mapping[str, Any]], Any]] = field(default_factory=dict)
    """How a sealed column is read for an export, from its row."""

    @property
    def table(self) -> Table:
        """The table that holds the rows."""
        return _table(self.rows)

    def of(self, person_id: Any) -> ColumnElement[bool]:
        """Return which rows are this person's."""
        if self.whose is not None:
            return self.whose(person_id)
        return or_(*(self.table.c[tie] == person_id for tie in self.ties))

    def left(self) -> ColumnElement[bool]:
        """Return which rows still hold what an erasure takes."""
        if not self.stays:
            return literal(True)
        return or_(
            *(
                self.table.c[name].is_distinct_from(_instead(self.table.c[name], value))
                for name, value in self.erased.items()
            ),
            literal(False),
        )


@dataclass(frozen=True)
class Trace:
    """Rows in which a person's id says who did something for an organisation or the platform.

    What they did stays, with its reasons, for it concerns others; the id leads to nobody once
    the person is erased.
    """

    rows: type[Base]
    columns: tuple[str, ...]
    stays: str

    @property
    def table(self) -> Table:
        """The table that holds the rows."""
        return _table(self.rows)

    def of(self, person_id: Any) -> ColumnElement[bool]:
        """Return the rows in which this person acted."""
        return or_(*(self.table.c[column] == person_id for column in self.columns))


@dataclass(frozen=True)
class Personal:
    """Everything that one package keeps, by whom it is about."""

    package: str
    about: tuple[About, ...] = ()
    traces: tuple[Trace, ...] = ()
    of_nobody: Mapping[type[Base], str] = field(default_factory=dict)
    """Tables that hold nothing of a person, and what they hold."""
    settle: Callable[[Session, UUID, datetime], None] | None = None
    """What has to be settled before a person's rows are erased: roles, points, open claims."""
    leaves: Callable[[Session, UUID, datetime], Sequence[Fault]] | None = None
    """Whom a person would leave without anybody: what has to be put in order first."""
    binds: Callable[[Session, UUID, datetime], Sequence[str]] | None = None
    """What binds an organisation, so that somebody has to keep it: sentences, marked by `N_`."""


def owner_of(person_id: Any) -> ColumnElement[str]:
    """Return the name under which a person owns accounts and tasks, for use in a query."""
    return literal("person:") + cast(person_id, String)


def told(session: Session, about: About, person_id: UUID) -> list[dict[str, Any]]:
    """Return a person's rows as plain values that JSON and CSV can hold, in the table's order."""
    table = about.table
    rows = session.execute(
        select(table).where(about.of(person_id)).order_by(*table.primary_key.columns)
    ).mappings()
    return [
        {
            column.name.removesuffix("_sealed"): plain(
                about.read[column.name](dict(row))
                if column.name in about.read
                else row[column.name]
            )
            for column in table.columns
            if column.name not in about.withheld
        }
        for row in rows
    ]


def traced(session: Session, trace: Trace, person_id: UUID) -> list[dict[str, Any]]:
    """Return where a person acted: the table, the row's key, and as what they stand in it."""
    table = trace.table
    keys = [*table.primary_key.columns]
    rows = session.execute(
        select(*keys, *(table.c[name].label(f"as {name}") for name in trace.columns))
        .where(trace.of(person_id))
        .order_by(*keys)
    ).mappings()
    return [
        {
            "table": table.name,
            "key": ", ".join(str(plain(row[key.name])) for key in keys),
            "as": ", ".join(name for name in trace.columns if row[f"as {name}"] == person_id),
        }
        for row in rows
    ]


def erase(session: Session, about: About, person_id: UUID) -> int:
    """Erase what is to be erased of a person's rows; return how many rows it was done to."""
    table = about.table
    if not about.stays:
        done = session.execute(delete(table).where(about.of(person_id)))
    elif about.erased:
        done = session.execute(
            update(table)
            .where(and_(about.of(person_id), about.left()))
            .values({name: _instead(table.c[name], value) for name, value in about.erased.items()})
        )
    else:
        return 0
    return int(done.rowcount)  # type: ignore[attr-defined]


def tables(packages: Iterable[Personal]) -> set[str]:
    """Return the name of every table that a package has said something of."""
    return {
        _table(rows).name
        for package in packages
        for rows in (
            *(about.rows for about in package.about),
            *(trace.rows for trace in package.traces),
            *package.of_nobody,
        )
    }


def _instead(column: ColumnElement[Any], value: Any) -> ColumnElement[Any]:
    """Return what replaces a column: what was never there stays absent, so that a row keeps its
    shape."""
    if value is None:
        return cast(None, column.type)
    put = (
        value
        if isinstance(value, ColumnElement)
        else cast(literal(value, column.type), column.type)
    )
    empty: ColumnElement[bool] = column.is_(None)
    if isinstance(value, str):
        empty = empty | (column == "")
    return case((empty, column), else_=put)


def _table(rows: type[Base]) -> Table:
    table = rows.__table__
    assert isinstance(table, Table), rows
    return table


def plain(value: Any) -> Any:
    """Return a column's value as JSON can hold it: exact numbers and times are strings."""
    match value:
        case None | bool() | int() | str():
            return value
        case bytes() | memoryview():
            return bytes(value).hex()
        case datetime() | date():
            return value.isoformat()
        case Decimal():
            return format(value, "f")
        case dict():
            return {str(name): plain(inner) for name, inner in value.items()}
        case list() | tuple():
            return [plain(inner) for inner in value]
    return str(value)
