"""What is imported: projects and batches, read from rows of text with every fault named."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from io import StringIO
from uuid import UUID, uuid5

from puhui.credits.detail import DETAILS, read_details
from puhui.credits.kind import RULES, Kind
from puhui.credits.serial import LARGEST, MalformedSerial, SerialRange, parse
from puhui.kernel.errors import Fault
from puhui.kernel.text import N_

BATCHES = UUID("6b1f6a04-5b35-5a0b-9d3e-0e6b9a7c0c70")
PROJECTS = UUID("1f9b2c3e-7d44-5a61-8c5f-2b8a4f6d9e13")

MOST_ROWS = 20_000
LONGEST = 500


class Encumbrance(StrEnum):
    """What keeps a batch from being sold."""

    NONE = "none"
    PLEDGED = "pledged"
    DISPUTED = "disputed"
    USED = "used"
    """Already used in court or for compliance."""


@dataclass(frozen=True)
class ProjectDraft:
    """A project as it is imported; `code` names it for good."""

    code: str
    name: str
    name_en: str
    county_code: str
    place: str
    place_en: str
    method: str
    beneficiaries: str
    beneficiaries_en: str
    households: int | None
    source: str
    method_en: str = ""

    @property
    def project_id(self) -> UUID:
        """The project's identifier, which follows from its code."""
        return uuid5(PROJECTS, self.code)


@dataclass(frozen=True)
class BatchDraft:
    """A batch as it is imported. The price is in fen per tonne."""

    kind: Kind
    project: ProjectDraft
    registry: str
    serials: SerialRange
    period_starts: date
    period_ends: date
    price_fen_per_t: int
    seller: str
    source: str
    encumbrance: Encumbrance = Encumbrance.NONE
    encumbrance_note: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
    """What batches of this kind have besides, by name (`detail.DETAILS`)."""

    @property
    def quantity_kg(self) -> int:
        """What the serials stand for."""
        return self.serials.count * RULES[self.kind].granularity_kg

    @property
    def batch_id(self) -> UUID:
        """An identifier for a batch that comes from a file: the same serials, the same batch."""
        return uuid5(BATCHES, f"{self.registry}\n{self.serials}")


@dataclass(frozen=True)
class Row:
    """A draft and the line of the file that it came from, the heading being line 1."""

    row: int
    draft: BatchDraft


COLUMNS = (
    "kind",
    "project",
    "project_name",
    "project_name_en",
    "county_code",
    "place",
    "place_en",
    "method",
    "beneficiaries",
    "beneficiaries_en",
    "households",
    "project_source",
    "registry",
    "serials",
    "quantity_kg",
    "period_starts",
    "period_ends",
    "price_yuan_per_t",
    "seller",
    "encumbrance",
    "encumbrance_note",
    "source",
)
MAY_BE_MISSING = ("method_en", *DETAILS)
"""Columns that a file has where it has something to say in them."""
_MAY_BE_EMPTY = {"households", "encumbrance", "encumbrance_note", *MAY_BE_MISSING}
_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{1,39}", re.ASCII)
_COUNTY = re.compile(r"[1-9]\d{5}", re.ASCII)
_WHOLE = re.compile(r"0|[1-9]\d{0,17}", re.ASCII)
# The ledger writes account names with bars between their parts.
_CLEAN = re.compile(r"[^|\x00-\x1f\x7f\ud800-\udfff]*")


def read(text: str) -> tuple[list[Row], list[Fault]]:
    """Return the batches of a CSV file, and everything wrong in it: `read_table` of its cells.

    The text may begin with a byte order mark.
    """
    try:
        lines = list(csv.reader(StringIO(text.removeprefix("\ufeff")), strict=True))
    except csv.Error:
        return [], [Fault("not_csv", N_("文件不是有效的 CSV"))]
    return read_table(lines)


