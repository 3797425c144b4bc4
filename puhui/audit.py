"""Check every invariant of the books in one read-only view.

Each package that keeps books has an `invariants.py` with a tuple `INVARIANTS`; this module runs
them all and knows nothing else about them. Whatever it finds is printed with the invariant's id,
the ids of the first offenders, and exit status 1.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules

from sqlalchemy import Connection, Engine, text

import puhui
from puhui.db.invariant import Invariant


@dataclass(frozen=True)
class Finding:
    """An invariant, and the first things that violate it."""

    invariant: Invariant
    offenders: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing violates it."""
        return not self.offenders


def invariants() -> list[Invariant]:
    """Return every invariant of every package, in the order of their ids."""
    found: list[Invariant] = []
    for package in iter_modules(puhui.__path__, "puhui."):
        if package.ispkg and find_spec(f"{package.name}.invariants"):
            found.extend(import_module(f"{package.name}.invariants").INVARIANTS)
    names = [invariant.id for invariant in found]
    assert len(names) == len(set(names)), names
    return sorted(found, key=lambda invariant: invariant.id)


def audit(engine: Engine) -> Iterator[Finding]:
    """Check each invariant, all in one REPEATABLE READ READ ONLY transaction."""
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        connection.execute(text("SET TRANSACTION READ ONLY"))
        yield from check(connection)
        connection.rollback()


def check(connection: Connection) -> Iterator[Finding]:
    """Check each invariant in the caller's transaction."""
    for invariant in invariants():
        yield Finding(invariant, tuple(invariant.offenders(connection)))
