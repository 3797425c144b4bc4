"""Many at the same moment: a barrier releases them together, again and again."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from uuid import UUID, uuid4

from sqlalchemy import Engine, String, Uuid, column, literal, select, values

from puhui.db.session import snapshot, transaction
from puhui.ledger.account import POINTS_ISSUED, AccountName, Move, wallet_of
from puhui.ledger.errors import InsufficientBalance
from puhui.ledger.invariants import INVARIANTS
from puhui.ledger.queries import balance
from puhui.ledger.service import transfer_all, transfer_each, wire

NOON = datetime(2026, 3, 12, 4, tzinfo=UTC)
SHOP = AccountName("partner:tea", "point", "redeemed")
CLIENTS = 8


def move(name: UUID, *moves: Move) -> bool:
    with transaction() as session:
        return transfer_all(session, name, moves, reason="burst", occurred_at=NOON)


def together(do: Callable[[int], object]) -> list[object]:
    """Let eight clients do it at the same moment; return what each got."""
    barrier = Barrier(CLIENTS)

    def one(number: int) -> object:
        barrier.wait()
        return do(number)

    with ThreadPoolExecutor(CLIENTS) as pool:
        return list(pool.map(one, range(CLIENTS)))


def test_the_same_award_from_eight_clients_pays_once(database: Engine) -> None:
    wallet = wallet_of(uuid4())
    for _ in range(40):
        name = uuid4()
        outcomes = together(lambda _, name=name: move(name, Move(POINTS_ISSUED, wallet, 3)))
        assert sorted(outcomes) == [False] * (CLIENTS - 1) + [True]
    with snapshot() as session:
        assert balance(session, wallet) == 40 * 3


def test_the_last_points_are_spent_once(database: Engine) -> None:
    wallet = wallet_of(uuid4())

    def spend(_: int) -> bool:
        try:
            return move(uuid4(), Move(wallet, SHOP, 10))
        except InsufficientBalance:
            return False

    for round_ in range(1, 31):
        move(uuid4(), Move(POINTS_ISSUED, wallet, 10))
        assert together(spend).count(True) == 1
        with snapshot() as session:
            assert balance(session, wallet) == 0
            assert balance(session, SHOP) == round_ * 10


def test_opposite_transfers_do_not_deadlock(database: Engine) -> None:
    first, second = (
        AccountName("batch:1", "credit_kg", "available"),
        AccountName("batch:1", "credit_kg", "held"),
    )
    move(uuid4(), Move(AccountName("registry:x", "credit_kg", "issued"), first, 10_000))
    move(uuid4(), Move(AccountName("registry:x", "credit_kg", "issued"), second, 10_000))

    def swing(number: int) -> None:
        for _ in range(20):
            ends = (first, second) if number % 2 else (second, first)
            move(uuid4(), Move(*ends, 1))

    together(swing)
    with snapshot() as session:
        assert balance(session, first) + balance(session, second) == 20_000


def test_awards_to_different_people_do_not_wait_for_each_other(database: Engine) -> None:
    """One award stays open; another must finish meanwhile, or it would time out on a lock.

    Only the first award ever has to create the issuing account, and is awaited for that.
    """
    move(uuid4(), Move(POINTS_ISSUED, wallet_of(uuid4()), 1))
    with transaction() as held_open:
        transfer_all(
            held_open,
            uuid4(),
            [Move(POINTS_ISSUED, wallet_of(uuid4()), 1)],
            reason="open",
            occurred_at=NOON,
        )
        assert move(uuid4(), Move(POINTS_ISSUED, wallet_of(uuid4()), 1))


def test_a_night_and_spending_at_once_leave_every_balance_the_sum_of_its_entries(
    database: Engine,
) -> None:
    """A step that waited for a wallet goes on from what it holds by then, not from before."""
    wallets = [wallet_of(uuid4()) for _ in range(40)]
    for wallet in wallets:
        move(uuid4(), Move(POINTS_ISSUED, wallet, 1_000))

    def step(number: int) -> None:
        ends = (POINTS_ISSUED, None) if number % 4 else (None, POINTS_ISSUED)
        rows = [(uuid4(), wire(ends[0] or each), wire(ends[1] or each)) for each in wallets]
        moves = values(
            column("name", Uuid), column("source", String), column("destination", String), name="m"
        ).data(rows)
        with transaction() as session:
            done = transfer_each(
                session, select(*moves.c, literal(3)), reason="night", occurred_at=NOON
            )
        assert done == len(wallets)

    def both(number: int) -> None:
        for turn in range(10):
            if number % 2:
                step(number + turn)
            else:
                for wallet in reversed(wallets):
                    move(uuid4(), Move(wallet, SHOP, 1))

    together(both)
    with database.connect() as connection:
        assert [each.id for each in INVARIANTS if each.offenders(connection)] == []
    with snapshot() as session:
        in_wallets = sum(balance(session, wallet) for wallet in wallets)
        assert in_wallets == -balance(session, POINTS_ISSUED) - balance(session, SHOP)
        assert balance(session, SHOP) == 4 * 10 * len(wallets)
