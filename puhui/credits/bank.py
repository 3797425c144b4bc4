"""A bank's list of incoming transfers, as it is exported, and what it pays for.

Banks in China export a table with a heading a column and one line a transfer; headings differ from
bank to bank, so each column is known by several. Only money that came in is looked at. What a line
pays for is told by the reference that the buyer wrote into the postscript.
"""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import StringIO

from puhui.credits.hold import BankTransfer
from puhui.kernel.errors import Fault
from puhui.kernel.text import N_

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "paid_on": ("交易日期", "入账日期", "记账日期", "日期", "date"),
    "amount": ("收入金额", "贷方发生额", "贷方金额", "收入", "金额", "交易金额", "amount"),
    "reference": ("交易流水号", "流水号", "凭证号", "业务编号", "transaction id"),
    "memo": ("附言", "摘要", "用途", "备注", "交易附言", "memo"),
}
"""What the columns are called; the first that a file has is taken, `memo` may be several."""
MOST_ROWS = 50_000
OUR_REFERENCE = re.compile(r"PH[0-9A-HJKMNP-TV-Z]{10}")
_DAY = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?(?:[ T].*)?", re.ASCII)
_MONEY = re.compile(r"\d{1,12}(?:\.\d{1,2})?", re.ASCII)


@dataclass(frozen=True)
class Incoming:
    """One transfer that came in, and the hold that its postscript names, if any."""

    row: int
    transfer: BankTransfer
    reference: str | None
    """Of the hold; None when the postscript names none, or more than one."""


def read(content: str) -> tuple[list[Incoming], list[Fault]]:
    """Return the incoming transfers of a file, and every fault in it by row and column."""
    table = list(csv.reader(StringIO(content, newline=""), strict=False))
    start, columns = _heading(table)
    if columns is None:
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
        if not any(cell.strip() for cell in cells):
            continue
        told = {name: _cell(cells, places) for name, places in columns.items()}
        if told["amount"] in ("", "0", "0.00", "-"):
            continue  # money that went out
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
        names = [cell.strip().lower() for cell in cells]
        columns = {
            name: [names.index(heading) for heading in known if heading in names]
            for name, known in HEADINGS.items()
        }
        if all(columns.values()):
            return at + 1, {
                name: places if name == "memo" else places[:1] for name, places in columns.items()
            }
    return 0, None


def _cell(cells: Sequence[str], places: Sequence[int]) -> str:
    # Spreadsheets keep long numbers as text behind a tab or an apostrophe.
    return " ".join(cells[at].strip("\t '\ufeff") for at in places if at < len(cells)).strip()


def _incoming(row: int, told: Mapping[str, str]) -> tuple[Incoming | None, list[Fault]]:
    faults: list[Fault] = []
    paid_on = _day(told["paid_on"])
    if paid_on is None:
        faults.append(Fault("malformed_day", N_("日期应写作 2026-03-12"), row, "paid_on"))
    money = told["amount"].replace(",", "").removeprefix("¥").removeprefix("+")
    if not _MONEY.fullmatch(money) or not Decimal(money):
        faults.append(Fault("malformed_amount", N_("金额应为正数，至多两位小数"), row, "amount"))
    if not 1 <= len(told["reference"]) <= 100:
        faults.append(Fault("malformed_reference", N_("每笔都要有流水号"), row, "reference"))
    if faults or paid_on is None:
        return None, faults
    named = set(OUR_REFERENCE.findall(told["memo"].upper()))
    transfer = BankTransfer(told["reference"], int(Decimal(money) * 100), paid_on)
    return Incoming(row, transfer, named.pop() if len(named) == 1 else None), []


def _day(written: str) -> date | None:
    found = _DAY.fullmatch(written)
    if found is None:
        return None
    try:
        day = date(*(int(part) for part in found.groups()))
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2100 else None
