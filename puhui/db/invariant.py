"""What an invariant is: an id, a sentence, and a query that finds what breaks it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text


@dataclass(frozen=True)
class Invariant:
    """`offenders` returns the identifiers of whatever violates it, at most `MOST` of them."""

    id: str
    says: str
    offenders: Callable[[Connection], Sequence[str]]


MOST = 5


def by_query(name: str, says: str, query: str) -> Invariant:
    """Return an invariant that holds when `query` finds no row; its first column names them."""

    def offenders(connection: Connection) -> Sequence[str]:
        rows = connection.execute(text(query)).fetchmany(MOST)
        return [str(row[0]) for row in rows]

    return Invariant(name, says, offenders)
