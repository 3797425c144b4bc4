"""Money that did not pay, invoices, and what sellers are owed: always to the fen."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from puhui.credits.errors import HoldOver, NameTaken, OwnHold, UnknownHold, WrongAmount
from puhui.credits.hold import BankTransfer, HoldState
from puhui.credits.kind import Kind
from puhui.credits.paying import queries, service
from puhui.credits.paying.errors import (
    AlreadyPaid,
    InvoiceAsked,
    InvoiceDecided,
    MoreThanOwed,
    NotPaidYet,
    ReceiptDiffers,
    RefundOver,
)
from puhui.credits.paying.invoice import InvoiceState, InvoiceType
from puhui.credits.paying.receipt import Fate, Oddity, Road
from puhui.credits.paying.seller import seller_id_of
from puhui.credits.service import confirm_payment, expire_holds
from puhui.db.session import snapshot, transaction
from puhui.kernel import clock
from puhui.kernel.actor import Role
from puhui.kernel.errors import Forbidden, Invalid
from tests.fixtures import empty_database
from tests.makers.credits import EXCHANGE, draft, held, on_sale, operator, organiser, paid, retired
from tests.makers.identity import organisation, person
from tests.makers.paying import (
    came,
    fates,
    invoiced,
    odd,
    paid_out,
    reckoned,
    seller,
    state_of,
    statement_of,
    village_invoice,
)

VILLAGE = "村委会"
"""Who sells what the makers bring in."""


def do(what, *args, **named):
    with transaction() as session:
        return what(session, *args, **named)


@pytest.fixture
def stock(database: Engine, noon: datetime) -> None:
    """Thirty tonnes at 15.55 yuan."""
    on_sale(draft(Kind.FFCER, 30_000, 1555))


def test_the_same_money_is_written_once_and_never_with_another_amount(stock) -> None:
    hold = held(organiser(), 3_000)
    assert came(None, 100, "B1").odd is Oddity.UNKNOWN_HOLD
    assert came(None, 100, "B1").known
    with pytest.raises(ReceiptDiffers):
        came(hold, 101, "B1")
    # Another road has numbers of its own.
    assert came(None, 100, "B1", Road.GATEWAY).known is False
    assert reckoned().waiting_fen == 200


def test_eight_who_bring_the_same_money_at_once_pay_once(stock) -> None:
    hold = held(organiser(), 3_000)
    taken, barrier = [], Barrier(8)

    def bring() -> None:
        barrier.wait()
        taken.append(came(hold, hold.total_fen, "T1", Road.GATEWAY))

    threads = [Thread(target=bring) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.known for one in taken) == [False] + [True] * 7
    assert {one.odd for one in taken} == {None}
    assert reckoned().kept_fen == hold.total_fen


def test_money_and_the_end_of_the_hold_take_turns(stock, noon: datetime) -> None:
    hold = held(organiser(), 3_000)
    barrier = Barrier(2)

    def sweep() -> None:
        barrier.wait()
        do(expire_holds, noon + timedelta(minutes=30))

    thread = Thread(target=sweep)
    thread.start()
    barrier.wait()
    taken = came(hold, hold.total_fen, "T1", Road.GATEWAY)
    thread.join()
    # Whoever was first, the other gave way: paid and kept, or over and listed.
    ended = {None: HoldState.PAID, Oddity.HOLD_OVER: HoldState.EXPIRED}
    assert state_of(hold) is ended[taken.odd]
    reckoned()


def test_odd_money_goes_back_once_and_then_pays_for_nothing(stock, noon: datetime) -> None:
    hold = held(organiser(), 3_000)
    came(hold, 5_000, "B1")
    (money,) = odd()
    clerk, refund_id = operator().actor, uuid4()
    for _ in range(2):
        do(service.ask_refund, clerk, refund_id, money.receipt_id, "多付了", noon)
    with pytest.raises(RefundOver):
        do(service.set_aside, clerk, uuid4(), money.receipt_id, "不是我们的", noon)
    with pytest.raises(Invalid):
        do(service.confirm_refund, clerk, refund_id, None, noon)
    for _ in range(2):
        do(service.confirm_refund, clerk, refund_id, "R1", noon)
    assert (fates(), reckoned().returned_fen) == ({"B1": Fate.SENT}, 5_000)
    with pytest.raises(RefundOver):
        do(service.withdraw_refund, clerk, refund_id, noon)
    exact = held(organiser(), 3_000)
    came(None, exact.total_fen, "B2")
    (money,) = odd()
    do(service.set_aside, clerk, uuid4(), money.receipt_id, "房租", noon)
    with pytest.raises(NameTaken):
        do(service.use_receipt, clerk, money.receipt_id, exact.hold_id, noon)
    with pytest.raises(NameTaken):
        transfer = BankTransfer("B2", exact.total_fen, date(2026, 3, 12))
        do(confirm_payment, clerk, exact.hold_id, transfer, noon)


def test_money_that_pays_does_not_go_back(stock, noon: datetime) -> None:
    hold = held(organiser(), 3_000)
    came(None, hold.total_fen, "B1")
    (money,) = odd()
    clerk = operator().actor
    refund_id = uuid4()
    do(service.ask_refund, clerk, refund_id, money.receipt_id, "没有附言", noon)
    do(service.withdraw_refund, clerk, refund_id, noon)
    for _ in range(2):
        do(service.use_receipt, clerk, money.receipt_id, hold.hold_id, noon)
    assert state_of(hold) is HoldState.PAID
    with pytest.raises(AlreadyPaid):
        do(service.ask_refund, clerk, uuid4(), money.receipt_id, "退", noon)
    with pytest.raises(IntegrityError):
        do(
            lambda session: session.execute(
                text(
                    "INSERT INTO credits_refund (refund_id, receipt_id, state, reason, asked_by,"
                    " asked_at) VALUES (gen_random_uuid(), :money, 'asked', 'x', :who, :now)"
                ),
                {"money": money.receipt_id, "who": clerk.person_id, "now": noon},
            )
        )


def test_money_pays_only_for_what_costs_as_much_and_is_not_ones_own(stock, noon) -> None:
    both = person("王五", ("数字中国建设峰会组委会", Role.ORGANISER), (EXCHANGE, Role.OPERATOR))
    hold = held(both, 3_000)
    other, over = held(organiser(), 2_000), held(organiser(), 3_000)
    came(None, hold.total_fen, "B1")
    (money,) = odd()

    def use(who, what):
        do(service.use_receipt, who.actor, money.receipt_id, what.hold_id, clock.now())

    with pytest.raises(Forbidden):
        use(organiser(), hold)
    with pytest.raises(OwnHold):
        use(both, hold)
    with pytest.raises(WrongAmount):
        use(operator(), other)
    with clock.stopped(noon + timedelta(hours=1)), pytest.raises(HoldOver):
        use(operator(), over)


@pytest.mark.parametrize(
    "crime",
    [
        "UPDATE credits_receipt SET amount_fen = amount_fen + 1",
        "DELETE FROM credits_receipt",
        "UPDATE credits_sale SET gross_fen = gross_fen + 1",
        "DELETE FROM credits_payout",
        "UPDATE credits_invoice SET amount_fen = amount_fen + 1",
        "UPDATE credits_refund SET state = 'asked', reference = NULL, decided_at = NULL,"
        " decided_by = NULL",
        "DELETE FROM credits_refund",
    ],
)
def test_the_database_refuses_to_rewrite_the_books_of_money(stock, noon, crime: str) -> None:
    who, clerk = organiser(), operator()
    hold = paid(held(who, 3_000))
    retired(hold)
    invoiced(who, hold)
    paid_out(clerk, VILLAGE, 100, "B8")
    came(None, 100, "B9")
    refund_id = uuid4()
    do(service.ask_refund, clerk.actor, refund_id, odd()[0].receipt_id, "退", noon)
    do(service.confirm_refund, clerk.actor, refund_id, "R9", noon)
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(text(crime))


def test_an_invoice_is_asked_for_once_over_what_was_paid(stock, noon: datetime) -> None:
    who, clerk = organiser(), operator().actor
    hold = held(who, 3_000)
    with pytest.raises(NotPaidYet):
        invoiced(who, hold)
    paid(hold)
    with pytest.raises(UnknownHold):
        invoiced(organiser(where="别的组委会"), hold)
    asked = invoiced(who, hold)
    assert (asked.amount_fen, asked.state) == (4665, InvoiceState.REQUESTED)
    with pytest.raises(InvoiceAsked):
        invoiced(who, hold)
    for _ in range(2):
        do(service.reject_invoice, clerk, asked.invoice_id, "税号与名称不符", noon)
    again = invoiced(who, hold)
    number = "26352000000000000001"
    for _ in range(2):
        done = do(
            service.issue_invoice, clerk, again.invoice_id, number, date(2026, 3, 12), None, noon
        )
    assert (done.state, done.number) == (InvoiceState.ISSUED, number)
    with pytest.raises(InvoiceDecided):
        do(service.reject_invoice, clerk, again.invoice_id, "晚了", noon)
    with pytest.raises(InvoiceAsked):
        invoiced(who, hold)


def test_whom_an_invoice_was_for_is_sealed_and_then_forgotten(
    stock, noon: datetime, settle: Callable[[], None]
) -> None:
    who = organiser()
    hold = paid(held(who, 3_000))
    personal = village_invoice(type=InvoiceType.GENERAL, title="李雷雷", tax_number=None)
    asked = invoiced(who, hold, personal)

    def everything() -> str:
        with snapshot() as session:
            return session.scalar(text("SELECT i::text FROM credits_invoice AS i"))

    for secret in ("李雷雷", "kuaiji", "13800001234"):
        assert secret not in everything()
        assert secret.encode().hex() not in everything()
    do(service.reject_invoice, operator().actor, asked.invoice_id, "请改用单位抬头", noon)
    with clock.stopped(noon + timedelta(days=91)):
        settle()
    with snapshot() as session:
        left = queries.invoice(session, asked.invoice_id)
    assert (left.title, left.email, left.phone) == ("", "", "")
    assert (left.amount_fen, left.reason) == (4665, "请改用单位抬头")


def test_a_seller_is_owed_what_was_paid_less_the_fee_agreed_then(stock, noon) -> None:
    clerk = operator()
    village = seller_id_of(VILLAGE)
    retired(paid(held(organiser(), 3_000)))  # 46.65 yuan, no fee
    do(service.agree, clerk.actor, village, None, 250, noon)
    with clock.stopped(noon + timedelta(days=20)):
        retired(paid(held(organiser(), 1_000)))  # 15.55 yuan, 2.5 % are 38.875 fen
        paid_out(clerk, VILLAGE, 5_000, "P1")
    card = seller(VILLAGE)
    assert (card.gross_fen, card.fee_fen, card.paid_out_fen) == (4665 + 1555, 38, 5_000)
    assert card.owed_fen == 1_182
    march = statement_of(VILLAGE, date(2026, 3, 1), date(2026, 3, 31))
    assert (march.opening_fen, march.gross_fen, march.closing_fen) == (0, 4665, 4665)
    april = statement_of(VILLAGE, date(2026, 4, 1), date(2026, 4, 30))
    assert (april.opening_fen, april.gross_fen, april.fee_fen) == (4665, 1555, 38)
    assert (april.paid_out_fen, april.closing_fen) == (5_000, 1_182)
    assert [row[-1] for row in queries.statement_rows(april)] == [4665 + 1517, 1_182]


def test_nobody_is_paid_more_than_they_are_owed(stock, noon: datetime) -> None:
    clerk = operator()
    retired(paid(held(organiser(), 3_000)))
    with pytest.raises(MoreThanOwed):
        paid_out(clerk, VILLAGE, 4_666, "P1")
    mistaken = paid_out(clerk, VILLAGE, 4_665, "P1")
    with pytest.raises(MoreThanOwed):
        paid_out(clerk, VILLAGE, 1, "P2")
    village, entry = seller_id_of(VILLAGE), uuid4()
    for _ in range(2):
        do(service.cancel_payout, clerk.actor, village, entry, mistaken, "退票", noon)
    assert seller(VILLAGE).owed_fen == 4_665
    with pytest.raises(NameTaken):
        do(service.cancel_payout, clerk.actor, village, uuid4(), mistaken, "退票", noon)


def test_eight_payouts_at_once_pay_no_more_than_is_owed(stock, noon: datetime) -> None:
    clerk = operator()
    retired(paid(held(organiser(), 3_000)))
    barrier, outcomes = Barrier(8), []

    def send(number: int) -> None:
        barrier.wait()
        try:
            paid_out(clerk, VILLAGE, 1_500, f"P{number}")
            outcomes.append(True)
        except MoreThanOwed:
            outcomes.append(False)

    threads = [Thread(target=send, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [False] * 5 + [True] * 3  # 3 × 15.00 of 46.65 yuan


@given(
    needs=st.lists(st.integers(1, 5_000), min_size=1, max_size=4),
    prices=st.lists(st.integers(1, 99_999), min_size=2, max_size=2),
    fee_bp=st.integers(0, 10_000),
)
@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_lines_and_fees_add_up_to_what_was_paid(engine, noon, needs, prices, fee_bp) -> None:
    empty_database(engine)
    on_sale(draft(Kind.FFCER, 10_000, prices[0]), draft(Kind.FOREST_TICKET, 20_000, prices[1]))
    do(service.agree, operator().actor, seller_id_of(VILLAGE), None, fee_bp, noon)
    holds = [paid(held(organiser(), need)) for need in needs]
    for hold in holds[1:]:
        retired(hold)
    books, card = reckoned(), seller(VILLAGE)
    assert books.received_fen == sum(hold.total_fen for hold in holds)
    assert books.kept_fen == holds[0].total_fen
    assert card.gross_fen == books.sold_fen == sum(hold.total_fen for hold in holds[1:])
    lines = statement_of(VILLAGE, date(2026, 3, 12), date(2026, 3, 12)).sales
    assert sum(line.net_fen + line.fee_fen for line in lines) == card.gross_fen
    assert all(line.fee_fen == line.gross_fen * fee_bp // 10_000 for line in lines)


def test_the_statement_is_read_by_the_seller_and_the_operator_alone(client, stock) -> None:
    retired(paid(held(organiser(), 3_000)))
    village, clerk = organisation("常口村"), operator()
    chief = person("村主任", ("常口村", Role.ADMINISTRATOR))
    other = person("别村主任", ("别的村", Role.ADMINISTRATOR))
    url = f"/api/credits/sellers/{seller_id_of(VILLAGE)}"
    asked = f"{url}/statement?starts=2026-01-01&ends=2026-12-31"
    assert client.get(asked, headers=chief.headers).status_code == 404
    said = {"organisation_id": str(village), "fee_bp": 0}
    assert client.put(url, json=said, headers=clerk.headers).status_code == 200
    found = client.get(asked, headers=chief.headers).json
    assert (found["closing_fen"], [line["gross_fen"] for line in found["sales"]]) == (4665, [4665])
    assert client.get(asked, headers=other.headers).status_code == 404
    assert client.get("/api/credits/sellers", headers=other.headers).json == {"sellers": []}
    assert client.get(asked, headers=organiser().headers).status_code == 403
    client.set_cookie("puhui_session", chief.token)
    page = f"/sellers/{seller_id_of(VILLAGE)}"
    assert "46.65" in client.get(page).text
    assert "记一笔付款" not in client.get(page).text
    table = client.get(f"{page}.csv?starts=2026-01-01&ends=2026-12-31").text
    assert table.splitlines()[-1].endswith(",3000,1555,4665,0,4665,4665")
    assert client.get(f"{page}?starts=2026-02-01&ends=2026-01-01").status_code == 422
