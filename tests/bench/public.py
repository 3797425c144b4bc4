"""The public register page over 10,000 and 100,000 retirements, beside counting their rows.

The rows are copied from one real retirement, as a superuser without triggers would: what is
measured is reading.
"""

from collections.abc import Iterator
from uuid import UUID

import psycopg

from puhui.credits import public
from puhui.credits.kind import Kind
from puhui.credits.queries.statistics import statistics
from puhui.db.session import connect, snapshot
from puhui.settings import Settings
from tests.bench.race import Result, Runner, Step, race
from tests.makers.credits import draft, held, on_sale, organiser, paid, retired

SIZES = (10_000, 100_000)
BATCHES = 100
"""On sale beside the one that everything is retired from."""

# Copies number `first` to `last`. 会议 is in every title, 论坛 in one of fifty, 竹产业 in one of a
# thousand, 开幕 in the third alone; everyone is named by a number of their own.
FILL = (
    "SET session_replication_role = replica",
    """
    CREATE TEMPORARY TABLE copies AS
    SELECT number, gen_random_uuid() AS hold, gen_random_uuid() AS retirement,
           lpad(upper(to_hex(number)), 10, '0') AS code
      FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS number
    """,
    """
    CREATE TEMPORARY TABLE real AS
    SELECT * FROM credits_retirement WHERE retirement_id = %(real)s
    """,
    """
    INSERT INTO credits_hold
    SELECT (jsonb_populate_record(h, jsonb_build_object('hold_id', hold, 'reference', code))).*
      FROM credits_hold AS h JOIN real USING (hold_id), copies
    """,
    """
    INSERT INTO credits_retirement
    SELECT (jsonb_populate_record(r, jsonb_build_object(
              'hold_id', hold, 'retirement_id', retirement,
              'title', '第' || number || '场'
                       || CASE WHEN number %% 1000 = 7 THEN '竹产业' ELSE '' END
                       || CASE WHEN number %% 50 = 9 THEN '论坛' ELSE '' END
                       || CASE WHEN number = 3 THEN '开幕' ELSE '' END || '会议',
              'title_en', 'Meeting ' || number || ' of the bamboo industry',
              'retired_at', r.retired_at + number * interval '1 second',
              'register_entry_id', gen_random_uuid()))).*
      FROM real AS r, copies
    """,
    """
    INSERT INTO credits_tally
    SELECT purpose_kind, date_part('year', retired_at AT TIME ZONE 'Asia/Shanghai'),
           number %% 64 + 64 * CASE WHEN number > 10000 THEN 1 ELSE 0 END + 1000, count(*),
           sum(quantity_kg)
      FROM real, copies GROUP BY 1, 2, 3
    """,
    """
    INSERT INTO credits_certificate
    SELECT copies.code, retirement, document
      FROM credits_certificate JOIN real USING (retirement_id), copies
    """,
    """
    INSERT INTO credits_beneficiary
    SELECT hold, salt, name || number, name_en || number
      FROM credits_beneficiary JOIN real USING (hold_id), copies
    """,
    """
    UPDATE credits_block SET serials = int8range(%(last)s::bigint + 2, upper(serials))
     WHERE state = 'available' AND batch_id = (SELECT batch_id FROM credits_block JOIN real
                                               USING (retirement_id))
    """,
    """
    INSERT INTO credits_block (batch_id, serials, state, hold_id, retirement_id)
    SELECT batch_id, int8range(1 + number, 2 + number), 'retired', hold, retirement
      FROM credits_block JOIN real USING (retirement_id), copies
    """,
    "DROP TABLE copies, real",
    "VACUUM ANALYZE",
)


def races(settings: Settings) -> Iterator[Result]:
    """Run the races of the public register."""
    dsn = settings.database_url.replace("postgresql+psycopg", "postgresql")
    engine = connect(settings.database_url, pool_size=1)
    many = draft(Kind.FOREST_TICKET, 10_000_000, 1)
    on_sale(many)
    real = retired(paid(held(organiser(), 1))).retirement_id
    on_sale(*(draft(Kind.ONE_YUAN, 500, 10_000) for _ in range(BATCHES)))
    engine.dispose()
    filled = 0
    for size in SIZES:
        filled_up(dsn, real, filled + 1, size)
        filled = size
        yield from register(settings, size, many.serials.head)


def filled_up(dsn: str, real: UUID, first: int, last: int) -> None:
    """Copy the real retirement under the numbers `first` to `last`."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        for statement in FILL:
            connection.execute(statement, {"real": real, "first": first, "last": last})


def register(settings: Settings, size: int, head: str) -> list[Result]:
    """Ask for everything that the public asks for."""
    dsn = settings.database_url.replace("postgresql+psycopg", "postgresql")
    asked = {
        "first page": public.Filter(),
        "a serial": public.Filter(search=f"{head}4711"),
        "a title that one has": public.Filter(event="第4711场"),
        "a title that all have": public.Filter(event="会议"),
        "a kind and county": public.Filter(kind=Kind.FOREST_TICKET, county="3504"),
        "anywhere: what one says": public.Filter(search="第4711场"),
        "anywhere: what only the third says": public.Filter(search="开幕"),
        "anywhere: what one in 1,000 says": public.Filter(search="竹产业"),
        "anywhere: what one in 50 says": public.Filter(search="论坛"),
        "anywhere: what all say": public.Filter(search="bamboo"),
        "anywhere: what nobody says": public.Filter(search="森林火灾"),
        "a beneficiary": public.Filter(beneficiary="4711"),
    }
    nobody = {"anywhere: what nobody says"}

    def counted(_: int) -> Step:
        connection = psycopg.connect(dsn, autocommit=True)
        return lambda: connection.execute("SELECT count(*) FROM credits_retirement").fetchone()

    def sums(_: int) -> Step:
        connect(settings.database_url, pool_size=1)

        def step() -> None:
            with snapshot() as session:
                assert sum(each.count for each in statistics(session).retired_by_year) == size + 1

        return step

    def fates(_: int) -> Step:
        connect(settings.database_url, pool_size=1)

        def step() -> None:
            with snapshot() as session:
                assert public.fates(session, f"{head}4711")

        return step

    def searched(name: str) -> Runner:
        def prepare(_: int) -> Step:
            connect(settings.database_url, pool_size=1)

            def step() -> None:
                with snapshot() as session:
                    found = public.retirements(session, asked[name], most=21)
                assert bool(found) is (name not in nobody), name

            return step

        return Runner(name, prepare)

    runners = [
        Runner("count of the rows (floor)", counted),
        Runner("statistics", sums),
        *map(searched, asked),
        Runner("where a serial is", fates),
    ]
    return race(
        f"public register, {size:,} retirements", runners, clients=(1,), rounds=3, seconds=1.0
    )
