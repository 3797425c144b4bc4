"""However buyers crowd and whatever becomes of holds, every serial is in one place."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine, text

from puhui.credits import invariants as credits
from puhui.credits import queries, service
from puhui.credits.bundle import Wishes
from puhui.credits.errors import HoldOver, NotEnoughCredits, NotPaid, StockMoves
from puhui.credits.hold import BankTransfer, HoldState
from puhui.credits.kind import Kind
from puhui.db.session import snapshot, transaction
from puhui.kernel import clock
from puhui.ledger import invariants as ledger
from tests.fixtures import NOON, empty_database
from tests.makers.credits import SUMMIT, draft, on_sale, operator, organiser, summit
from tests.makers.identity import organisation

BUYERS = 8


BOOKS = (*ledger.INVARIANTS, *(each for each in credits.INVARIANTS if each.id != "T3"))
"""What the ledger and the credits promise. T3 wants its register entry, and nobody settles here."""


def red(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        found = [each.id for each in BOOKS if each.offenders(connection)]
        connection.rollback()
    return found


@pytest.mark.parametrize("batches", [1, 3])
def test_eight_buyers_at_once_never_oversell(database: Engine, noon, batches: int) -> None:
    """20 t among 8 buyers of 3 t: six are served, two are refused, 2 t stay."""
    tonnes = [20] if batches == 1 else [7, 7, 6]
    on_sale(*(draft(Kind.FFCER, t * 1000, 1555 + n) for n, t in enumerate(tonnes)))
    who = organiser()
    where = organisation(SUMMIT)
    barrier = Barrier(BUYERS)

    def buy(_: int) -> bool:
        purpose, name = summit(3_000), uuid4()
        barrier.wait()
        try:
            with transaction() as session:
                service.hold(session, who.actor, name, where, purpose, 3_000, Wishes(), clock.now())
        except NotEnoughCredits:
            return False
        return True

    for round_ in range(1, 4):
        with ThreadPoolExecutor(BUYERS) as pool:
            assert sorted(pool.map(buy, range(BUYERS))) == [False, False, *[True] * 6]
        assert red(database) == []
        # All of them give back at once, and the stock is whole again.
        with snapshot() as session:
            live = [h.hold_id for h in queries.holds_of(session, where) if h.state == "held"]
        with ThreadPoolExecutor(BUYERS) as pool:
            list(pool.map(lambda hold_id: _release(who, hold_id), live))
        with snapshot() as session:
            assert sum(lot.available_kg for lot in queries.lots(session)) == 20_000, round_


def _release(who, hold_id) -> None:
    with transaction() as session:
        service.release(session, who.actor, hold_id, clock.now())


def test_the_same_hold_asked_for_eight_times_at_once_is_one(database: Engine, noon) -> None:
    on_sale(draft(Kind.FFCER, 30_000, 1555))
    who, purpose, name, where = organiser(), summit(3_000), uuid4(), organisation(SUMMIT)
    barrier = Barrier(BUYERS)

    def ask(_: int):
        barrier.wait()
        with transaction() as session:
            return service.hold(
                session, who.actor, name, where, purpose, 3_000, Wishes(), clock.now()
            )

    with ThreadPoolExecutor(BUYERS) as pool:
        holds = list(pool.map(ask, range(BUYERS)))
    assert all(hold == holds[0] for hold in holds)
    assert red(database) == []


def test_expiry_and_payment_at_once_end_a_hold_in_one_way(database: Engine, noon) -> None:
    on_sale(draft(Kind.FFCER, 30_000, 1555))
    who, operators, where = organiser(), operator(), organisation(SUMMIT)
    for number in range(10):
        with transaction() as session:
            hold = service.hold(
                session, who.actor, uuid4(), where, summit(3_000), 3_000, Wishes(), clock.now()
            )
        barrier = Barrier(2)

        def pay(hold=hold, number=number, barrier=barrier) -> bool:
            transfer = BankTransfer(f"BOC{number}", hold.total_fen, NOON.date())
            barrier.wait()
            try:
                with transaction() as session:
                    service.confirm_payment(session, operators.actor, hold.hold_id, transfer, NOON)
            except HoldOver:
                return False
            return True

        def expire(barrier=barrier) -> None:
            barrier.wait()
            with transaction() as session:
                service.expire_holds(session, NOON + timedelta(hours=1))

        with ThreadPoolExecutor(2) as pool:
            paid, _ = pool.submit(pay), pool.submit(expire)
        with snapshot() as session:
            state = queries.hold(session, hold.hold_id).state
        assert state is (HoldState.PAID if paid.result() else HoldState.EXPIRED)
        if not paid.result():
            continue
        with transaction() as session:
            service.retire(session, hold.hold_id, NOON)
    assert red(database) == []


class CreditMachine(RuleBasedStateMachine):
    """Holds, releases, payments, retirements and time, against a model of a few lines."""

    engine: Engine
    holds = Bundle("holds")

    @initialize()
    def begin(self) -> None:
        empty_database(self.engine)
        self.now = NOON
        self.batches = on_sale(
            draft(Kind.FFCER, 6_000, 1000),
            draft(Kind.ONE_YUAN, 500, 1200),
            draft(Kind.FOREST_TICKET, 900, 1100),
        )
        self.who, self.operator = organiser(), operator()
        self.where = organisation(SUMMIT)
        self.model: dict[UUID, HoldState] = {}
        self.kept: dict[UUID, Counter[UUID]] = {}
        self.fen: dict[UUID, int] = {}
        self.until: dict[UUID, object] = {}

    @rule(target=holds, need_kg=st.integers(1, 4_000))
    def hold(self, need_kg: int):
        name = uuid4()
        try:
            with transaction() as session:
                found = service.hold(
                    session,
                    self.who.actor,
                    name,
                    self.where,
                    summit(need_kg),
                    need_kg,
                    Wishes(),
                    self.now,
                )
        except (NotEnoughCredits, StockMoves):
            return multiple()
        self.model[name], self.fen[name] = HoldState.HELD, found.total_fen
        self.kept[name] = Counter({line.batch_id: line.quantity_kg for line in found.lines})
        self.until[name] = found.expires_at
        return name

    @rule(name=holds)
    def announce(self, name: UUID) -> None:
        live = self.model[name] is HoldState.HELD and self.until[name] > self.now
        try:
            with transaction() as session:
                found = service.announce_transfer(session, self.who.actor, name, self.now)
        except HoldOver:
            assert not live
            return
        if live:
            self.until[name] = found.expires_at

    @rule(name=holds)
    def pay(self, name: UUID) -> None:
        payable = self.model[name] is HoldState.HELD and self.until[name] > self.now
        known = self.model[name] in {HoldState.PAID, HoldState.RETIRED}
        try:
            with transaction() as session:
                service.confirm_payment(
                    session,
                    self.operator.actor,
                    name,
                    BankTransfer(f"BOC{name.hex}", self.fen[name], NOON.date()),
                    self.now,
                )
        except HoldOver:
            assert not payable and not known
            return
        assert payable or known
        if payable:
            self.model[name] = HoldState.PAID

    @rule(name=holds)
    def retire(self, name: UUID) -> None:
        try:
            with transaction() as session:
                service.retire(session, name, self.now)
        except NotPaid:
            assert self.model[name] is HoldState.HELD
            return
        except HoldOver:
            assert self.model[name] in {HoldState.RELEASED, HoldState.EXPIRED}
            return
        assert self.model[name] in {HoldState.PAID, HoldState.RETIRED}
        self.model[name] = HoldState.RETIRED

    @rule(name=holds)
    def release(self, name: UUID) -> None:
        try:
            with transaction() as session:
                service.release(session, self.who.actor, name, self.now)
        except HoldOver:
            assert self.model[name] in {HoldState.PAID, HoldState.RETIRED}
            return
        if self.model[name] is HoldState.HELD:
            self.model[name] = HoldState.RELEASED

    @rule(minutes=st.sampled_from([1, 29, 31, 60 * 24 * 6]))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        with transaction() as session:
            service.expire_holds(session, self.now)
        for name, state in self.model.items():
            if state is HoldState.HELD and self.until[name] <= self.now:
                self.model[name] = HoldState.EXPIRED

    @invariant()
    def every_kilogram_is_where_the_model_says(self) -> None:
        if not hasattr(self, "model"):
            return
        held, retired = Counter[UUID](), Counter[UUID]()
        for name, state in self.model.items():
            if state in {HoldState.HELD, HoldState.PAID}:
                held += self.kept[name]
            elif state is HoldState.RETIRED:
                retired += self.kept[name]
        with snapshot() as session:
            for name, state in self.model.items():
                assert queries.hold(session, name).state is state
            for batch_id in self.batches:
                card = queries.batch(session, batch_id)
                assert (card.held_kg, card.retired_kg) == (held[batch_id], retired[batch_id])
                assert card.available_kg == (
                    card.quantity_kg - card.held_kg - card.retired_kg - card.cancelled_kg
                )
        assert red(self.engine) == []


def test_every_serial_is_in_one_place(database: Engine) -> None:
    CreditMachine.engine = database
    run_state_machine_as_test(
        CreditMachine,
        settings=settings(
            max_examples=8,
            stateful_step_count=15,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_blocks_cannot_be_put_over_one_another(database: Engine, noon) -> None:
    from sqlalchemy.exc import IntegrityError

    (batch,) = on_sale(draft(Kind.FFCER, 20_000, 1555))
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(
            text(
                "INSERT INTO credits_block (batch_id, serials, state)"
                " VALUES (:batch, int8range(20, 30), 'available')"
            ),
            {"batch": batch},
        )
