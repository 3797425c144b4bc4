"""What the rights of people promise, as queries that find whatever breaks it."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, String, cast, exists, func, select

from puhui.db.base import Base
from puhui.db.invariant import MOST, Invariant, by_query
from puhui.db.personal import About
from puhui.rights.packages import PACKAGES


def _left_of_the_erased(connection: Connection) -> Sequence[str]:
    """Return `table key` of rows that still hold what an erasure takes."""
    done = Base.metadata.tables["rights_erasure"]
    # Some hundred tables would be asked for nobody.
    if not connection.scalar(select(exists().where(done.c.finished_at.is_not(None)))):
        return []
    found: list[str] = []
    for package in PACKAGES:
        for about in package.about:
            found += _left(connection, about)
            if len(found) >= MOST:
                return found[:MOST]
    return found


def _left(connection: Connection, about: About) -> Iterator[str]:
    if about.stays and not about.erased:
        return
    people = Base.metadata.tables["identity_person"].alias("erased")
    done = Base.metadata.tables["rights_erasure"]
    key = func.concat_ws(" ", *(cast(column, String) for column in about.table.primary_key))
    rows = connection.scalars(
        select(key)
        .select_from(people)
        .join(done, done.c.person_id == people.c.person_id)
        .join(about.table, about.of(people.c.person_id))
        .where(done.c.finished_at.is_not(None), about.left())
        .limit(MOST)
    )
    for row in rows:
        yield f"{about.table.name} {row}"


INVARIANTS: tuple[Invariant, ...] = (
    by_query(
        "N1",
        "whoever was erased had asked for it in time, and whose erasure is finished is nobody",
        """
        SELECT p.person_id FROM identity_person p
        LEFT JOIN rights_erasure e ON e.person_id = p.person_id AND e.begun_at IS NOT NULL
        WHERE p.erased_at IS NOT NULL AND e.erasure_id IS NULL
           OR p.erased_at IS NULL AND e.finished_at IS NOT NULL
        """,
    ),
    Invariant("N2", "nothing is left of the erased that an erasure takes", _left_of_the_erased),
    by_query(
        "N3",
        "what was asked for stays, and the erased stay erased: the guards are switched on",
        """
        SELECT wanted.relation || ' ' || wanted.name
        FROM (VALUES ('rights_erasure', 'never_deleted'), ('rights_erasure', 'one_way'),
                     ('identity_person', 'stays_erased')) AS wanted(relation, name)
        LEFT JOIN pg_trigger t
          ON t.tgrelid = wanted.relation::regclass AND t.tgname = wanted.name
        WHERE t.tgenabled IS DISTINCT FROM 'O'
        """,
    ),
)
