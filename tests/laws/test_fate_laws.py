"""Every serial has one fate: for sale, held, pledged, in reserve, retired or cancelled.

Against a model of a few lines that knows the fate of each single number of one batch.
"""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
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

from puhui.credits.errors import NotEnoughCredits, SerialsNotFree, StockMoves
from puhui.credits.kind import RULES, Kind
from puhui.credits.reserve import Reserve, covered, reserved_of
from puhui.credits.serial import SerialRange, parse, readings
from puhui.db.session import snapshot
from puhui.ledger.account import CREDIT_KG
from puhui.ledger.queries import totals
from tests.credits.test_detail import OF_KIND
from tests.fixtures import NOON, empty_database
from tests.laws.test_credit_laws import red
from tests.makers.credits import (
    cancelled,
    draft,
    encumbered,
    freed,
    held,
    on_sale,
    organiser,
    paid,
    retired,
    reversed_by,
    with_reserve,
)

COUNT = 60
FIRE = date(2020, 1, 1)


class FateMachine(RuleBasedStateMachine):
    """Encumbrances, cancellations, fires, holds and retirements of one batch of 60 kilograms."""

    engine: Engine
    parts = Bundle("parts")

    @initialize(percent=st.sampled_from([0, 10, 25]))
    def begin(self, percent: int) -> None:
        empty_database(self.engine)
        if percent:
            with_reserve(percent, Kind.FOREST_TICKET)
        self.batch = draft(Kind.FOREST_TICKET, COUNT, 1_000)
        (self.batch_id,) = on_sale(self.batch)
        self.who = organiser()
        kept = reserved_of(COUNT, percent * 100)
        self.fate = {
            number: "reserve" if number > COUNT - kept else "available"
            for number in range(1, COUNT + 1)
        }
        self.final = dict[int, str]()

    def range_of(self, first: int, count: int) -> tuple[str, range]:
        last = min(first + count - 1, COUNT)
        return str(self.batch.serials.part(first, last)), range(first, last + 1)

    @rule(target=parts, first=st.integers(1, COUNT), count=st.integers(1, 20))
    def pledge(self, first: int, count: int):
        written, numbers = self.range_of(first, count)
        name = uuid4()
        may = all(self.fate[number] == "available" for number in numbers)
        try:
            encumbered(self.batch_id, written, name)
        except SerialsNotFree:
            assert not may
            return multiple()
        assert may
        for number in numbers:
            self.fate[number] = str(name)
        return name

    @rule(name=parts)
    def free(self, name) -> None:
        freed(self.batch_id, name)
        for number, fate in self.fate.items():
            if fate == str(name):
                self.fate[number] = "available"

    @rule(first=st.integers(1, COUNT), count=st.integers(1, 20))
    def cancel(self, first: int, count: int) -> None:
        written, numbers = self.range_of(first, count)
        # An issuer's correction reaches into the reserve; nothing reaches what a buyer has.
        may = not any(self.fate[number] in {"held", "retired", "cancelled"} for number in numbers)
        try:
            cancelled(self.batch_id, written)
        except SerialsNotFree:
            assert not may
            return
        assert may
        for number in numbers:
            self.fate[number] = "cancelled"

    @rule(lost_kg=st.integers(1, 20))
    def burn(self, lost_kg: int) -> None:
        reversed_by(self.batch.project.code, lost_kg, FIRE)
        kept = sorted(number for number, fate in self.fate.items() if fate == "reserve")
        for number in kept[:lost_kg]:
            self.fate[number] = "cancelled"

    @rule(need_kg=st.integers(1, 15), all_the_way=st.booleans())
    def buy(self, need_kg: int, all_the_way: bool) -> None:
        try:
            hold = held(self.who, need_kg)
        except (NotEnoughCredits, StockMoves):
            assert Counter(self.fate.values())["available"] < need_kg
            return
        if all_the_way:
            retired(paid(hold))
        for first, last, state in self.blocks():
            for number in range(first, last + 1):
                if state in {"held", "retired"} and self.fate[number] == "available":
                    self.fate[number] = "retired" if all_the_way else "held"

    def blocks(self) -> list[tuple[int, int, str]]:
        query = text(
            "SELECT lower(serials), upper(serials) - 1,"
            " coalesce(CAST(encumbrance_id AS text), kept, state) FROM credits_block"
        )
        with snapshot() as session:
            return [tuple(row) for row in session.execute(query)]

    @invariant()
    def every_number_has_the_fate_that_the_model_says(self) -> None:
        if not hasattr(self, "fate"):
            return
        found = {
            number: state
            for first, last, state in self.blocks()
            for number in range(first, last + 1)
        }
        assert found == self.fate
        with snapshot() as session:
            books = totals(session, CREDIT_KG)
        counted = Counter(
            fate if fate in {"available", "retired", "cancelled"} else "held"
            for fate in self.fate.values()
        )
        assert -books["issued"] == COUNT == sum(counted.values())
        for state in ("available", "held", "retired", "cancelled"):
            assert books.get(state, 0) == counted[state]
        for number, fate in self.final.items():
            assert self.fate[number] == fate
        self.final |= {n: fate for n, fate in found.items() if fate in {"retired", "cancelled"}}
        assert red(self.engine) == []


