"""Races of the shop: redeeming, with one client and with eight, and the last one under eight."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from threading import Barrier, Thread
from time import perf_counter
from uuid import UUID, uuid4

import psycopg

from puhui.db.session import connect, transaction
from puhui.kernel.actor import Actor
from puhui.kernel.errors import DomainError
from puhui.rewards.redemption import RedemptionDraft
from puhui.rewards.service.redemptions import redeem
from puhui.rewards.shop_errors import SoldOut
from puhui.settings import Settings
from tests.bench.race import Result, Runner, Step, race
from tests.fixtures import NOON
from tests.makers.rewards import rulebook
from tests.makers.shop import BRUSH, offered

CLIENTS = 8
BUYERS = 40
EACH = 400_000
"""Points of each buyer: more than a race can spend."""
ROUNDS = 40

# Buyers who joined long ago, each with one lot of points that are theirs in the ledger as well.
PEOPLE = """
WITH people AS (
  INSERT INTO identity_person (person_id, display_name, created_at)
  SELECT gen_random_uuid(), 'bench', %(noon)s::timestamptz - INTERVAL '1 year'
  FROM generate_series(1, %(people)s) RETURNING person_id),
lots AS (
  INSERT INTO rewards_lot (lot_id, person_id, points, reversed, state, matures_on, warns_on,
                           expires_on)
  SELECT gen_random_uuid(), person_id, %(each)s, 0, 'matured', '2026-03-12', '2031-01-01',
         '2031-03-12' FROM people RETURNING lot_id, person_id)
SELECT person_id, ledger_transfer(lot_id, 'planting', %(noon)s, ARRAY['puhui|point|issued'],
  ARRAY['person:' || person_id || '|point|wallet'], ARRAY[%(each)s::bigint]) FROM lots
