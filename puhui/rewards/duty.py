"""Duty planting (全民义务植树): three to five trees a year, or what a province counts as that.

The eight forms are those of the national greening commission's measures of 2017-06-13. Only a
tree planted is a tree by itself; how much of anything else makes one, a province decides, and
what it has not published nobody here guesses. The count is a book of its own: it is not points,
no estimate of carbon, and nothing that could be sold.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib.resources import files
from uuid import UUID

from puhui.kernel.errors import Conflict, Fault
from puhui.kernel.text import N_
from puhui.rewards.province import PROVINCES

MOST_DAYS_AGO = 366
"""Days after which a duty can no longer be recorded."""
MOST_WORDS = 300


class NoConversion(Conflict):
    """The province has not said how this counts, and nobody here will guess."""

    code, title = (
        "no_conversion",
        N_("没有收录这个省份对这种尽责形式的折算标准，不能折算；须由运营方凭公布的文件录入"),
    )


class Category(StrEnum):
    """The eight forms in which the duty is done."""

    PLANTING = "planting"
    TENDING = "tending"
    PROTECTION = "protection"
    ADOPTION = "adoption"
    FACILITIES = "facilities"
    DONATION = "donation"
    SERVICE = "service"
    OTHER = "other"


CATEGORY_NAMES: dict[Category, str] = {
    Category.PLANTING: N_("造林绿化"),
    Category.TENDING: N_("抚育管护"),
    Category.PROTECTION: N_("自然保护"),
    Category.ADOPTION: N_("认种认养"),
    Category.FACILITIES: N_("设施修建"),
    Category.DONATION: N_("捐资捐物"),
    Category.SERVICE: N_("志愿服务"),
    Category.OTHER: N_("其他形式"),
}


class Unit(StrEnum):
    """In what a province measures a form."""

    TREE = "tree"
    CNY = "cny"
    HOUR = "hour"
    DAY = "day"
    SQUARE_METRE = "square_metre"
    METRE = "metre"


UNIT_NAMES: dict[Unit, str] = {
    Unit.TREE: N_("株"),
    Unit.CNY: N_("元"),
    Unit.HOUR: N_("小时"),
    Unit.DAY: N_("工日"),
    Unit.SQUARE_METRE: N_("平方米"),
    Unit.METRE: N_("米"),
}


class Certificate(StrEnum):
    """What a year's duty earns."""

    NONE = "none"
    DUTY = "duty_certificate"
    """义务植树尽责证书"""
    HONOUR = "honour_certificate"
    """国土绿化荣誉证书"""


CERTIFICATE_NAMES: dict[Certificate, tuple[str, str]] = {
    Certificate.NONE: (N_("尚未达到尽责株数"), "Below the duty's three trees"),
    Certificate.DUTY: (N_("义务植树尽责证书"), "Certificate of tree-planting duty"),
    Certificate.HONOUR: (N_("国土绿化荣誉证书"), "Land-greening honour certificate"),
}

DUTY_FROM, HONOUR_ABOVE = 3, 5


@dataclass(frozen=True)
class Document:
    """The published paper that a parameter stands on; `sha256` is of the file entered with it."""

    title: str
    number: str
    address: str
    sha256: bytes


@dataclass(frozen=True)
class Parameter:
    """How much of one form a province counts as one tree, and since when."""

    province: str
    """GB/T 2260, six digits."""
    category: Category
    unit: Unit
    per_tree: Decimal
    valid_from: date | None
    """None where the source does not say: it counts as of old."""
    source: str
    document: Document | None = None
    """None for what the product ships, whose source says where it was read."""

    @property
    def begins(self) -> date:
        """Return the first day on which it counts."""
        return self.valid_from or date.min


@dataclass(frozen=True)
class DutyDraft:
    """What somebody says they did for the duty, other than planting."""

    category: Category
    province: str
    unit: Unit
    quantity: Decimal
    done_on: date
    words: str
    """What was done, where, for whom; the receipt's number for a donation."""
    photo_ids: tuple[UUID, ...] = ()
    person_id: UUID | None = None
    """Whose duty it is: one's own unless it is one's child's."""


