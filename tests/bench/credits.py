"""Retirement over three batches: the floor, the hold, and the whole way to the certificate."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import psycopg

from puhui.credits import service
from puhui.credits.bundle import Wishes
from puhui.credits.hold import OFFER_LASTS, BankTransfer
from puhui.credits.kind import Kind
from puhui.db.session import connect, transaction
from puhui.settings import Settings
from tests.bench.race import Result, Runner, Step, race
from tests.makers.credits import SUMMIT, draft, on_sale, operator, organiser, summit
from tests.makers.identity import organisation

NOON = datetime(2026, 3, 12, 4, tzinfo=UTC)
# One of each granularity, so that 1,017 kg are cheapest as a tonne, ten and seven.
MARKET = ((Kind.FFCER, 1000), (Kind.ONE_YUAN, 1200), (Kind.FOREST_TICKET, 1300))
NEED_KG = 1_017


def races(settings: Settings) -> list[Result]:
    """Run the races of credits."""
    dsn = settings.database_url.replace("postgresql+psycopg", "postgresql")
    engine = connect(settings.database_url, pool_size=1)
    tonnes, tens, singles = on_sale(*(draft(kind, 10**9, price) for kind, price in MARKET))
    buyer, clerk, where = organiser(), operator(), organisation(SUMMIT)
    engine.dispose()
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS bench_floor (id uuid PRIMARY KEY)")

    def one_row(_: int) -> Step:
        connection = psycopg.connect(dsn, autocommit=True)
        return lambda: connection.execute("INSERT INTO bench_floor VALUES (%s)", (uuid4(),))

    def bare_calls(_: int) -> Step:
        connection = psycopg.connect(dsn, prepare_threshold=1)

        def step() -> None:
            name = uuid4()
            connection.execute(
                "INSERT INTO credits_hold SELECT %s, %s, %s, '{}', %s, '{}', 'held', 1017, 1017,"
                " 1, 1, %s, %s, %s, NULL",
                (name, where, buyer.person_id, name, name.hex, NOON, NOON + OFFER_LASTS),
            )
            wanted = sorted({tonnes: 1, tens: 1, singles: 7}.items())
            for batch, serials in wanted:
                connection.execute("SELECT credits_take(%s, %s, %s, true)", (name, batch, serials))
            kilograms = {tonnes: 1000, tens: 10, singles: 7}
            connection.execute(
                "SELECT ledger_transfer(%s, 'bench', %s, %s, %s, CAST(%s AS bigint[]))",
                (
                    name,
                    NOON,
                    [f"batch:{batch}|credit_kg|available" for batch, _ in wanted],
                    [f"batch:{batch}|credit_kg|held" for batch, _ in wanted],
                    [kilograms[batch] for batch, _ in wanted],
                ),
            )
            connection.commit()

        return step

    def holding() -> tuple[UUID, int]:
        name, purpose = uuid4(), summit(NEED_KG)
        with transaction() as session:
            found = service.hold(
                session, buyer.actor, name, where, purpose, NEED_KG, Wishes(), NOON
            )
        return name, found.total_fen

    def hold(_: int) -> Step:
        connect(settings.database_url, pool_size=1)
        return lambda: holding()

    def retire(_: int) -> Step:
        connect(settings.database_url, pool_size=1)

        def step() -> None:
            name, fen = holding()
            money = BankTransfer(name.hex, fen, date(2026, 3, 12))
            with transaction() as session:
                service.confirm_payment(session, clerk.actor, name, money, NOON)
            with transaction() as session:
                service.retire(session, name, NOON)

        return step

    results = race(
        "retirement over three batches that all buyers share",
        [
            Runner("bare driver, same functions, hold only (floor)", bare_calls),
            Runner("one durable row (commit floor)", one_row),
            Runner("hold", hold),
            Runner("hold, pay and retire", retire),
        ],
    )
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("DROP TABLE bench_floor")
    return results
