"""Award, statement and night of points, each beside the least that the servers could do."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import count
from time import perf_counter
from uuid import UUID, uuid4

import psycopg
from sqlalchemy.orm import Session

from puhui.db.session import connect, snapshot, transaction
from puhui.kernel.actor import Actor
from puhui.kernel.clock import day_of
from puhui.rewards.queries import wallet
from puhui.rewards.service import awards, lots
from puhui.settings import Settings
from tests.bench.race import Result, Runner, Step, race
from tests.makers.rewards import base, rulebook

NOON = datetime(2026, 3, 12, 4, tzinfo=UTC)
CLIENTS, EACH, ROUNDS = 8, 6000, 3
Work = Callable[[Session, datetime], int]
# Sixty plantings of one tree a person, on two days: near the day's limit, never above it.
STOCK = """
WITH people AS (
  INSERT INTO identity_person (person_id, display_name, created_at)
  SELECT gen_random_uuid(), 'bench', %(noon)s FROM generate_series(1, %(people)s)
  RETURNING person_id)
INSERT INTO rewards_planting (planting_id, person_id, base_id, species, trees, planted_on, state,
                              logged_at, decided_at)
SELECT gen_random_uuid(), person_id, %(base)s, 'cinnamomum_camphora', 1,
       DATE '2026-03-10' + n %% 2, 'approved', %(noon)s, %(noon)s
