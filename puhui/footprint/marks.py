"""What a reader of a footprint must be told beside it: the rules allow it, but not in silence."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from puhui.factors.factor import Boundary
from puhui.footprint.basis import Based, fits, is_grid
from puhui.footprint.flows import Flows
from puhui.footprint.inventory import Fate, Kind
from puhui.footprint.ruleset import Ruleset
from puhui.footprint.sensitivity import Choice, Variation
from puhui.footprint.yields import is_unusual
from puhui.kernel.text import N_

MARK_NAMES = {
    "proxy": N_("以相近因子替代"),
    "upstream_missing": N_("因子只到燃烧或行驶为止，缺少上游"),
    "other_boundary": N_("因子的核算边界与这类行不一致"),
    "grid_year": N_("电力因子的年份与核算期间不同"),
    "unusual_yield": N_("竹材进入产品的比例超出已发表的范围（10 %–74 %），请核对"),
    "gap": N_("竹材物料有缺口，制造方已说明去向"),
    "income_unknown": N_("有剩余物出售但未填写收入，无法按经济价值分摊对照"),
    "allocation_matters": N_("按收入分摊与按绝干质量分摊的结果相差超过 10 %，两个数值都列出"),
}


@dataclass(frozen=True)
class Mark:
    """One thing to be told, of one line or, when `row` is None, of the whole."""

    code: str
    row: int | None = None
    words: str = ""
    """The maker's own, or what the mark is about."""


def marks(based: Based, ruleset: Ruleset, variations: Sequence[Variation]) -> list[Mark]:
    """Return every mark, those of lines first; rows are counted from 1."""
    return [*_of_lines(based), *_of_all(based, ruleset, variations)]


def _of_lines(based: Based) -> Iterator[Mark]:
    year = based.inventory.period_to.year
    for row, (line, parts) in enumerate(zip(based.inventory.lines, based.parts, strict=True), 1):
        if line.proxy is not None:
            yield Mark("proxy", row, line.proxy)
        for factor in parts:
            if factor.proxy is not None:
                yield Mark("proxy", row, factor.proxy)
        if parts and line.kind is not Kind.LAND_USE and not fits(line, parts):
            boundaries = {factor.boundary for factor in parts}
            burns = Boundary.COMBUSTION in boundaries and Boundary.UPSTREAM not in boundaries
            words = ", ".join(sorted(str(boundary) for boundary in boundaries))
            yield Mark("upstream_missing" if burns else "other_boundary", row, words)
        for factor in parts:
            if is_grid(factor) and factor.year != year:
                yield Mark("grid_year", row, f"{factor.year} / {year}")


def _of_all(based: Based, ruleset: Ruleset, variations: Sequence[Variation]) -> Iterator[Mark]:
    flows = Flows(based.inventory)
    if flows.gap > Fraction(ruleset.widest_gap):
        yield Mark("gap", words=based.inventory.gap_reason or "")
    if is_unusual(based.inventory):
        yield Mark("unusual_yield")
    if flows.residue[Fate.SOLD] and flows.share_by_income is None:
        yield Mark("income_unknown")
    for variation in variations:
        if variation.choice is Choice.INCOME and variation.worth_telling:
            yield Mark("allocation_matters", words=f"{variation.change_percent} %")
