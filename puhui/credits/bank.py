"""A bank's list of incoming transfers, as it is exported, and what it pays for.

Banks in China export a table with a heading a column and one line a transfer; headings differ from
bank to bank, so each column is known by several. Some have a column for money that came in, some
one amount with its sign or a mark of direction beside it. Only money that came in is looked at.
What a line pays for is told by the reference that the buyer wrote into the postscript.
"""

import csv
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import StringIO

from puhui.credits.hold import BankTransfer
from puhui.kernel.errors import Fault
from puhui.kernel.text import N_

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "paid_on": (
        "交易日期", "交易日", "入账日期", "记账日期", "交易时间", "日期",
        "transaction date", "date",
    ),
    "amount": (
        "收入金额", "贷方发生额", "贷方金额", "收入", "转入金额", "金额", "交易金额", "发生额",
        "credit amount", "amount",
    ),
    "reference": (
        "交易流水号", "账户明细编号-交易流水号", "流水号", "核心流水号", "业务参考号", "业务编号",
        "凭证号", "transaction id", "reference",
    ),
    "memo": (
        "附言", "交易附言", "摘要", "交易摘要", "用途", "交易用途", "备注", "业务摘要",
        "memo", "remark",
    ),
}  # fmt: skip
"""What the columns are called; the first that a file has is taken, `memo` may be several."""
BESIDE: Mapping[str, tuple[str, ...]] = {
    "direction": ("借贷标志", "借/贷", "借贷", "收支标志", "收/支", "收支", "交易类型"),
    "currency": ("币种", "交易货币", "货币", "currency"),
}
"""Columns that a file may have."""
WENT_OUT = frozenset({"借", "借方", "支", "支出", "往账", "付", "付款", "d", "dr", "debit"})
CURRENCIES: Mapping[str, str] = {
    "": "CNY", "人民币": "CNY", "人民币元": "CNY", "rmb": "CNY", "cny": "CNY", "156": "CNY",
    "美元": "USD", "港币": "HKD", "港元": "HKD", "欧元": "EUR", "日元": "JPY", "英镑": "GBP",
}  # fmt: skip
_CODE = re.compile("[A-Za-z]{3}")
MOST_ROWS = 50_000
OUR_REFERENCE = re.compile(r"PH[0-9A-HJKMNP-TV-Z]{10}")
_DAY = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?(?:[ T].*)?", re.ASCII)
_MONEY = re.compile(r"(?:\d{1,12}|\d{1,3}(?:,\d{3}){1,3})(?:\.\d{1,2})?", re.ASCII)
_SUM = re.compile("(?:合计|总计|小计|总笔数|总金额|本页)")
_DELIMITERS = ",\t;|"


@dataclass(frozen=True)
class Incoming:
    """One transfer that came in, and the hold that its postscript names, if any."""

    row: int
    transfer: BankTransfer
    reference: str | None
    """Of the hold; None when the postscript names none, or more than one."""
    currency: str = "CNY"


def read(content: str) -> tuple[list[Incoming], list[Fault]]:
    """Return the incoming transfers of a file, and every fault in it by row and column."""
    for delimiter in _DELIMITERS:
        table = list(csv.reader(StringIO(content, newline=""), delimiter=delimiter))
        start, columns = _heading(table)
        if columns is not None:
            break
    else:
        return [], [
            Fault(
                "columns_missing",
                N_("没有找到表头：需要交易日期、收入金额、交易流水号、附言"),
                1,
            )
        ]
    if len(table) - start > MOST_ROWS:
        return [], [Fault("too_many_rows", N_("最多 %(most)s 行"), None, None, {"most": MOST_ROWS})]
    found: list[Incoming] = []
    faults: list[Fault] = []
    rows: dict[str, int] = {}
    for row, cells in enumerate(table[start:], start=start + 1):
        first = next((cell.strip() for cell in cells if cell.strip()), "")
        if not first or _SUM.match(first):
            continue
        told = {name: _cell(cells, places) for name, places in columns.items()}
        if _went_out(told):
            continue
        incoming, wrong = _incoming(row, told)
        faults += wrong
        if incoming is not None:
            other = rows.setdefault(incoming.transfer.reference, row)
            if other != row:
                faults.append(
                    Fault(
                        "repeated",
                        N_("流水号与第 %(other)s 行相同"),
                        row,
                        "reference",
                        {"other": other},
                    )
                )
            found.append(incoming)
    return found, faults


def _heading(table: Sequence[Sequence[str]]) -> tuple[int, dict[str, list[int]] | None]:
    """Return where the transfers begin, and the places of each column; banks put titles above."""
    for at, cells in enumerate(table[:20]):
        names = [_name(cell) for cell in cells]
        columns = {
            name: [names.index(heading) for heading in known if heading in names]
            for name, known in HEADINGS.items()
        }
        if all(columns.values()):
            columns |= {
                name: [names.index(heading) for heading in known if heading in names]
                for name, known in BESIDE.items()
            }
            return at + 1, {
                name: places if name == "memo" else places[:1] for name, places in columns.items()
            }
    return 0, None


def _name(heading: str) -> str:
    """Return a heading without its translation, 交易日期[ Transaction Date ], or its gloss,
    贷方发生额（收入）."""
    plain = unicodedata.normalize("NFKC", heading).strip("\t '\ufeff").lower()
    return re.split(r"[\[(]", plain)[0].strip() or plain.strip("[]() ")


def _cell(cells: Sequence[str], places: Sequence[int]) -> str:
    # Spreadsheets keep long numbers as text behind a tab or an apostrophe.
    return " ".join(cells[at].strip("\t '\ufeff") for at in places if at < len(cells)).strip()


def _went_out(told: Mapping[str, str]) -> bool:
    """Whether a line is money that left, or none."""
    amount = unicodedata.normalize("NFKC", told["amount"])
    nothing = not amount.strip("0., ¥-")
    return nothing or amount.startswith("-") or told["direction"].lower() in WENT_OUT


def _incoming(row: int, told: Mapping[str, str]) -> tuple[Incoming | None, list[Fault]]:
    faults: list[Fault] = []
    paid_on = _day(told["paid_on"])
    if paid_on is None:
        faults.append(Fault("malformed_day", N_("日期应写作 2026-03-12"), row, "paid_on"))
    written = unicodedata.normalize("NFKC", told["amount"]).removeprefix("+").removeprefix("¥")
    money = written.strip().replace(",", "")
    if not _MONEY.fullmatch(written.strip()) or not Decimal(money):
        faults.append(Fault("malformed_amount", N_("金额应为正数，至多两位小数"), row, "amount"))
    currency = CURRENCIES.get(told["currency"].lower(), told["currency"].upper())
    if not _CODE.fullmatch(currency):
        faults.append(Fault("unknown_currency", N_("不认识这个币种"), row, "currency"))
    if not 1 <= len(told["reference"]) <= 100:
        faults.append(Fault("malformed_reference", N_("每笔都要有流水号"), row, "reference"))
    if faults or paid_on is None:
        return None, faults
    named = set(OUR_REFERENCE.findall(unicodedata.normalize("NFKC", told["memo"]).upper()))
    transfer = BankTransfer(told["reference"], int(Decimal(money) * 100), paid_on)
    return Incoming(
        row,
        transfer,
        named.pop() if len(named) == 1 else None,
        currency,
    ), []


def _day(written: str) -> date | None:
    found = _DAY.fullmatch(written)
    if found is None:
        return None
    try:
        day = date(*(int(part) for part in found.groups()))
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2100 else None
