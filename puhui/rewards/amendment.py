"""What is different between a version of a rule and the one that it follows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from puhui.rewards.lot import Term, term
from puhui.rewards.points import Earlier, Rule, Said, earn, explain, rule_on

TERMS = (
    "measures",
    "points_per_unit",
    "most_per_day",
    "most_per_year",
    "most_in_all",
    "matures_after_days",
    "lasts_years",
    "warns_days",
    "reporters",
    "evidence",
    "reviewed",
)
"""What a rule promises; its names, reasons and days are said in full beside it."""

EXAMPLE = 3
"""Of what a rule measures, in its worked example."""


@dataclass(frozen=True)
class Amended:
    """One term that a version changes."""

    term: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Amendment:
    """A version of a rule beside the one that holds until it begins, if one does."""

    after: Rule
    before: Rule | None
    amended: tuple[Amended, ...]
    then: Rule | None
    """What holds after its last day; None where it has none, or nothing does."""
    example: tuple[Said, ...]
    """What the first few of what it measures earn on its first day."""
    days: Term
    """From and until when those points can be spent."""


def amendment(rules: Iterable[Rule], after: Rule) -> Amendment:
    """Return what a version changes among the rules that are known."""
    others = [rule for rule in rules if rule.citation != after.citation]
    before = rule_on(others, after.key, after.valid_from - timedelta(days=1))
    then = _then(others, after)
    first_ones = Earlier(0, 0)
    earned = earn(after, EXAMPLE, first_ones)
    return Amendment(
        after,
        before,
        changed(before, after),
        then,
        tuple(explain(after, EXAMPLE, first_ones, earned)),
        term(after, after.valid_from),
    )


def changed(before: Rule | None, after: Rule) -> tuple[Amended, ...]:
    """Return the terms in which two versions differ, in the order in which they are told."""
    if before is None:
        return ()
    return tuple(
        Amended(name, getattr(before, name), getattr(after, name))
        for name in TERMS
        if getattr(before, name) != getattr(after, name)
    )


def _then(others: list[Rule], after: Rule) -> Rule | None:
    if after.valid_until is None or after.valid_until == date.max:
        return None
    return rule_on(others, after.key, after.valid_until + timedelta(days=1))