def test_every_number_has_one_fate_and_issued_is_their_sum(database: Engine) -> None:
    FateMachine.engine = database
    run_state_machine_as_test(
        FateMachine,
        settings=settings(
            max_examples=4,
            stateful_step_count=12,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_eight_at_once_cancel_pledge_and_buy_each_serial_once(database: Engine, noon) -> None:
    """40 kg: six buy 5 each, one pledges ten, one cancels ten; one side has each serial."""
    batch = draft(Kind.FOREST_TICKET, 40, 1_000)
    (batch_id,) = on_sale(batch)
    who, barrier = organiser(), Barrier(8)

    def act(place: int) -> str:
        barrier.wait()
        try:
            if place == 0:
                cancelled(batch_id, str(batch.serials.part(1, 10)))
            elif place == 1:
                encumbered(batch_id, str(batch.serials.part(11, 20)))
            else:
                held(who, 5)
        except (SerialsNotFree, NotEnoughCredits, StockMoves) as refusal:
            return refusal.code
        return "done"

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(act, range(8)))
    # The buyers take the last numbers first: six of them 11 to 40, so the pledge may come late.
    # Only where it came before them do they reach what is to be cancelled, which then comes late.
    bought = outcomes[2:].count("done")
    assert outcomes[0] == "done" or (outcomes[1] == "done" and bought > 4), outcomes
    assert outcomes.count("done") >= 6
    assert red(database) == []
    assert noon == NOON


@given(
    st.integers(1, 10**9),
    st.lists(
        st.tuples(
            st.dates(date(2010, 1, 1), date(2030, 1, 1)),
            st.sampled_from([1, 10, 1000]),
            st.integers(0, 10_000),
        ),
        max_size=6,
    ),
)
def test_a_reserve_covers_the_loss_or_all_that_it_can(lost_kg: int, batches) -> None:
    reserves = [Reserve(uuid4(), ends, g, g * count) for ends, g, count in batches]
    taken = covered(lost_kg, reserves)
    there = {each.batch_id: each for each in reserves}
    for batch_id, kg in taken.items():
        assert 0 < kg <= there[batch_id].reserved_kg
        assert kg % there[batch_id].granularity_kg == 0
    whole, have = sum(taken.values()), sum(each.reserved_kg for each in reserves)
    assert whole == have if have < lost_kg else lost_kg <= whole < lost_kg + 1000


@pytest.mark.parametrize("kind", Kind)
@given(st.data())
@settings(max_examples=50)
def test_serials_of_each_kind_come_back_as_they_were(kind: Kind, data) -> None:
    example = parse(OF_KIND[kind][0], RULES[kind].form)
    first = data.draw(st.integers(0, 10**12))
    last = first + data.draw(st.integers(0, 10**9))
    width = data.draw(st.sampled_from([1, 6, 14]))
    width = width if first and len(str(first)) < width else 1
    made = SerialRange(example.head, first, example.join, last, example.tail, width)
    assert parse(str(made), RULES[kind].form) == made
    assert made in readings(str(made))
    one = data.draw(st.integers(first, last))
    written = f"{made.head}{str(one).zfill(width)}{made.tail}"
    found = [each for each in readings(written) if each.block == made.block]
    assert [(each.first, each.last) for each in found] == [(one, one)]
