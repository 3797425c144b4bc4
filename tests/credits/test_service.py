"""Credits are sold once, kept for a time, and retired for good."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from puhui.credits import queries, service, stock
from puhui.credits.batch import Encumbrance
from puhui.credits.bundle import Wishes
from puhui.credits.errors import (
    HoldOver,
    NameTaken,
    NotEnoughCredits,
    NotPaid,
    OwnHold,
    UnknownHold,
    WrongAmount,
)
from puhui.credits.hold import BankTransfer, HoldState
from puhui.credits.kind import Kind
from puhui.db.session import snapshot, transaction
from puhui.kernel import clock
from puhui.kernel.actor import Role
from puhui.kernel.errors import Forbidden, Invalid, NotFound
from puhui.ledger.queries import balance
from tests.makers.credits import (
    EXAMPLE,
    EXCHANGE,
    SUMMIT,
    draft,
    held,
    on_sale,
    operator,
    organiser,
    paid,
    retired,
    summit,
)
from tests.makers.identity import organisation, person


def kilograms(batch_id) -> tuple[int, int, int]:
    """Return what the ledger says is available, held and retired, after comparing the blocks."""
    with snapshot() as session:
        found = tuple(
            balance(session, account(batch_id))
            for account in (stock.available, stock.held, stock.retired)
        )
        card = queries.batch(session, batch_id)
    assert found == (card.available_kg, card.held_kg, card.retired_kg)
    return found


def test_a_hold_keeps_the_cheapest_credits_at_a_frozen_price(
    database: Engine, noon: datetime
) -> None:
    tonnes, tickets = on_sale(
        draft(Kind.FFCER, 5_000, 1555), draft(Kind.FOREST_TICKET, 10_000, 2000)
    )
    hold = held(organiser(), 1_400)
    # 1 t at 15.55 and 400 kg at 20.00 per tonne; two whole tonnes would be 31.10.
    assert (hold.total_kg, hold.surplus_kg, hold.total_fen) == (1_400, 0, 1555 + 800)
    assert hold.expires_at == noon + timedelta(minutes=30)
    assert kilograms(tonnes) == (4_000, 1_000, 0)
    assert kilograms(tickets) == (9_600, 400, 0)


def test_what_is_told_of_a_hold_and_a_retirement_is_what_was_written(
    database: Engine, noon: datetime
) -> None:
    on_sale(draft(Kind.FFCER, 5_000, 1555), draft(Kind.FOREST_TICKET, 10_000, 2000))
    told = held(organiser(), 1_400)
    with snapshot() as session:
        assert queries.hold(session, told.hold_id) == told
    done = retired(paid(told))
    with snapshot() as session:
        assert queries.retirement(session, done.retirement_id) == done


def test_the_same_hold_twice_is_one(database: Engine, noon: datetime) -> None:
    (batch,) = on_sale(draft(Kind.FFCER, 5_000, 1555))
    who, name, purpose = organiser(), uuid4(), summit(5_000)

    def ask(need_kg: int):
        with transaction() as session:
            return service.hold(
                session, who.actor, name, organisation(SUMMIT), purpose, need_kg, Wishes(), noon
            )

    assert ask(5_000) == ask(5_000)
    assert kilograms(batch) == (0, 5_000, 0)
    with pytest.raises(NameTaken):
        ask(5_001)


def test_only_who_buys_for_the_organisation_holds_for_it(database: Engine, noon: datetime) -> None:
    on_sale(draft(Kind.FFCER, 5_000, 1555))
    with pytest.raises(Forbidden):
        held(person("张三"), 5_000)
    with pytest.raises(NotFound):
        held(organiser(where="别的组委会"), 5_000)


def test_what_is_not_there_is_not_held(database: Engine, noon: datetime) -> None:
    (batch,) = on_sale(draft(Kind.FFCER, 5_000, 1555))
    with pytest.raises(NotEnoughCredits):
        held(organiser(), 5_001)
    assert kilograms(batch) == (5_000, 0, 0)


def test_encumbered_credits_are_not_sold(database: Engine, noon: datetime) -> None:
    (batch,) = on_sale(draft(Kind.FFCER, 5_000, 1555, encumbrance=Encumbrance.PLEDGED))
    with pytest.raises(NotEnoughCredits):
        held(organiser(), 5_000)
    with transaction() as session:
        service.encumber(session, operator().actor, batch, Encumbrance.NONE, "", noon)
    assert held(organiser(), 5_000).total_kg == 5_000


def test_a_hold_returns_when_its_time_is_over(
    database: Engine, noon: datetime, settle: Callable[[], None]
) -> None:
    (batch,) = on_sale(draft(Kind.FFCER, 5_000, 1555))
    hold = held(organiser(), 3_000)
    with clock.stopped(noon + timedelta(minutes=29)):
        settle()
    assert kilograms(batch) == (2_000, 3_000, 0)
    with clock.stopped(noon + timedelta(minutes=30)):
        settle()
    assert kilograms(batch) == (5_000, 0, 0)
    with snapshot() as session:
        assert queries.hold(session, hold.hold_id).state is HoldState.EXPIRED


def test_an_announced_transfer_keeps_the_hold_for_days(
    database: Engine, noon: datetime, settle: Callable[[], None]
) -> None:
    on_sale(draft(Kind.FFCER, 5_000, 1555))
    who = organiser()
    hold = held(who, 3_000)
    for _ in range(2):
        with transaction() as session:
            kept = service.announce_transfer(session, who.actor, hold.hold_id, noon)
    assert kept.expires_at == noon + timedelta(days=5)


def test_a_released_hold_returns_at_once(database: Engine, noon: datetime) -> None:
    (batch,) = on_sale(draft(Kind.FFCER, 5_000, 1555))
    who = organiser()
    hold = held(who, 3_000)
    for _ in range(2):
        with transaction() as session:
            gone = service.release(session, who.actor, hold.hold_id, noon)
    assert gone.state is HoldState.RELEASED
    assert kilograms(batch) == (5_000, 0, 0)
    with pytest.raises(UnknownHold), transaction() as session:
        service.release(session, organiser(where="别的组委会").actor, hold.hold_id, noon)


def test_a_payment_is_of_the_frozen_price_in_time_and_confirmed_by_another(
    database: Engine, noon: datetime
) -> None:
    on_sale(draft(Kind.FFCER, 5_000, 1555))
    both = person("王五", (SUMMIT, Role.ORGANISER), (EXCHANGE, Role.OPERATOR))
    hold = held(both, 3_000)
    right = BankTransfer("BOC1", 4665, date(2026, 3, 12))

    def confirm(who, payment=right, at=noon):
        with transaction() as session:
            return service.confirm_payment(session, who.actor, hold.hold_id, payment, at)

    with pytest.raises(Forbidden):
        confirm(organiser())
    with pytest.raises(OwnHold):
        confirm(both)
    with pytest.raises(WrongAmount):
        confirm(operator(), BankTransfer("BOC1", 4664, date(2026, 3, 12)))
    with pytest.raises(HoldOver):
        confirm(operator(), at=noon + timedelta(minutes=30))
    assert confirm(operator()).state is HoldState.PAID
    assert confirm(operator(), at=noon + timedelta(days=1)).state is HoldState.PAID
    with pytest.raises(NameTaken):
        confirm(operator(), BankTransfer("BOC2", 4665, date(2026, 3, 12)))


def test_one_transfer_pays_one_hold(database: Engine, noon: datetime) -> None:
    on_sale(draft(Kind.FFCER, 6_000, 1555))
    who, payment = organiser(), BankTransfer("BOC1", 4665, date(2026, 3, 12))
    first, second = held(who, 3_000), held(who, 3_000)
    with transaction() as session:
        service.confirm_payment(session, operator().actor, first.hold_id, payment, noon)
    with pytest.raises(NameTaken), transaction() as session:
        service.confirm_payment(session, operator().actor, second.hold_id, payment, noon)


def test_only_paid_credits_are_retired_and_only_once(database: Engine, noon: datetime) -> None:
    (batch,) = on_sale(draft(Kind.FFCER, 5_000, 1555))
    hold = held(organiser(), 2_500)
    with pytest.raises(NotPaid):
        retired(hold)
    paid(hold)
    done = retired(hold)
    assert retired(hold) == done
    assert (done.quantity_kg, done.required_kg, done.surplus_kg) == (3_000, 2_500, 500)
    # The owner keeps the first numbers: 1-2 stay, 3-5 are retired.
    (line,) = done.lines
    assert [str(serials)[-4:] for serials in line.serials] == ["-3-5"]
    assert kilograms(batch) == (2_000, 0, 3_000)


def test_payment_leads_to_a_sealed_certificate_in_the_register(
    database: Engine, noon: datetime, settle: Callable[[], None]
) -> None:
    on_sale(draft(Kind.FFCER, 5_000, 1555))
    hold = paid(held(organiser(), 2_500))
    settle()
    with snapshot() as session:
        done = queries.retirement_of_hold(session, hold.hold_id)
        certificate = queries.certificate_by_code(session, done.certificate_code.lower())
    assert certificate.document["retired_kg"] == "3000"
    assert certificate.seal is not None


def test_nothing_of_a_hold_happens_after_its_end(database: Engine, noon: datetime) -> None:
    on_sale(draft(Kind.FFCER, 5_000, 1555))
    who = organiser()
    hold = held(who, 3_000)
    with transaction() as session:
        service.release(session, who.actor, hold.hold_id, noon)
    with pytest.raises(HoldOver):
        paid(hold)
    with pytest.raises(HoldOver):
        retired(hold)


@pytest.mark.parametrize(
    "crime",
    [
        "UPDATE credits_block SET state = 'available', hold_id = NULL, retirement_id = NULL",
        "DELETE FROM credits_block",
        "UPDATE credits_retirement SET quantity_kg = quantity_kg + 1",
        "DELETE FROM credits_certificate",
        "UPDATE credits_batch SET quantity_kg = quantity_kg * 2",
        "UPDATE credits_hold SET state = 'held', ended_at = NULL",
        "TRUNCATE credits_payment",
    ],
)
def test_the_database_refuses_to_undo_a_retirement(
    database: Engine, noon: datetime, crime: str
) -> None:
    on_sale(draft(Kind.FFCER, 3_000, 1555))
    retired(paid(held(organiser(), 3_000)))
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(text(crime))


def test_the_same_foreign_serial_never_comes_in_twice(database: Engine, noon: datetime) -> None:
    first = draft(Kind.FFCER, 5_000, 1555)
    on_sale(first)
    with pytest.raises(Invalid) as refused, transaction() as session:
        service.import_batch(session, operator().actor, uuid4(), first, noon)
    assert [fault.code for fault in refused.value.faults] == ["serials_taken"]
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(
            text(
                "INSERT INTO credits_batch SELECT gen_random_uuid(), project_id, kind,"
                " granularity_kg, registry_name, serial_block, serial_text, int8range(5, 9),"
                " 4000, period_starts, period_ends, price_fen_per_t, seller, encumbrance,"
                " encumbrance_note, source, imported_by, imported_at FROM credits_batch"
            )
        )


def test_the_example_file_comes_in_once(database: Engine, noon: datetime) -> None:
    content = EXAMPLE.read_text("utf-8")
    who = operator().actor
    outcomes = []
    for _ in range(2):
        with transaction() as session:
            outcomes.append(service.import_file(session, who, uuid4(), content, noon))
    assert outcomes == [(6, 0), (0, 6)]
    with snapshot() as session:
        # 2,723 + 10,000 t of tickets, 1,300 t of FFCER, 3,800 t of one-yuan; 18,294 t are pledged.
        assert sum(lot.available_kg for lot in queries.lots(session)) == 17_823_000


def test_a_file_with_faults_brings_nothing_in(database: Engine, noon: datetime) -> None:
    content = EXAMPLE.read_text("utf-8").replace("ffcer,TN", "fcer,TN").replace("10000000", "999")
    with pytest.raises(Invalid) as refused, transaction() as session:
        service.import_file(session, operator().actor, uuid4(), content, noon)
    assert [(fault.row, fault.field) for fault in refused.value.faults] == [
        (3, "quantity_kg"),
        (4, "kind"),
    ]
    with snapshot() as session:
        assert queries.lots(session) == []


def test_a_person_is_named_only_with_consent_and_forgotten_on_request(
    database: Engine, noon: datetime
) -> None:
    on_sale(draft(Kind.FOREST_TICKET, 5_000, 1555))
    who = organiser()

    def certificate_for(purpose):
        with transaction() as session:
            hold = service.hold(
                session, who.actor, uuid4(), organisation(SUMMIT), purpose, 10, Wishes(), noon
            )
        done = retired(paid(hold))
        with snapshot() as session:
            return queries.certificate_by_code(session, done.certificate_code)

    unnamed = certificate_for(summit(10, beneficiary="秘密的人", named=False))
    assert unnamed.opening is None
    assert unnamed.document["beneficiary"] is None
    named = certificate_for(summit(10, beneficiary="高兴的人"))
    assert named.opening.name == "高兴的人"
    with transaction() as session:
        service.forget_beneficiary(session, named.hold_id)
    with snapshot() as session:
        assert queries.certificate_by_code(session, named.code).opening is None
        everything = session.scalars(
            text(
                "SELECT h::text || coalesce(c::text, '') || coalesce(r.leaf, '') FROM credits_hold"
                " h, credits_certificate c, register_entry r"
            )
        ).all()
    assert not any("秘密的人" in row or "高兴的人" in row for row in everything)


def test_an_erratum_is_added_and_the_retirement_stands(database: Engine, noon: datetime) -> None:
    on_sale(draft(Kind.FFCER, 3_000, 1555))
    done = retired(paid(held(organiser(), 3_000)))
    name = uuid4()
    for _ in range(2):
        with transaction() as session:
            service.correct(
                session, operator().actor, done.retirement_id, name, "名称有误", "Misnamed", noon
            )
    with snapshot() as session:
        certificate = queries.certificate_by_code(session, done.certificate_code)
        assert [erratum.says_zh for erratum in certificate.errata] == ["名称有误"]
        assert queries.retirement(session, done.retirement_id) == done
