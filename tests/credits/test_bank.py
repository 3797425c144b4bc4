"""A bank's list confirms what it pays for, once, and tells what it does not."""

from datetime import timedelta

import pytest

from puhui.credits import queries
from puhui.credits.bank import read
from puhui.credits.hold import HoldState
from puhui.credits.kind import Kind
from puhui.credits.paying.receipt import Oddity
from puhui.credits.upload import text_of
from puhui.db.session import snapshot
from puhui.kernel import clock
from tests.makers.credits import draft, held, on_sale, operator, organiser
from tests.makers.paying import odd, reckoned

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
        "F0006": "paid_already",
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


HOLD = "PH0123456789"
EXPORTS = {
    # A heading of its own, money in and out in two columns, a sum at the end.
    "two columns": (
        "\ufeff中国某银行企业网银交易明细,,,,,,\n账号：6222,,,,,,\n"
        "凭证号,交易时间,借方发生额（支取）,贷方发生额（收入）,余额,摘要,对方户名\n"
        f'\t900001,20260312 09:15:30,0.00,"1,956.64","8,000.00",{HOLD},某单位\n'
        '\t900002,20260312 09:16:02,"1,000.00",0.00,"7,000.00",货款,某公司\n'
        '合计,,"1,000.00","1,956.64",,,\n'
    ),
    # Bilingual headings, one amount with its sign, a currency.
    "signed": (
        "交易日期[ Transaction Date ],交易货币[ Trade Currency ],交易金额[ Trade Amount ],"
        "交易流水号[ Transaction reference number ],附言[ Remark ]\n"
        f'20260312,CNY,"+1,956.64",900001,货款{HOLD}\n20260313,CNY,"-1,000.00",900002,退款\n'
    ),
    # Tabs, a mark of direction, full-width digits in the postscript.
    "marked": (
        "交易日\t借贷标志\t发生额\t业务参考号\t用途\n"
        "2026年3月12日\t贷\t￥1,956.64\t900001\tＰＨ０１２３４５６７８９\n"
        "2026年3月12日\t借\t1,000.00\t900002\t工资\n"
    ),
}


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
@pytest.mark.parametrize("export", EXPORTS)
def test_banks_write_the_same_in_many_ways(export: str, encoding: str) -> None:
    found, faults = read(text_of(EXPORTS[export].encode(encoding)))
    assert faults == []
    (one,) = found
    assert (one.transfer.reference, one.transfer.amount_fen) == ("900001", 195_664)
    assert (one.reference, one.transfer.paid_on.isoformat()) == (HOLD, "2026-03-12")


@pytest.mark.parametrize(
    ("written", "fen"),
    [
        ("1956.64", 195_664), ("1,956.64", 195_664), ("￥1,956.6", 195_660),
        ("12,345,678", 1_234_567_800),
        ("195,664", 19_566_400), ("1.956,64", None), ("19,56.64", None), ("1956.645", None),
        ("1e3", None), ("一千元", None),
    ],
)  # fmt: skip
def test_an_amount_is_read_as_written_or_not_at_all(written: str, fen: int | None) -> None:
    found, faults = read(HEAD + f'2026-03-12,"{written}",,F1,某单位,{HOLD}\n')
    assert [one.transfer.amount_fen for one in found] == ([] if fen is None else [fen])
    assert [fault.code for fault in faults] == (["malformed_amount"] if fen is None else [])


def test_money_in_another_currency_is_told_apart() -> None:
    head = "日期,币种,收入金额,流水号,附言\n"
    found, faults = read(head + f"2026-03-12,美元,15.55,F1,{HOLD}\n2026-03-12,金币,1,F2,x\n")
    assert [one.currency for one in found] == ["USD"]
    assert [(fault.row, fault.code) for fault in faults] == [(3, "unknown_currency")]


def test_what_does_not_pay_is_kept_for_a_person(client, noon) -> None:
    on_sale(draft(Kind.FFCER, 30_000, 1555))
    short = held(organiser(), 3_000)
    file = HEAD + line(1, short.total_fen - 1, short.reference) + line(2, 5_000, "货款")
    for name in ("a", "b"):
        sent(client, file, name, operator().headers)
    assert {(one.reference, one.odd) for one in odd()} == {
        ("F0001", Oddity.WRONG_AMOUNT),
        ("F0002", Oddity.UNKNOWN_HOLD),
    }
    assert reckoned().received_fen == short.total_fen - 1 + 5_000