@cache
def shipped() -> tuple[Parameter, ...]:
    """Return the parameters on record. Fujian's were not found, so they are not here."""
    text = (files("puhui.rewards") / "data" / "duty.csv").read_text(encoding="utf-8")
    return tuple(
        Parameter(
            row["province"],
            Category(row["category"]),
            Unit(row["unit"]),
            Decimal(row["per_tree"]),
            date.fromisoformat(row["valid_from"]) if row["valid_from"] else None,
            row["source"],
        )
        for row in csv.DictReader(text.splitlines())
    )


def parameter_on(
    known: Iterable[Parameter], province: str, category: Category, unit: Unit, day: date
) -> Parameter:
    """Return how a province counted a form on a day: of what was in force, what began last.

    Raises:
        NoConversion: nothing for that day is on record.
    """
    fitting = [
        one
        for one in known
        if (one.province, one.category, one.unit) == (province, category, unit)
        and one.begins <= day
    ]
    if not fitting:
        raise NoConversion(province=province, category=str(category), day=day.isoformat())
    return max(fitting, key=lambda one: one.begins)


def trees_for(parameter: Parameter, quantity: Decimal) -> int:
    """Return the trees that a quantity counts as: whole ones, what is over counts for nothing."""
    assert quantity >= 0, quantity
    return int(quantity // parameter.per_tree)


def trees_for_donation(
    province: str, cny: Decimal, day: date, known: Iterable[Parameter] | None = None
) -> int:
    """Return the trees that a donation in yuan counts as.

    Raises:
        NoConversion: the province's parameter for that day is not on record.
    """
    parameters = shipped() if known is None else known
    found = parameter_on(parameters, province, Category.DONATION, Unit.CNY, day)
    return trees_for(found, cny)


def trees_that_count(planted: int, alive: int) -> int:
    """Return the trees that count: all of them, or only the living.

    Below 85 % survival only living trees count (Guangdong regulation on compulsory tree
    planting 2022, art. 11; no such rule of Fujian was found).
    """
    assert 0 <= alive <= planted, (planted, alive)
    return planted if alive * 100 >= planted * 85 else alive


def certificate(trees: int) -> Certificate:
    """Return the certificate for a year's trees: 3 to 5 the duty's, more than 5 the honour's.

    As the greening office of Changde, Hunan, has it (lyj.hunan.gov.cn, 2021-03-17).
    """
    if trees < DUTY_FROM:
        return Certificate.NONE
    return Certificate.DUTY if trees <= HONOUR_ABOVE else Certificate.HONOUR


def judge(draft: DutyDraft, today: date) -> list[Fault]:
    """Return everything that cannot be right with a recorded duty."""
    faults = []
    if draft.category is Category.PLANTING:
        message = N_("种树请到“登记植树”登记，核查通过后自动计入尽责株数")
        faults.append(Fault("log_it_as_planting", message, field="category"))
    if draft.province not in PROVINCES:
        faults.append(Fault("unknown_province", N_("没有这个省份"), field="province"))
    if draft.quantity <= 0:
        faults.append(Fault("not_positive", N_("数量必须大于零"), field="quantity"))
    if draft.done_on > today:
        faults.append(Fault("done_in_future", N_("日期不能晚于今天"), field="done_on"))
    if draft.done_on < today - timedelta(days=MOST_DAYS_AGO):
        faults.append(
            Fault(
                "done_too_long_ago",
                N_("只能登记 %(days)s 天以内的尽责活动"),
                field="done_on",
                values={"days": MOST_DAYS_AGO},
            )
        )
    return faults


def judge_parameter(parameter: Parameter) -> list[Fault]:
    """Return everything that cannot be right with a parameter to be published."""
    faults = []
    if parameter.province not in PROVINCES:
        faults.append(Fault("unknown_province", N_("没有这个省份"), field="province"))
    if parameter.category is Category.PLANTING:
        message = N_("种一株树就是一株，不需要折算")
        faults.append(Fault("planting_is_counted", message, field="category"))
    if parameter.per_tree <= 0:
        faults.append(Fault("not_positive", N_("数量必须大于零"), field="per_tree"))
    return faults