FROM generate_series(1, 60) AS n, people
RETURNING planting_id
"""


# People with so many lots of ten points each, whose points are theirs in the ledger as well. A set
# at a time, past every constraint and trigger; only the function that writes transfers is not
# asked, for a million people would wait for it longer than for what is measured.
STOCK_LOTS = (
    """
    CREATE TEMPORARY TABLE bench_stock ON COMMIT DROP AS
    SELECT person_id, n, overlay(gen_random_uuid()::text PLACING '5' FROM 15 FOR 1)::uuid AS lot_id,
           'person:' || person_id AS owner
      FROM (SELECT gen_random_uuid() AS person_id FROM generate_series(1, %(people)s)) AS people,
           generate_series(1, %(each)s) AS n
    """,
    """
    INSERT INTO identity_person (person_id, display_name, created_at)
    SELECT DISTINCT person_id, 'bench', %(noon)s::timestamptz FROM bench_stock
    """,
    """
    INSERT INTO rewards_lot (lot_id, person_id, points, reversed, state, matures_on, warns_on,
                             expires_on)
    SELECT lot_id, person_id, 10, 0, %(state)s, %(day)s::date, %(day)s::date, %(last_day)s::date
      FROM bench_stock
    """,
    """
    INSERT INTO ledger_transfer (transfer_id, reason, moves, occurred_at)
    SELECT lot_id, 'purchase', 'puhui|point|issued>' || owner || '|point|' || %(account)s || '>10',
           %(noon)s
      FROM bench_stock
    """,
    """
    INSERT INTO ledger_account (owner, unit, purpose, bounded) VALUES ('puhui', 'point', 'issued',
                                                                       false)
    ON CONFLICT DO NOTHING
    """,
    """
    INSERT INTO ledger_account (owner, unit, purpose, bounded, balance)
    SELECT owner, 'point', %(account)s, true, 10 * %(each)s FROM bench_stock GROUP BY owner
    """,
    """
    INSERT INTO ledger_entry (transfer_id, account_id, amount, balance_after)
    SELECT lot_id, account_id, 10, 10 * n
      FROM bench_stock JOIN ledger_account USING (owner) WHERE purpose = %(account)s
     UNION ALL
    SELECT lot_id, account_id, -10, NULL
      FROM bench_stock, ledger_account AS a WHERE (a.owner, a.purpose) = ('puhui', 'issued')
     ORDER BY 4
    """,
)
SIZES = (1_000, 10_000)
"""A tenth, and the size at which a step of a night works; whole nights are in `nights`."""


def races(settings: Settings) -> list[Result]:
    """Run the races of rewards."""
    return award(settings) + statement(settings) + night(settings)


def award(settings: Settings) -> list[Result]:
    """An approved planting earns its points."""
    dsn = settings.database_url.replace("postgresql+psycopg", "postgresql")
    engine = connect(settings.database_url, pool_size=1)
    rulebook()
    where = base()
    engine.dispose()
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS bench_floor (id uuid PRIMARY KEY)")
        values = {"noon": NOON, "base": where, "people": (CLIENTS + 3) * EACH // 60}
        stock = [row[0] for row in connection.execute(STOCK, values)]
        connection.execute("VACUUM ANALYZE rewards_planting")

    def one_row(_: int) -> Step:
        connection = psycopg.connect(dsn, autocommit=True)
        return lambda: connection.execute("INSERT INTO bench_floor VALUES (%s)", (uuid4(),))

    def ours(plantings: list[UUID], clients: int) -> Runner:
        def prepare(number: int) -> Step:
            connect(settings.database_url, pool_size=1)
            at = count(number, clients)

            def step() -> None:
                with transaction() as session:
                    awards.award_planting(session, plantings[next(at)], NOON)

            return step

        return Runner("rewards.award_planting", prepare)

    results = []
    for clients, plantings in ((1, stock[: 3 * EACH]), (CLIENTS, stock[3 * EACH :])):
        results += race(
            "award for an approved planting",
            [Runner("one durable row (commit floor)", one_row), ours(plantings, clients)],
            clients=(clients,),
        )
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("DROP TABLE bench_floor")
    return results


def statement(settings: Settings) -> list[Result]:
    """The newest page of a statement of ten thousand lines, and of one of a thousand."""
    dsn = settings.database_url.replace("postgresql+psycopg", "postgresql")
    owners = {lines: stocked(dsn, people=1, each=lines, state="matured") for lines in SIZES}

    def one_row(_: int) -> Step:
        connection = psycopg.connect(dsn, autocommit=True, prepare_threshold=1)
        least = "SELECT * FROM ledger_entry ORDER BY entry_id DESC LIMIT 50"
        return lambda: connection.execute(least).fetchall()

    def ours(lines: int) -> Runner:
        actor = Actor(owners[lines])

        def prepare(_: int) -> Step:
            connect(settings.database_url, pool_size=1)

            def step() -> None:
                with snapshot() as session:
                    assert len(wallet.statement(session, actor, most=51)) == 51

            return step

        return Runner(f"statement of {lines:,} lines", prepare)

    floor = Runner("the newest fifty entries, bare driver (floor)", one_row)
    return race(
        "a page of the statement", [floor, *map(ours, SIZES)], clients=(1,), rounds=3, seconds=1.0
    )


def night(settings: Settings) -> list[Result]:
    """Wallets a second of one step of a night, in which each has one lot that is due."""
    dsn = settings.database_url.replace("postgresql+psycopg", "postgresql")
    tomorrow = NOON + timedelta(days=1)

    def bare(people: int) -> Result:
        rates = tuple(bare_update(dsn, people) for _ in range(ROUNDS))
        return Result(f"a night over {people:,} wallets", "bare UPDATE (floor)", 1, rates)

    def ours(people: int, name: str, state: str, work: Work) -> Result:
        rates = []
        connect(settings.database_url, pool_size=1)
        for _ in range(ROUNDS):
            stocked(dsn, people=people, each=1, state=state)
            begin = perf_counter()
            with transaction() as session:
                done = work(session, tomorrow)
            rates.append(people / (perf_counter() - begin))
            assert done == people, done
        return Result(f"a night over {people:,} wallets", name, 1, tuple(rates))

    def mature(session: Session, now: datetime) -> int:
        return lots.mature(session, day_of(now), now)

    def end(session: Session, now: datetime) -> int:
        return lots.end(session, uuid4(), day_of(now), now)

    return [
        result
        for people in SIZES
        for result in (
            bare(people),
            ours(people, "maturity", "pending", mature),
            ours(people, "expiry", "due", end),
        )
    ]


def stocked(dsn: str, *, people: int, each: int, state: str, last_day: date | None = None) -> UUID:
    """Give people lots that wait, have matured, or are due to end; return one of the people.

    Those that are neither due nor told otherwise last until `last_day`.
    """
    ends = date(2026, 3, 12) if state == "due" else last_day or date(2031, 3, 12)
    values = {
        "noon": NOON,
        "people": people,
        "each": each,
        "state": "pending" if state == "pending" else "matured",
        "day": date(2026, 3, 12),
        "last_day": ends,
        "account": "pending" if state == "pending" else "wallet",
    }
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(
            "UPDATE rewards_lot SET state = 'ended', ended_by = lot_id WHERE state = 'matured'"
            " AND expires_on < '2031-01-01'"
        )
        with connection.transaction():
            for statement in STOCK_LOTS:
                connection.execute(statement, values)
            row = connection.execute("SELECT person_id FROM bench_stock LIMIT 1").fetchone()
        connection.execute(
            "VACUUM ANALYZE identity_person, rewards_lot, ledger_account, ledger_entry,"
            " ledger_transfer"
        )
    assert row is not None
    return UUID(str(row[0]))


def bare_update(dsn: str, people: int) -> float:
    """Return wallets a second of the least that could hold the balances: one column of a table."""
    with psycopg.connect(dsn) as connection:
        connection.execute("CREATE TEMP TABLE bench_wallet (id uuid, points bigint)")
        connection.execute(
            "INSERT INTO bench_wallet SELECT gen_random_uuid(), 10 FROM generate_series(1, %s)",
            (people,),
        )
        begin = perf_counter()
        connection.execute("UPDATE bench_wallet SET points = points - 10")
        connection.commit()
        return people / (perf_counter() - begin)
