"""Whatever is asked of the ledger, in whatever order, units are never made or lost.

Hypothesis plays an adversary against the real database and a model of a few lines.
"""

from collections import Counter
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import BigInteger, Engine, String, Uuid, column, select, values
from sqlalchemy.orm import Session

from puhui.db.session import snapshot, transaction
from puhui.ledger.account import POINTS_ISSUED, AccountName, Move, wallet_of
from puhui.ledger.errors import InsufficientBalance, TransferDiffers
from puhui.ledger.invariants import INVARIANTS
from puhui.ledger.queries import balance
from puhui.ledger.service import transfer_all, transfer_each, wire
from tests.fixtures import empty_database

NOON = datetime(2026, 3, 12, 4, tzinfo=UTC)
SHOP = AccountName("partner:tea", "point", "redeemed")
PEOPLE = [wallet_of(UUID(int=number)) for number in (1, 2, 3)]
amounts = st.integers(1, 50)
wallets = st.sampled_from(PEOPLE)


class LedgerMachine(RuleBasedStateMachine):
    """Awards, spendings, refunds and corrections, some of them said twice or said wrongly."""

    engine: Engine
    made = Bundle("made")

    @initialize()
    def begin(self) -> None:
        empty_database(self.engine)
        self.holds: Counter[AccountName] = Counter()
        self.asked: dict[UUID, tuple[Move, ...]] = {}

    def ask(self, name: UUID, moves: tuple[Move, ...]) -> bool:
        with transaction() as session:
            return transfer_all(session, name, moves, reason="law", occurred_at=NOON)

    def first_time(self, moves: tuple[Move, ...]) -> UUID:
        """Ask for something new and say what ought to happen."""
        name = UUID(int=1000 + len(self.asked))
        after = self.holds.copy()
        for move in moves:
            after[move.source] -= move.amount
            after[move.destination] += move.amount
        if any(after[account] < 0 for account in after if account.bounded):
            try:
                self.ask(name, moves)
            except InsufficientBalance:
                return multiple()
            raise AssertionError(f"{moves} should have been refused")
        assert self.ask(name, moves)
        self.holds, self.asked[name] = after, moves
        return name

    @rule(target=made, wallet=wallets, amount=amounts)
    def award(self, wallet: AccountName, amount: int):
        return self.first_time((Move(POINTS_ISSUED, wallet, amount),))

    @rule(target=made, first=amounts, second=amounts)
    def award_two_at_once(self, first: int, second: int):
        return self.first_time(
            (Move(POINTS_ISSUED, PEOPLE[0], first), Move(POINTS_ISSUED, PEOPLE[1], second))
        )

    @rule(target=made, wallet=wallets, amount=amounts)
    def spend(self, wallet: AccountName, amount: int):
        return self.first_time((Move(wallet, SHOP, amount),))

    @rule(target=made, wallet=wallets, amount=amounts)
    def refund(self, wallet: AccountName, amount: int):
        return self.first_time((Move(SHOP, wallet, amount),))

    @rule(moves=st.lists(st.tuples(wallets, st.booleans(), amounts), min_size=1, max_size=6))
    def each_of_many_at_once(self, moves: list[tuple[AccountName, bool, int]]) -> None:
        """Single transfers in one call, as a night makes them: said twice, with one that is new."""
        asked = {
            UUID(int=1000 + len(self.asked) + place): Move(POINTS_ISSUED, wallet, amount)
            if given
            else Move(wallet, SHOP, amount)
            for place, (wallet, given, amount) in enumerate(moves)
        }
        after = self.holds.copy()
        for move in asked.values():
            after[move.source] -= move.amount
            after[move.destination] += move.amount
        if any(after[account] < 0 for account in after if account.bounded):
            with pytest.raises(InsufficientBalance), transaction() as session:
                self.each(session, asked)
            return
        one_more = {
            UUID(int=1000 + len(self.asked) + len(asked)): Move(POINTS_ISSUED, PEOPLE[0], 1)
        }
        with transaction() as session:
            assert self.each(session, asked) == len(asked)
            assert self.each(session, asked) == 0
            assert self.each(session, asked | one_more) == 1
        asked |= one_more
        after[POINTS_ISSUED] -= 1
        after[PEOPLE[0]] += 1
        self.holds = after
        self.asked |= {name: (move,) for name, move in asked.items()}
        name, move = asked.popitem()
        other = Move(move.source, move.destination, move.amount + 1)
        with pytest.raises(TransferDiffers), transaction() as session:
            self.each(session, {UUID(int=1): Move(POINTS_ISSUED, PEOPLE[0], 1), name: other})

    def each(self, session: Session, asked: dict[UUID, Move]) -> int:
        rows = values(
            column("name", Uuid), column("source", String), column("destination", String),
            column("amount", BigInteger), name="asked",
        ).data(
            [(name, wire(m.source), wire(m.destination), m.amount) for name, m in asked.items()]
        )  # fmt: skip
        return transfer_each(session, select(*rows.c), reason="law", occurred_at=NOON)

    @rule(name=made)
    def say_it_again(self, name: UUID) -> None:
        assert not self.ask(name, self.asked[name])

    @rule(name=consumes(made), amount=amounts)
    def use_the_name_for_something_else(self, name: UUID, amount: int) -> None:
        other = (Move(POINTS_ISSUED, PEOPLE[2], 1000 + amount),)
        try:
            self.ask(name, other)
        except TransferDiffers:
            return
        raise AssertionError("another transfer passed under a used name")

    @invariant()
    def the_books_agree_with_the_model(self) -> None:
        with snapshot() as session:
            found = {a: balance(session, a) for a in (POINTS_ISSUED, SHOP, *PEOPLE)}
        assert found == {account: self.holds[account] for account in found}
        assert sum(found.values()) == 0

    def teardown(self) -> None:
        with self.engine.connect() as connection:
            assert [law.id for law in INVARIANTS if law.offenders(connection)] == []


def test_units_are_never_made_or_lost(database: Engine) -> None:
    LedgerMachine.engine = database
    run_state_machine_as_test(
        LedgerMachine,
        settings=settings(
            max_examples=20,
            stateful_step_count=20,
            suppress_health_check=list(HealthCheck),
        ),
    )
