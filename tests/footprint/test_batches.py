"""A batch is made step by step, goes on where it was, and its secrets leave once."""

from datetime import datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from puhui.db.session import snapshot, transaction
from puhui.footprint import queries, service
from puhui.footprint.errors import BatchVoid, NameTaken, NotPrinted, SecretsLeft
from puhui.footprint.label import SerialState
from puhui.footprint.parcel import Form
from puhui.footprint.series import units
from puhui.footprint.service import batch as batches
from puhui.kernel.errors import Conflict, NotFound
from tests.makers import footprint as make
from tests.makers.identity import SignedIn


def begin(maker: SignedIn, label_id: UUID, count: int, noon: datetime) -> UUID:
    batch_id = uuid4()
    for _ in range(2):
        with transaction() as session:
            service.begin_batch(session, maker.actor, batch_id, label_id, count, noon)
    return batch_id


def step(batch_id: UUID, noon: datetime) -> None:
    with transaction() as session:
        batches.print_step(session, batch_id, make.PEPPER, noon)


def take(maker: SignedIn, batch_id: UUID, noon: datetime) -> service.Secrets:
    with transaction() as session:
        return service.take_secrets(session, maker.actor, batch_id, Form.CSV, noon)


def card(maker: SignedIn, batch_id: UUID) -> queries.BatchCard:
    with snapshot() as session:
        return queries.batch_card(session, maker.actor, batch_id)


def test_a_killed_job_goes_on_without_doubles(
    database: Engine, noon: datetime, settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "STEP", 40)
    maker = make.mill()
    batch_id = begin(maker, make.label(maker, noon).label_id, 100, noon)
    step(batch_id, noon)
    with pytest.raises(KeyboardInterrupt), transaction() as session:
        batches.print_step(session, batch_id, make.PEPPER, noon)
        raise KeyboardInterrupt
    assert card(maker, batch_id).batch.made == 40
    with pytest.raises(NotPrinted):
        take(maker, batch_id, noon)
    for _ in range(3):
        step(batch_id, noon)
    seen = card(maker, batch_id)
    assert (seen.batch.made, seen.states[SerialState.PRINTED]) == (100, 100)
    secrets = take(maker, batch_id, noon)
    with transaction() as session:
        service.ship_batch(session, maker.actor, batch_id, noon)
    settle()
    with transaction() as session:
        tokens = [unit.token for unit in units(secrets.seed, 1, 100)]
        shop = make.shopkeeper().actor
        assert service.sell_serials(session, shop, tokens, make.PEPPER, noon) == 100


def test_a_job_is_stopped_and_resumed_by_its_maker_alone(
    database: Engine, noon: datetime, settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "STEP", 5)
    maker = make.mill()
    label_id = make.label(maker, noon).label_id
    batch_id = begin(maker, label_id, 12, noon)
    with transaction() as session:
        service.stop_batch(session, maker.actor, batch_id, noon)
    settle()
    assert (card(maker, batch_id).batch.made, card(maker, batch_id).printing.state) == (
        0,
        "stopped",
    )
    with pytest.raises(NotFound), transaction() as session:
        service.resume_batch(session, make.mill("别处竹业").actor, batch_id, noon)
    with transaction() as session:
        service.resume_batch(session, maker.actor, batch_id, noon)
    settle()
    seen = card(maker, batch_id)
    assert (seen.batch.made, seen.printing.state, seen.printing.done) == (12, "finished", 12)
    with pytest.raises(Conflict), transaction() as session:
        service.stop_batch(session, maker.actor, batch_id, noon)
    with pytest.raises(NameTaken), transaction() as session:
        service.begin_batch(session, maker.actor, batch_id, label_id, 13, noon)


def test_what_is_lost_is_voided_and_what_was_shipped_stays(
    database: Engine, noon: datetime, settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "STEP", 8)
    maker = make.mill()
    label_id = make.label(maker, noon).label_id
    batch_id = begin(maker, label_id, 20, noon)
    settle()
    tokens = [unit.token for unit in units(take(maker, batch_id, noon).seed, 1, 20)]
    with pytest.raises(SecretsLeft):
        take(maker, batch_id, noon)
    with transaction() as session:
        shipped = service.ship_serials(session, maker.actor, tokens[:3], make.PEPPER, noon)
        service.void_batch(session, maker.actor, batch_id, noon)
    assert shipped == 3
    settle()
    states = card(maker, batch_id).states
    assert (states[SerialState.SHIPPED], states[SerialState.VOID]) == (3, 17)

    unread = begin(maker, label_id, 20, noon)
    settle()
    with transaction() as session:
        service.void_batch(session, maker.actor, unread, noon)
    with pytest.raises(BatchVoid):
        take(maker, unread, noon)


@pytest.mark.parametrize(
    "change",
    [
        "left_at = NULL, left_by = NULL, left_as = NULL, sealed_seed = 'x'",
        "made = made - 1",
        "count = count + 1",
        "left_at = left_at + interval '1 day'",
    ],
)
def test_the_database_lets_no_secrets_leave_twice(
    database: Engine, noon: datetime, change: str
) -> None:
    make.serials(make.mill(), noon, sold=False)
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(text(f"UPDATE footprint_batch SET {change}"))
