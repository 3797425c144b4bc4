"""Award of points: the floors of the same servers, the ledger, and awards to a hot purse."""

from datetime import UTC, datetime
from uuid import uuid4

import psycopg

from puhui.db.session import connect, transaction
from puhui.ledger.account import POINTS_ISSUED, wallet_of
from puhui.ledger.service import transfer
from puhui.settings import Settings
from tests.bench.race import Result, Runner, Step, race

NOON = datetime(2026, 3, 12, 4, tzinfo=UTC)
CALL = (
    "SELECT ledger_transfer(%s, 'bench', %s, ARRAY['puhui|point|issued'], ARRAY[%s],"
    " ARRAY[20]::bigint[])"
)


def races(settings: Settings) -> list[Result]:
    """Run the races of the ledger."""
    dsn = settings.database_url.replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS bench_floor (id uuid PRIMARY KEY)")
        connection.execute(CALL, (uuid4(), NOON, "person:first|point|wallet"))

    def one_row(_: int) -> Step:
        connection = psycopg.connect(dsn, autocommit=True)
        return lambda: connection.execute("INSERT INTO bench_floor VALUES (%s)", (uuid4(),))

    def bare_call(_: int) -> Step:
        connection = psycopg.connect(dsn, autocommit=True, prepare_threshold=1)
        wallet = f"person:{uuid4()}|point|wallet"
        return lambda: connection.execute(CALL, (uuid4(), NOON, wallet))

    def service_call(_: int) -> Step:
        connect(settings.database_url, pool_size=1)
        wallet = wallet_of(uuid4())

        def step() -> None:
            with transaction() as session:
                transfer(
                    session,
                    uuid4(),
                    source=POINTS_ISSUED,
                    destination=wallet,
                    amount=20,
                    reason="bench",
                    occurred_at=NOON,
                )

        return step

    results = race(
        "award of points",
        [
            Runner("bare driver, same function (floor)", bare_call),
            Runner("one durable row (commit floor)", one_row),
            Runner("ledger.transfer", service_call),
        ],
    )
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("DROP TABLE bench_floor")
    return results
