"""What the factor library promises, as queries that find whatever breaks it."""

from collections.abc import Sequence
from hashlib import sha256

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from puhui.db.invariant import MOST, Invariant, by_query
from puhui.factors.library import digest_lines
from puhui.factors.queries import libraries


def changed_libraries(connection: Connection) -> Sequence[str]:
    """Return libraries whose rows no longer have the digest that the register holds."""
    with Session(connection) as session:
        return [
            library
            for library, factors in libraries(session)
            if sha256(digest_lines(factors).encode()).hexdigest() != library
        ][:MOST]


INVARIANTS: tuple[Invariant, ...] = (
    by_query(
        "F1",
        "every factor, and all judged of it, came in a library that stands in the register",
        """
        SELECT f.key || '@' || f.version FROM factors_factor f
        LEFT JOIN factors_act a
          ON a.key = f.key AND a.version = f.version AND a.kind = 'published'
        LEFT JOIN register_entry r ON r.kind = 'factors_published' AND r.subject_id = a.library
        WHERE r.entry_id IS NULL
        UNION ALL
        SELECT q.key || '@' || q.version FROM factors_quality q
        LEFT JOIN register_entry r ON r.kind = 'factors_published' AND r.subject_id = q.library
        WHERE r.entry_id IS NULL
        """,
    ),
    by_query(
        "F2",
        "a factor says where it is from, and a withdrawal why",
        """
        SELECT key || '@' || version FROM factors_factor
        WHERE length(source) < 12 OR kg_per_unit < 0
        UNION ALL
        SELECT key || '@' || version FROM factors_act
        WHERE kind = 'withdrawn' AND reason IS NULL
        """,
    ),
    Invariant(
        "F3",
        "the rows of every library still have the digest by which the register knows them",
        changed_libraries,
    ),
    by_query(
        "F4",
        "a file with faults was never published, and a published one has its publisher",
        """
        SELECT import_id FROM factors_import
        WHERE published_at IS NOT NULL AND (faults <> '[]'::jsonb OR published_by IS NULL)
        """,
    ),
)
