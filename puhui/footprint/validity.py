"""How long a label holds, and what ends it before its time.

The years and the limits are this platform's policy, not law (EPD programmes ask for a new
verification when a result worsens by more than 10 %). They are rows with a date, so that whoever
reads a label later knows which ones it was issued under.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from puhui.footprint.inventory import Inventory, Kind, Line
from puhui.kernel.quantity import EXACT
from puhui.kernel.text import N_


class Basis(StrEnum):
    """On whose word a label stands."""

    SELF_DECLARED = "self_declared"
    VERIFIED = "verified"


BASIS_WORDS = {
    Basis.SELF_DECLARED: N_("生产者自行声明，未经核查"),
    Basis.VERIFIED: N_("第三方核查"),
}


class Ground(StrEnum):
    """Why a label ended before its time."""

    MAKER = "maker"
    WORSE = "worse"
    RECIPE = "recipe"
    PROCESS = "process"
    SITE = "site"
    FACTOR = "factor"
    ELECTRICITY = "electricity"


GROUND_WORDS = {
    Ground.MAKER: N_("生产者撤销"),
    Ground.WORSE: N_("重新核算的结果上升超过限度"),
    Ground.RECIPE: N_("配方或胶种改变"),
    Ground.PROCESS: N_("工艺改变"),
    Ground.SITE: N_("生产场地改变"),
    Ground.FACTOR: N_("所用的因子被撤回"),
    Ground.ELECTRICITY: N_("新的官方电力因子使结果变动超过限度"),
}


class Change(StrEnum):
    """What a maker has changed, so that a label no longer describes the product."""

    RECIPE = "recipe"
    PROCESS = "process"
    SITE = "site"


@dataclass(frozen=True)
class Policy:
    """Years and limits, from a day on."""

    valid_from: date
    self_declared_years: int
    verified_years: int
    worse_percent: Decimal
    """A result worse by more than this ends a label."""
    electricity_percent: Decimal
    """An electricity factor that moves the total by more than this, either way, ends a label."""


FIRST = Policy(date(2026, 1, 1), 2, 3, Decimal(10), Decimal(5))
"""What holds until an operator sets another."""


def in_force(policies: Iterable[Policy], at: datetime) -> Policy:
    """Return the policy of that day: the latest that had begun."""
    begun = [policy for policy in policies if policy.valid_from <= at.date()]
    return max(begun, key=lambda policy: policy.valid_from, default=FIRST)


def expiry(policy: Policy, basis: Basis, issued_at: datetime) -> datetime:
    """Return when a label issued then ends: so many years later, at the same hour."""
    years = policy.verified_years if basis is Basis.VERIFIED else policy.self_declared_years
    try:
        return issued_at.replace(year=issued_at.year + years)
    except ValueError:
        # The 29th of February has its anniversary only every four years.
        return issued_at.replace(year=issued_at.year + years, day=28)


def is_worse(policy: Policy, was_kg: Decimal, is_kg: Decimal) -> bool:
    """Whether the result has risen by more than the policy allows; exactly the limit may stay."""
    return EXACT.multiply(EXACT.subtract(is_kg, was_kg), Decimal(100)) > EXACT.multiply(
        was_kg, policy.worse_percent
    )


def is_moved(policy: Policy, was_kg: Decimal, is_kg: Decimal) -> bool:
    """Whether electricity alone moves the result further than the policy allows, either way."""
    return EXACT.multiply(abs(EXACT.subtract(is_kg, was_kg)), Decimal(100)) > EXACT.multiply(
        was_kg, policy.electricity_percent
    )


def is_other_recipe(one: Inventory, other: Inventory) -> bool:
    """Whether two inventories make the product of different materials.

    Amounts vary from year to year and names are only names; another factor or another supplier's
    document means another glue.
    """
    return _recipe(one) != _recipe(other)


def _recipe(inventory: Inventory) -> frozenset[tuple[Kind, str]]:
    return frozenset(
        (line.kind, _material(line))
        for line in inventory.lines
        if line.kind in {Kind.BAMBOO, Kind.MATERIAL}
    )


def _material(line: Line) -> str:
    if line.factor is not None:
        return line.factor.partition("@")[0]
    return line.supplier.document if line.supplier is not None else ""
