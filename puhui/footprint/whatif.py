"""What would be if some lines were others: the inventory that is kept stays as it is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from puhui.factors.uncertainty import Interval, simulate
from puhui.footprint.basis import Based
from puhui.footprint.comparison import reduction
from puhui.footprint.flows import rounded
from puhui.footprint.inventory import Stage
from puhui.footprint.lifecycle import Assessment
from puhui.footprint.quality import uncertain
from puhui.footprint.ruleset import Ruleset
from puhui.footprint.submission import Submitted
from puhui.kernel.errors import Fault
from puhui.kernel.quantity import EXACT
from puhui.kernel.text import N_


@dataclass(frozen=True)
class Change:
    """A line in other words: of `row`, or a line that is not there yet when `row` is None."""

    row: int | None
    cells: Mapping[str, object]
    """What is written anew; empty takes a cell away, what is not here stays."""
    remove: bool = False


@dataclass(frozen=True)
class Step:
    """Kilograms before and after; None where there is no such line."""

    before_kg: Decimal | None
    after_kg: Decimal | None


@dataclass(frozen=True)
class Difference:
    """What the changes make of the footprint of one declared unit."""

    before_kg: Decimal
    after_kg: Decimal
    change_kg: Decimal
    change_percent: Decimal
    likely: Interval
    """Where the change lies when every figure that both share is off by the same."""
    stages: Mapping[Stage, Step]
    lines: Mapping[int, tuple[str, Step]]
    """By row, those alone that differ, with the name that the line has now or had."""


def changed(
    lines: Sequence[Mapping[str, object]], head: Mapping[str, object], changes: Sequence[Change]
) -> tuple[Submitted, list[Fault]]:
    """Return the inventory with the changes made, and what is wrong with the changes themselves.

    Lines keep their rows, so that a fault is told by the row that the maker knows; new lines
    follow the last.
    """
    faults = list(_faults_of(changes, len(lines)))
    if faults:
        return Submitted(head, []), faults
    kept: dict[int, Mapping[str, object]] = dict(enumerate(lines, start=1))
    for change in changes:
        if change.remove:
            assert change.row is not None, change
            del kept[change.row]
            continue
        row = change.row or max(max(kept, default=0), len(lines)) + 1
        kept[row] = {**kept.get(row, {}), **change.cells}
    return Submitted(head, sorted(kept.items())), []


def difference(
    before: tuple[Based, Assessment], after: tuple[Based, Assessment], ruleset: Ruleset
) -> Difference:
    """Return how two footprints of the same product differ."""
    assert ruleset.seed is not None, ruleset
    assert ruleset.draws is not None, ruleset
    was, now = before[1], after[1]
    old, new = was.total.counted, now.total.counted
    terms, sigmas = uncertain(*after)
    terms_before, sigmas_before = uncertain(*before)
    # Drawn together, so that what has not changed cancels out.
    gone = [replace(term, kg=-term.kg) for term in terms_before]
    likely = simulate(terms + gone, {**sigmas_before, **sigmas}, ruleset.seed, ruleset.draws)
    percent = -reduction(Fraction(old), Fraction(new)) * 100 if old else Fraction(0)
    return Difference(
        before_kg=old,
        after_kg=new,
        change_kg=EXACT.subtract(new, old),
        change_percent=rounded(percent, 2),
        likely=likely,
        stages=_stages(was, now),
        lines=_lines(was, now),
    )


def _faults_of(changes: Sequence[Change], count: int) -> Iterator[Fault]:
    seen: set[int] = set()
    for number, change in enumerate(changes, start=1):
        if change.remove and change.row is None:
            yield Fault("which_line", N_("请写明去掉哪一行"), number, "row")
        if change.remove and change.cells:
            yield Fault("removed_and_changed", N_("去掉的行不能同时修改"), number, "cells")
        if change.row is None:
            continue
        if not 1 <= change.row <= count:
            yield Fault("no_such_line", N_("清单没有这一行"), number, "row")
        if change.row in seen:
            yield Fault("repeated", N_("只能出现一次"), number, "row")
        seen.add(change.row)


def _stages(was: Assessment, now: Assessment) -> dict[Stage, Step]:
    old, new = dict(was.stages), dict(now.stages)
    return {
        stage: Step(
            old[stage].counted if stage in old else None,
            new[stage].counted if stage in new else None,
        )
        for stage in Stage
        if stage in old or stage in new
    }


def _lines(was: Assessment, now: Assessment) -> dict[int, tuple[str, Step]]:
    old, new = _by_row(was), _by_row(now)
    return {
        row: ((new.get(row) or old[row])[0], step)
        for row in sorted({**old, **new})
        for step in [Step(*(found[row][1] if row in found else None for found in (old, new)))]
        if step.before_kg != step.after_kg
    }


def _by_row(assessment: Assessment) -> dict[int, tuple[str, Decimal]]:
    found: dict[int, tuple[str, Decimal]] = {}
    for line in assessment.lines:
        _, before = found.get(line.row, ("", Decimal(0)))
        found[line.row] = line.name, EXACT.add(before, line.amounts.counted)
    return found