def read_table(lines: Sequence[Sequence[str]]) -> tuple[list[Row], list[Fault]]:
    """Return the batches of a table with the headings `COLUMNS`, and everything wrong in it.

    `MAY_BE_MISSING` names further columns. A row with a fault gives no batch.
    """
    if not lines or not any(cell.strip() for cell in lines[0]):
        return [], [Fault("empty_file", N_("文件是空的"))]
    heading = [cell.strip() for cell in lines[0]]
    faults = [
        *(
            Fault("column_missing", N_("缺少列“%(column)s”"), 1, column, {"column": column})
            for column in COLUMNS
            if column not in heading
        ),
        *(
            Fault("column_unknown", N_("多出列“%(column)s”"), 1, column, {"column": column})
            for column in dict.fromkeys(heading)
            if column not in (*COLUMNS, *MAY_BE_MISSING) or heading.count(column) > 1
        ),
    ]
    if faults:
        return [], faults
    if len(lines) - 1 > MOST_ROWS:
        return [], [
            Fault("too_many_rows", N_("一次最多导入 %(most)s 行"), values={"most": MOST_ROWS})
        ]
    rows: list[Row] = []
    for number, cells in enumerate(lines[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(heading):
            faults.append(Fault("cells_missing", N_("这一行的列数与标题行不符"), number))
            continue
        draft, wrong = _draft(dict(zip(heading, (c.strip() for c in cells), strict=True)))
        faults += [Fault(f.code, f.message, number, f.field, f.values) for f in wrong]
        if draft is not None:
            rows.append(Row(number, draft))
    if not rows and not faults:
        faults.append(Fault("empty_file", N_("文件是空的")))
    return rows, faults


def draft_of(cells: Mapping[str, str]) -> tuple[BatchDraft | None, list[Fault]]:
    """Return the batch that one set of named texts describes, and everything wrong with it."""
    return _draft({column: cells.get(column, "") for column in (*COLUMNS, *MAY_BE_MISSING)})


def clashes(rows: Sequence[Row]) -> Iterator[Fault]:
    """Name the rows of one file that contradict each other."""
    by_block: dict[tuple[str, str], list[Row]] = {}
    projects: dict[str, Row] = {}
    periods: dict[str, list[Row]] = {}
    for row in rows:
        draft = row.draft
        by_block.setdefault((draft.registry, draft.serials.block), []).append(row)
        known = projects.setdefault(draft.project.code, row)
        if known.draft.project != draft.project:
            yield Fault(
                "project_differs",
                N_("项目信息与第 %(other)s 行不一致"),
                row.row,
                "project",
                {"other": known.row},
            )
        for other in periods.setdefault(draft.project.code, []):
            if other.draft.kind is not draft.kind and _overlap(other.draft, draft):
                yield Fault(
                    "issued_twice",
                    N_("同一林地同一时期已在第 %(other)s 行以另一种类签发"),
                    row.row,
                    "kind",
                    {"other": other.row},
                )
        periods[draft.project.code].append(row)
    for block in by_block.values():
        ordered = sorted(block, key=lambda row: (row.draft.serials.first, row.row))
        widest = ordered[0]
        for row in ordered[1:]:
            if row.draft.serials.first <= widest.draft.serials.last:
                yield Fault(
                    "serials_overlap",
                    N_("序列号与第 %(other)s 行重叠"),
                    row.row,
                    "serials",
                    {"other": widest.row},
                )
            if row.draft.serials.last > widest.draft.serials.last:
                widest = row


def _overlap(one: BatchDraft, other: BatchDraft) -> bool:
    return one.period_starts <= other.period_ends and other.period_starts <= one.period_ends


def _draft(given: Mapping[str, str]) -> tuple[BatchDraft | None, list[Fault]]:
    cells = {**dict.fromkeys(MAY_BE_MISSING, ""), **given}
    faults: list[Fault] = []

    def fault(code: str, message: str, column: str, **values: object) -> None:
        faults.append(Fault(code, message, None, column, values))

    for column in (*COLUMNS, *MAY_BE_MISSING):
        if not cells[column] and column not in _MAY_BE_EMPTY:
            fault("missing", N_("此项必填"), column)
        elif len(cells[column]) > LONGEST or not _CLEAN.fullmatch(cells[column]):
            fault("malformed_text", N_("文字过长或含有不允许的字符"), column)
    broken = {each.field for each in faults}

    def day(column: str) -> date | None:
        try:
            found = date.fromisoformat(cells[column])
        except ValueError:
            found = None
        if found is None or len(cells[column]) != 10 or not 1990 <= found.year <= 2100:
            if column not in broken:
                fault("malformed_day", N_("日期应写作 2026-03-12"), column)
            return None
        return found

    kind = Kind(cells["kind"]) if cells["kind"] in set(Kind) else None
    if kind is None and "kind" not in broken:
        fault("unknown_kind", N_("没有这种碳信用"), "kind")
    if "project" not in broken and not _CODE.fullmatch(cells["project"]):
        fault("malformed_code", N_("项目代码只用大写字母、数字和短横"), "project")
    if "county_code" not in broken and not _COUNTY.fullmatch(cells["county_code"]):
        fault("malformed_county", N_("行政区划代码为六位数字"), "county_code")
    starts, ends = day("period_starts"), day("period_ends")
    if starts and ends and ends < starts:
        fault("period_backward", N_("结束日期早于开始日期"), "period_ends")
    households = cells["households"]
    if households and not _WHOLE.fullmatch(households):
        fault("malformed_number", N_("应为整数"), "households")
    price = _fen(cells["price_yuan_per_t"])
    if price is None and "price_yuan_per_t" not in broken:
        fault("malformed_price", N_("单价应为正数，至多两位小数"), "price_yuan_per_t")
    encumbrance = cells["encumbrance"] or Encumbrance.NONE
    if encumbrance not in set(Encumbrance):
        fault("unknown_encumbrance", N_("没有这种权利限制"), "encumbrance")
    serials = None
    if kind is not None and "serials" not in broken:
        try:
            serials = parse(cells["serials"], RULES[kind].form)
        except MalformedSerial:
            fault("malformed_serials", N_("序列号不符合此类碳信用的格式"), "serials")
        if serials is not None and serials.last >= LARGEST:
            serials = None
            fault("malformed_serials", N_("序列号不符合此类碳信用的格式"), "serials")
    if kind is not None and serials is not None and "quantity_kg" not in broken:
        counted = serials.count * RULES[kind].granularity_kg
        if cells["quantity_kg"] != str(counted):
            fault(
                "quantity_differs",
                N_("数量与序列号不符：按序列号为 %(counted)s 千克"),
                "quantity_kg",
                counted=counted,
            )
        # The ledger counts kilograms in 64 bits; so does every sum over batches.
        elif counted >= 10**15:
            fault("quantity_differs", N_("数量过大"), "quantity_kg")
    details: Mapping[str, str] = {}
    if kind is not None:
        unbroken = {column: "" if column in broken else cells[column] for column in DETAILS}
        details, wrong = read_details(unbroken, kind, serials, ends)
        faults += [each for each in wrong if each.field not in broken]
    if faults or kind is None or serials is None or starts is None or ends is None or price is None:
        return None, faults
    project = ProjectDraft(
        cells["project"],
        cells["project_name"],
        cells["project_name_en"],
        cells["county_code"],
        cells["place"],
        cells["place_en"],
        cells["method"],
        cells["beneficiaries"],
        cells["beneficiaries_en"],
        int(households) if households else None,
        cells["project_source"],
        cells["method_en"],
    )
    return (
        BatchDraft(
            kind,
            project,
            cells["registry"],
            serials,
            starts,
            ends,
            price,
            cells["seller"],
            cells["source"],
            Encumbrance(encumbrance),
            cells["encumbrance_note"],
            details,
        ),
        [],
    )


def _fen(yuan: str) -> int | None:
    """Return whole fen, or None for what is no price."""
    if not re.fullmatch(r"\d{1,9}(\.\d{1,2})?", yuan, re.ASCII):
        return None
    try:
        fen = int(Decimal(yuan) * 100)
    except InvalidOperation:
        return None
    return fen or None