"""
# The least that keeps the same promises in rows of one's own: stock and balance by CHECK, the
# redemption's name unique, all in one transaction of the bare driver.
BARE_TABLES = """
CREATE TABLE bench_floor (id uuid PRIMARY KEY);
CREATE TABLE bench_stock (id uuid PRIMARY KEY, remaining bigint CHECK (remaining >= 0));
CREATE TABLE bench_wallet (id uuid PRIMARY KEY, points bigint CHECK (points >= 0));
CREATE TABLE bench_taken (id uuid PRIMARY KEY, wallet uuid, stock uuid)
"""
BARE_FLOOR = "stock and wallet by CHECK, bare driver (floor)"
BARE = """
WITH stock AS (UPDATE bench_stock SET remaining = remaining - 1 WHERE id = %(stock)s RETURNING id),
wallet AS (UPDATE bench_wallet SET points = points - 1 WHERE id = %(wallet)s RETURNING id)
INSERT INTO bench_taken SELECT %(name)s, wallet.id, stock.id FROM stock, wallet
"""


def races(settings: Settings) -> list[Result]:
    """Run the races of the shop."""
    dsn = settings.database_url.replace("postgresql+psycopg", "postgresql")
    engine = connect(settings.database_url, pool_size=1)
    rulebook()
    # One client's own offer each, and one that all of them want.
    cards = [
        offered(replace(BRUSH, points=1), stock=1_000_000, shop=f"店{n}")
        for n in range(CLIENTS + 1)
    ]
    engine.dispose()
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(BARE_TABLES)
        values = {"noon": NOON, "people": BUYERS, "each": EACH}
        buyers = [row[0] for row in connection.execute(PEOPLE, values)]
        for card in cards:
            connection.execute("INSERT INTO bench_stock VALUES (%s, 1000000000)", (card.offer_id,))
        for buyer in buyers:
            connection.execute("INSERT INTO bench_wallet VALUES (%s, 1000000000)", (buyer,))
        connection.execute("VACUUM ANALYZE")
    offers = [RedemptionDraft(card.offer_id, card.version_id) for card in cards]
    results = []
    for name, chosen in (
        ("redeem, an offer for each client", offers[:CLIENTS]),
        ("redeem, one offer for all", offers[CLIENTS:]),
    ):
        results += race(name, _runners(settings, dsn, buyers, chosen))
    results += _last_one(settings, dsn, buyers)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("DROP TABLE bench_floor, bench_stock, bench_wallet, bench_taken")
    return results


def _runners(
    settings: Settings, dsn: str, buyers: Sequence[UUID], offers: Sequence[RedemptionDraft]
) -> list[Runner]:
    def one_row(_: int) -> Step:
        connection = psycopg.connect(dsn, autocommit=True)
        return lambda: connection.execute("INSERT INTO bench_floor VALUES (%s)", (uuid4(),))

    def bare(number: int) -> Step:
        connection = psycopg.connect(dsn, autocommit=True, prepare_threshold=1)
        stock, at = offers[number % len(offers)].offer_id, count(number, CLIENTS)

        def step() -> None:
            values = {"stock": stock, "wallet": buyers[next(at) % BUYERS], "name": uuid4()}
            connection.execute(BARE, values)

        return step

    def ours(number: int) -> Step:
        connect(settings.database_url, pool_size=1)
        draft, at = offers[number % len(offers)], count(number, CLIENTS)

        def step() -> None:
            with transaction() as session:
                assert redeem(session, Actor(buyers[next(at) % BUYERS]), uuid4(), draft, NOON)

        return step

    return [
        Runner("one durable row (commit floor)", one_row),
        Runner(BARE_FLOOR, bare),
        Runner("rewards.redeem", ours),
    ]


def _last_one(settings: Settings, dsn: str, buyers: Sequence[UUID]) -> list[Result]:
    """How many times a second eight buyers, released together, settle who gets the last one."""

    def bare(connection: psycopg.Connection, buyer: UUID, stock: UUID) -> bool:
        try:
            connection.execute(BARE, {"stock": stock, "wallet": buyer, "name": uuid4()})
        except psycopg.errors.CheckViolation:
            return False
        return True

    engine = connect(settings.database_url, pool_size=CLIENTS)
    connections = [psycopg.connect(dsn, autocommit=True) for _ in range(CLIENTS)]
    rates: dict[str, list[float]] = {"bare": [], "ours": []}
    for _ in range(ROUNDS):
        stock = uuid4()
        connections[0].execute("INSERT INTO bench_stock VALUES (%s, 1)", (stock,))
        card = offered(replace(BRUSH, points=1), stock=1, shop="末件店")
        draft = RedemptionDraft(card.offer_id, card.version_id)

        def ours(n: int, draft: RedemptionDraft = draft) -> bool:
            try:
                with transaction() as session:
                    return redeem(session, Actor(buyers[n]), uuid4(), draft, NOON)
            except DomainError as refusal:
                assert isinstance(refusal, SoldOut), refusal
                return False

        def theirs(n: int, stock: UUID = stock) -> bool:
            return bare(connections[n], buyers[n], stock)

        for name, work in (("bare", theirs), ("ours", ours)):
            rates[name].append(_settled(work))
    for connection in connections:
        connection.close()
    engine.dispose()
    title = "the last one under eight buyers"
    return [
        Result(
            title, "stock and wallet by CHECK, bare driver (floor)", CLIENTS, tuple(rates["bare"])
        ),
        Result(title, "rewards.redeem", CLIENTS, tuple(rates["ours"])),
    ]


def _settled(work: object) -> float:
    """Let eight threads do it together; exactly one may win. Return rounds per second."""
    barrier, won = Barrier(CLIENTS + 1), [False] * CLIENTS

    def one(number: int) -> None:
        barrier.wait()
        won[number] = work(number)  # type: ignore[operator]

    threads = [Thread(target=one, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    barrier.wait()
    begin = perf_counter()
    for thread in threads:
        thread.join()
    passed = perf_counter() - begin
    assert sum(won) == 1, won
    return 1 / passed
