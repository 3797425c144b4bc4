"""What the factor library promises, as queries that find whatever breaks it."""

from puhui.db.invariant import Invariant, by_query

INVARIANTS: tuple[Invariant, ...] = (
    by_query(
        "F1",
        "every factor was published once, in a library that stands in the register",
        """
        SELECT f.key || '@' || f.version FROM factors_factor f
        LEFT JOIN factors_act a
          ON a.key = f.key AND a.version = f.version AND a.kind = 'published'
        LEFT JOIN register_entry r ON r.kind = 'factors_published' AND r.subject_id = a.library
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
)
