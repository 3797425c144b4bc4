"""A bank's list confirms what it pays for, once, and tells what it does not."""

from datetime import timedelta

import pytest

from puhui.credits import queries
from puhui.credits.bank import read
from puhui.credits.hold import HoldState
from puhui.credits.kind import Kind
from puhui.db.session import snapshot
from puhui.kernel import clock
from tests.makers.credits import draft, held, on_sale, operator, organiser

HEAD = "交易日期,收入金额,支出金额,交易流水号,对方户名,附言\n"


def line(number: int, fen: int, memo: str, day: str = "2026-03-12") -> str:
    return f'{day},"{fen / 100:,.2f}",,F{number:04},某单位,{memo}\n'


def state(hold) -> HoldState:
    with snapshot() as session:
        return queries.hold(session, hold.hold_id).state


def sent(client, text: str, name: str, headers) -> list[dict]:
    answer = client.post(
        "/api/credits/bank-files",
        data=text.encode("gb18030"),
        headers=headers | {"Idempotency-Key": name, "Content-Type": "text/csv"},
    )
    assert answer.status_code == 201, answer.json
    return answer.json["transfers"]


def test_what_is_paid_exactly_is_confirmed_once_and_the_rest_is_told(client, noon) -> None:
    on_sale(draft(Kind.FFCER, 30_000, 1555))
    who, clerk = organiser(), operator().headers
    exact, short, late, twice = (held(who, 3_000) for _ in range(4))
    file = HEAD + "".join(
        [
            line(1, exact.total_fen, f"购买碳信用 {exact.reference.lower()}"),
            line(2, short.total_fen - 1, short.reference),
            line(3, 5000, "货款"),
            "2026-03-12,,100.00,F0004,供电公司,电费\n",
            line(5, twice.total_fen, twice.reference),
            line(6, twice.total_fen, twice.reference),
        ]
    )
    outcomes = {each["bank_reference"]: each["outcome"] for each in sent(client, file, "a", clerk)}
    assert outcomes == {
        "F0001": "confirmed",
        "F0002": "wrong_amount",
        "F0003": "unknown_hold",
        "F0005": "confirmed",
        "F0006": "name_taken",
    }
    assert (state(exact), state(short)) == (HoldState.PAID, HoldState.HELD)
    again = {each["bank_reference"]: each["outcome"] for each in sent(client, file, "b", clerk)}
    assert again == outcomes | {"F0001": "known", "F0005": "known"}
    with clock.stopped(noon + timedelta(days=6)):
        paid_late = HEAD + line(7, late.total_fen, late.reference)
        (told,) = sent(client, paid_late, "c", operator("王五").headers)
    assert told["outcome"] == "hold_over"


def test_a_file_with_faults_confirms_nothing_and_names_them_all(client, noon) -> None:
    on_sale(draft(Kind.FFCER, 30_000, 1555))
    hold = held(organiser(), 3_000)
    file = (
        "某银行企业网银,,,,,\n" + HEAD + line(1, hold.total_fen, hold.reference)
        + "2026-13-01,十元,,F0002,甲,乙\n2026-03-12,1.00,,,甲,乙\n" + line(1, 100, "重复")
    )  # fmt: skip
    answer = client.post(
        "/api/credits/bank-files",
        data=file.encode(),
        headers=operator().headers | {"Idempotency-Key": "a", "Content-Type": "text/csv"},
    )
    assert answer.status_code == 422
    assert {(fault["row"], fault["field"], fault["code"]) for fault in answer.json["errors"]} == {
        (4, "paid_on", "malformed_day"),
        (4, "amount", "malformed_amount"),
        (5, "reference", "malformed_reference"),
        (6, "reference", "repeated"),
    }
    assert state(hold) is HoldState.HELD


@pytest.mark.parametrize("content", ["", "a,b,c\n1,2,3\n", "\x00", "日期,金额\n"])
def test_what_is_no_list_of_transfers_is_refused(content: str) -> None:
    assert [fault.code for fault in read(content)[1]] == ["columns_missing"]
