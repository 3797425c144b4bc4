"""Paying through the gateway: a twin of it speaks to the application over HTTP."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from puhui.credits import queries as credits
from puhui.credits.errors import HoldOver
from puhui.credits.hold import HoldState
from puhui.credits.kind import Kind
from puhui.credits.paying import jobs, service
from puhui.credits.paying.errors import GatewayClosed, OrderWaits
from puhui.credits.paying.gateway import GatewayDown, use_gateway
from puhui.credits.paying.order import OrderState
from puhui.credits.paying.receipt import Fate, Oddity
from puhui.credits.paying.signature import Stamp
from puhui.credits.service import release
from puhui.db.session import snapshot, transaction
from puhui.kernel import clock
from tests.makers.credits import draft, held, on_sale, operator, organiser
from tests.makers.gateway import Twin
from tests.makers.paying import fates, odd, order_of, ordered, reckoned, state_of

Settle = Callable[[], None]


@pytest.fixture
def buyer(twin: Twin, noon: datetime):
    """A buyer, with nine tonnes on sale at 15.55 yuan."""
    on_sale(draft(Kind.FFCER, 9_000, 1555))
    return organiser()


def test_a_payment_by_qr_code_retires_by_itself(buyer, twin: Twin, settle: Settle) -> None:
    hold = held(buyer, 3_000)
    order = ordered(buyer, hold)
    assert order.state is OrderState.ASKED
    settle()
    order = order_of(order)
    assert (order.state, order.qr_text) == (OrderState.OPEN, f"weixin://{order.number}")
    assert twin.orders[order.number]["amount_fen"] == 4665  # 3 t at 15.55 yuan
    assert twin.tell(twin.pay(order.number)) == (200, {"code": "taken"})
    settle()
    assert (state_of(order), state_of(hold)) == (OrderState.PAID, HoldState.RETIRED)
    assert (reckoned().sold_fen, odd()) == (4665, [])


def test_a_notification_counts_once_however_often_it_comes(
    buyer, twin: Twin, settle: Settle
) -> None:
    hold = held(buyer, 3_000)
    order = ordered(buyer, hold)
    settle()
    paid = twin.pay(order.number)
    once = twin.notification(paid)
    assert twin.send(*once)[0] == 200
    # The very same bytes are a replay; the same news under a new stamp is a repetition.
    assert twin.send(*once) == (409, {"code": "replayed"})
    assert twin.tell(paid)[0] == 200
    settle()
    assert twin.tell(paid)[0] == 200
    assert (state_of(hold), reckoned().received_fen) == (HoldState.RETIRED, 4665)


def test_news_may_come_before_the_answer_and_close_after_paid(
    buyer, twin: Twin, settle: Settle
) -> None:
    hold = held(buyer, 3_000)
    order = ordered(buyer, hold)
    twin.mood = "hasty"
    settle()
    assert (state_of(order), state_of(hold)) == (OrderState.PAID, HoldState.RETIRED)
    assert twin.tell({"number": order.number, "state": "closed"})[0] == 200
    assert state_of(order) is OrderState.PAID


def test_money_for_a_closed_order_still_pays_a_live_hold(buyer, twin: Twin, settle: Settle) -> None:
    hold = held(buyer, 3_000)
    order = ordered(buyer, hold)
    settle()
    assert twin.tell({"number": order.number, "state": "closed"})[0] == 200
    assert state_of(order) is OrderState.CLOSED
    assert twin.tell(twin.pay(order.number))[0] == 200
    assert (state_of(order), state_of(hold)) == (OrderState.PAID, HoldState.PAID)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"amount_fen": 4664}, Oddity.WRONG_AMOUNT),
        ({"amount_fen": 466500}, Oddity.WRONG_AMOUNT),
        ({"currency": "USD"}, Oddity.WRONG_CURRENCY),
    ],
)
def test_what_is_not_the_price_pays_for_nothing_and_is_listed(
    buyer, twin: Twin, settle: Settle, said, why
) -> None:
    hold = held(buyer, 3_000)
    order = ordered(buyer, hold)
    settle()
    assert twin.tell(twin.pay(order.number, **said))[0] == 200
    (money,) = odd()
    assert (money.odd, money.hold_id, money.fate) == (why, hold.hold_id, Fate.WAITING)
    assert state_of(hold) is HoldState.HELD
    reckoned()


def test_money_for_an_order_that_nobody_knows_is_listed(buyer, twin: Twin) -> None:
    assert twin.tell(twin.pay("no-such-order", amount_fen=100))[0] == 200
    assert [money.odd for money in odd()] == [Oddity.UNKNOWN_HOLD]


def test_what_the_gateway_has_not_signed_just_now_is_refused(
    buyer, twin: Twin, settle: Settle, noon: datetime
) -> None:
    hold = held(buyer, 3_000)
    order = ordered(buyer, hold)
    settle()
    paid = twin.pay(order.number)
    assert twin.tell(paid, key=twin.our_key) == (401, {"code": "wrong_signature"})
    body, headers = twin.notification(paid)
    assert twin.send(body.replace(b"4665", b"4666"), headers)[1] == {"code": "wrong_signature"}
    for minutes in (-6, 6):
        stale = Stamp.new(noon + timedelta(minutes=minutes))
        assert twin.tell(paid, stamp=stale) == (401, {"code": "stale"})
    assert twin.send(body, {}) == (401, {"code": "unsigned"})
    another = {**headers, "Pay-Merchant": "another"}
    assert twin.send(body, another) == (401, {"code": "unsigned"})
    assert twin.tell({"number": order.number, "state": "paid"}) == (
        400,
        {"code": "malformed_notice"},
    )
    assert (state_of(hold), reckoned().received_fen) == (HoldState.HELD, 0)
    assert twin.send(body, headers)[0] == 200


def test_late_money_is_kept_and_takes_nothing_from_whoever_holds_it_now(
    buyer, twin: Twin, settle: Settle, noon: datetime
) -> None:
    first = held(buyer, 9_000)
    order = ordered(buyer, first)
    settle()
    with clock.stopped(noon + timedelta(minutes=31)):
        settle()  # the hold ends
        second = held(organiser("王五"), 9_000)
        assert twin.tell(twin.pay(order.number))[0] == 200
        settle()
        assert (state_of(first), state_of(second)) == (HoldState.EXPIRED, HoldState.HELD)
        (money,) = odd()
        assert (money.odd, money.amount_fen) == (Oddity.HOLD_OVER, 9 * 1555)
        # Once the other gives it back, the money may pay for a new hold.
        with transaction() as session:
            release(session, organiser().actor, second.hold_id, clock.now())
        third = held(buyer, 9_000)
        with transaction() as session:
            service.use_receipt(
                session, operator().actor, money.receipt_id, third.hold_id, clock.now()
            )
        settle()
        assert (state_of(third), fates()) == (HoldState.RETIRED, {money.reference: Fate.USED})
        reckoned()


def test_money_sent_in_time_pays_though_the_news_is_late(
    buyer, twin: Twin, settle: Settle, noon: datetime
) -> None:
    hold = held(buyer, 3_000)
    order = ordered(buyer, hold)
    settle()
    paid = twin.pay(order.number)
    # Half an hour is over, and nobody has swept the hold away yet.
    with clock.stopped(noon + timedelta(minutes=31)):
        assert twin.tell(paid)[0] == 200
        assert state_of(hold) is HoldState.PAID


def test_a_lost_answer_leaves_one_order_and_a_lost_notice_is_asked_for(
    buyer, twin: Twin, settle: Settle, noon: datetime
) -> None:
    hold = held(buyer, 3_000)
    order = ordered(buyer, hold)
    twin.mood = "mute"
    settle()
    assert (state_of(order), list(twin.orders)) == (OrderState.ASKED, [order.number])
    twin.mood = "well"
    with clock.stopped(noon + timedelta(seconds=6)):
        settle()
        assert (state_of(order), list(twin.orders)) == (OrderState.OPEN, [order.number])
    twin.pay(order.number)  # and it tells nobody
    with clock.stopped(noon + timedelta(minutes=2)):
        settle()
        assert (state_of(order), state_of(hold)) == (OrderState.PAID, HoldState.RETIRED)


def test_a_gateway_that_is_down_costs_nothing_but_time(
    buyer, twin: Twin, settle: Settle, noon: datetime
) -> None:
    hold = held(buyer, 3_000)
    order = ordered(buyer, hold)
    twin.mood = "down"
    settle()
    assert state_of(order) is OrderState.ASKED
    with pytest.raises(GatewayDown):
        jobs.place_order({"order_id": str(order.order_id)}, noon)
    twin.mood = "forged"  # an answer that anybody could have given is none
    with pytest.raises(GatewayDown):
        jobs.place_order({"order_id": str(order.order_id)}, noon)
    assert state_of(order) is OrderState.ASKED
    twin.mood = "down"
    with clock.stopped(noon + timedelta(minutes=31)):
        settle()
        assert state_of(order) is OrderState.ASKED  # nobody knows
    twin.mood, twin.orders = "well", {}
    with clock.stopped(noon + timedelta(minutes=40)):
        settle()
        assert (state_of(order), order_of(order).fault) == (OrderState.REFUSED, "order_unknown")


def test_an_order_is_closed_when_its_hold_is_over(
    buyer, twin: Twin, settle: Settle, noon: datetime
) -> None:
    order = ordered(buyer, held(buyer, 3_000))
    settle()
    with clock.stopped(noon + timedelta(minutes=31)):
        settle()
    assert (state_of(order), twin.orders[order.number]["state"]) == (OrderState.CLOSED, "closed")
    assert twin.asked[-1] == f"POST /v1/orders/{order.number}/close"


def test_what_the_gateway_refuses_can_be_asked_again(buyer, twin: Twin, settle: Settle) -> None:
    hold = held(buyer, 3_000)
    order = ordered(buyer, hold)
    with pytest.raises(OrderWaits):
        ordered(buyer, hold)
    assert ordered(buyer, hold, order.order_id) == order
    twin.mood = "strict"
    settle()
    assert order_of(order).fault == "merchant_suspended"
    twin.mood = "well"
    again = ordered(buyer, hold)
    settle()
    assert state_of(again) is OrderState.OPEN


def test_money_by_bank_and_by_gateway_for_one_hold_is_found(
    client, buyer, twin: Twin, settle: Settle
) -> None:
    hold = held(buyer, 3_000)
    order = ordered(buyer, hold)
    settle()
    assert twin.tell(twin.pay(order.number))[0] == 200
    file = f"交易日期,收入金额,交易流水号,附言\n2026-03-12,46.65,B1,{hold.reference}\n"
    with transaction() as session:
        (matched,) = service.import_bank_file(session, operator().actor, file, clock.now())
    assert matched.outcome == "paid_already"
    (money,) = odd()
    assert (money.reference, money.odd, money.hold_id) == ("B1", Oddity.PAID_ALREADY, hold.hold_id)
    assert (reckoned().waiting_fen, reckoned().received_fen) == (4665, 9330)


def test_the_gateway_sends_back_what_came_by_it_once(
    buyer, twin: Twin, settle: Settle, noon: datetime
) -> None:
    hold = held(buyer, 3_000)
    order = ordered(buyer, hold)
    settle()
    twin.tell(twin.pay(order.number, amount_fen=5000))
    (money,) = odd()
    clerk, refund_id = operator().actor, money.receipt_id
    with transaction() as session:
        service.ask_refund(session, clerk, refund_id, money.receipt_id, "多付了", noon)
        service.confirm_refund(session, clerk, refund_id, None, noon)
    twin.mood = "mute"
    settle()
    assert fates() == {money.reference: Fate.SENDING}
    twin.mood = "well"
    with clock.stopped(noon + timedelta(seconds=6)):
        settle()
    assert fates() == {money.reference: Fate.SENT}
    (sent,) = twin.refunds.values()
    assert (sent["transaction"], sent["amount_fen"]) == (money.reference, 5000)
    assert reckoned().returned_fen == 5000


def test_without_a_gateway_and_without_time_there_is_no_order(
    buyer, twin: Twin, noon: datetime
) -> None:
    hold = held(buyer, 3_000)
    with clock.stopped(noon + timedelta(minutes=29, seconds=30)), pytest.raises(HoldOver):
        ordered(buyer, hold)
    use_gateway(None)
    with pytest.raises(GatewayClosed):
        ordered(buyer, hold)


def test_the_keys_are_in_no_text(twin: Twin) -> None:
    shown = repr(twin.adapter)
    assert "key" not in shown.lower()
    assert str(twin.our_key.private_numbers().d) not in shown


def test_nonces_are_forgotten_once_they_are_of_no_use(
    buyer, twin: Twin, settle: Settle, noon: datetime
) -> None:
    twin.tell({"number": "x", "state": "closed"})
    with clock.stopped(noon + timedelta(minutes=21)):
        settle()
    with snapshot() as session:
        assert credits.lots(session)  # the rest of the world stands
        left = session.connection().exec_driver_sql("SELECT count(*) FROM credits_gateway_nonce")
        assert left.scalar() == 0
