"""Retirement over three and over five batches: the floors, the hold, and the whole way to the
certificate."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import psycopg

from puhui.credits import service
from puhui.credits.bundle import Wishes
from puhui.credits.hold import OFFER_LASTS, BankTransfer
from puhui.credits.kind import RULES, Kind
from puhui.db.session import connect, transaction
from puhui.settings import Settings
from tests.bench.race import Result, Runner, Step, race
from tests.makers.credits import SUMMIT, draft, on_sale, operator, organiser, summit
from tests.makers.identity import SignedIn, organisation

NOON = datetime(2026, 3, 12, 4, tzinfo=UTC)
THREE = {Kind.FFCER: (1000, 1_000), Kind.ONE_YUAN: (1200, 10), Kind.FOREST_TICKET: (1300, 7)}
"""Of each kind its price per tonne and the kilograms that are cheapest for 1,017 kg: one of each
granularity, a tonne, ten and seven."""
FIVE = {
    Kind.FFCER: (1000, 4_000),
    Kind.CCER: (1010, 3_000),
    Kind.VCS: (1020, 3_000),
    Kind.ONE_YUAN: (1200, 10),
    Kind.FOREST_TICKET: (1300, 7),
}
"""The same for 10,017 kg of which a fifth is to be CCER and a fifth VCS."""


def races(settings: Settings) -> list[Result]:
    """Run the races of credits."""
    shares = {Kind.CCER: 20, Kind.VCS: 20}
    return [
        *_race(settings, "retirement over three batches that all buyers share", THREE, Wishes()),
        *_race(
            settings,
            "retirement over five batches that all buyers share",
            FIVE,
            Wishes(shares=shares),
        ),
    ]


def _race(
    settings: Settings, name: str, market: Mapping[Kind, tuple[int, int]], wishes: Wishes
) -> list[Result]:
    dsn = settings.database_url.replace("postgresql+psycopg", "postgresql")
    engine = connect(settings.database_url, pool_size=1)
    batches = on_sale(*(draft(kind, 10**9, price) for kind, (price, _) in market.items()))
    kilograms = {
        batch: (kg, kg // RULES[kind].granularity_kg)
        for batch, (kind, (_, kg)) in zip(batches, market.items(), strict=True)
    }
    need_kg = sum(kg for kg, _ in kilograms.values())
    buyer, clerk, where = organiser(), operator(), organisation(SUMMIT)
    engine.dispose()
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS bench_floor (id uuid PRIMARY KEY)")

    def one_row(_: int) -> Step:
        connection = psycopg.connect(dsn, autocommit=True)
        return lambda: connection.execute("INSERT INTO bench_floor VALUES (%s)", (uuid4(),))

    def bare(paid: bool) -> Callable[[int], Step]:
        def prepare(_: int) -> Step:
            connection = psycopg.connect(dsn, prepare_threshold=1)
            return lambda: _bare(connection, kilograms, where, buyer, clerk, paid)

        return prepare

    def holding() -> tuple[UUID, int]:
        hold_id, purpose = uuid4(), summit(need_kg)
        with transaction() as session:
            found = service.hold(
                session, buyer.actor, hold_id, where, purpose, need_kg, wishes, NOON
            )
        return hold_id, found.total_fen

    def hold(_: int) -> Step:
        connect(settings.database_url, pool_size=1)
        with transaction() as session:
            lines = service.propose(session, need_kg, wishes, NOON).lines
        # The floors do the same work.
        assert {line.batch_id: line.quantity_kg for line in lines} == {
            batch: kg for batch, (kg, _) in kilograms.items()
        }
        return lambda: holding()

    def retire(_: int) -> Step:
        connect(settings.database_url, pool_size=1)

        def step() -> None:
            hold_id, fen = holding()
            money = BankTransfer(hold_id.hex, fen, date(2026, 3, 12))
            with transaction() as session:
                service.confirm_payment(session, clerk.actor, hold_id, money, NOON)
            with transaction() as session:
                service.retire(session, hold_id, NOON)

        return step

    results = [
        *race(
            f"hold for a {name}",
            [
                Runner("bare driver, same functions (floor)", bare(False)),
                Runner("one durable row (commit floor)", one_row),
                Runner("hold", hold),
            ],
        ),
        *race(
            f"hold, pay, {name}",
            [
                Runner("bare driver, same functions (floor)", bare(True)),
                Runner("hold, pay and retire", retire),
            ],
        ),
    ]
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("DROP TABLE bench_floor")
    return results


def _bare(
    connection: psycopg.Connection,
    kilograms: Mapping[UUID, tuple[int, int]],
    where: UUID,
    buyer: SignedIn,
    clerk: SignedIn,
    paid: bool,
) -> None:
    """Write a hold, and what follows from its payment, with nothing around the functions."""
    name, wanted = uuid4(), sorted(kilograms.items())
    batches = [batch for batch, _ in wanted]
    amounts = [kg for _, (kg, _) in wanted]
    total = sum(amounts)
    ones = [1] * len(batches)
    connection.execute(
        "SELECT credits_hold_at_once(%s, %s, %s, '{}', %s, '{}', %s, %s, %s, 1, %s, %s, %s, %s,"
        " CAST(%s AS bigint[]), CAST(%s AS bigint[]), CAST(%s AS bigint[]), CAST(%s AS bigint[]),"
        " '[[],[],[],[],[]]', true)",
        (
            name, where, buyer.person_id, name, total, total, len(batches), name.hex, NOON,
            NOON + OFFER_LASTS, batches, amounts, [serials for _, (_, serials) in wanted], ones,
            ones,
        ),
    )  # fmt: skip

    def move(source: str, destination: str) -> None:
        connection.execute(
            "SELECT ledger_transfer(%s, 'bench', %s, %s, %s, CAST(%s AS bigint[]))",
            (
                uuid4(),
                NOON,
                [f"batch:{batch}|credit_kg|{source}" for batch in batches],
                [f"batch:{batch}|credit_kg|{destination}" for batch in batches],
                amounts,
            ),
        )

    move("available", "held")
    connection.commit()
    if not paid:
        return
    connection.execute(
        "INSERT INTO credits_payment VALUES (%s, %s, %s, '2026-03-12', %s, %s, 'bank')",
        (name, name.hex, len(batches), clerk.person_id, NOON),
    )
    connection.execute("UPDATE credits_hold SET state = 'paid' WHERE hold_id = %s", (name,))
    connection.commit()
    connection.execute(
        "INSERT INTO register_entry (entry_id, kind, subject_id, leaf, recorded_at)"
        " VALUES (%s, 'bench', %s, '{}', %s)",
        (name, name.hex, NOON),
    )
    connection.execute(
        "SELECT credits_retire_at_once(%s, %s, 'bench', %s, '', '', %s, %s, %s, %s, %s, '{}')",
        (name, name, name, total, total, NOON, name, name.hex),
    )
    move("held", "retired")
    connection.commit()
