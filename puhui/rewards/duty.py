"""Duty planting (全民义务植树): three to five trees a year, or what a province counts as that."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib.resources import files

from puhui.kernel.errors import Conflict
from puhui.kernel.text import N_


class NoConversion(Conflict):
    """The province has not said how a donation counts, and nobody here will guess."""

    code, title = "no_conversion", N_("这个省份没有公布捐资折算株数的标准，不能折算")


class Certificate(StrEnum):
    """What a year's duty earns."""

    NONE = "none"
    DUTY = "duty_certificate"
    """义务植树尽责证书"""
    HONOUR = "honour_certificate"
    """国土绿化荣誉证书"""


@dataclass(frozen=True)
class Donation:
    """How much money a province counts as one tree, and since when."""

    province: str
    """GB/T 2260, six digits."""
    cny_per_tree: Decimal
    valid_from: date | None
    """None where the source does not say: it counts as of old."""
    source: str


@cache
def donations() -> tuple[Donation, ...]:
    """Return the provinces' conversions on record. Fujian's was not found, so it is not here."""
    text = (files("puhui.rewards") / "data" / "donations.csv").read_text(encoding="utf-8")
    return tuple(
        Donation(
            row["province"],
            Decimal(row["cny_per_tree"]),
            date.fromisoformat(row["valid_from"]) if row["valid_from"] else None,
            row["source"],
        )
        for row in csv.DictReader(text.splitlines())
    )


def trees_for_donation(
    province: str, cny: Decimal, day: date, known: Iterable[Donation] | None = None
) -> int:
    """Return the trees that a donation counts as: whole ones, what is over counts for nothing.

    Raises:
        NoConversion: the province's parameter for that day is not on record.
    """
    fitting = [
        one
        for one in (donations() if known is None else known)
        if one.province == province and (one.valid_from or date.min) <= day
    ]
    if not fitting:
        raise NoConversion(province=province, day=day.isoformat())
    return int(cny // max(fitting, key=lambda one: one.valid_from or date.min).cny_per_tree)


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
    if trees < 3:
        return Certificate.NONE
    return Certificate.DUTY if trees <= 5 else Certificate.HONOUR
