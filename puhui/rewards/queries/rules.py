"""Rules of points."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from puhui.rewards import points
from puhui.rewards.errors import NoRule
from puhui.rewards.model.rule import RuleRow
from puhui.rewards.points import Rule


def rules(session: Session, key: str | None = None) -> Sequence[Rule]:
    """Return every published version, by key, the newest first."""
    query = select(RuleRow).order_by(RuleRow.key, RuleRow.valid_from.desc())
    if key is not None:
        query = query.where(RuleRow.key == key)
    return [row.value for row in session.scalars(query)]


def rule_on(session: Session, key: str, day: date) -> Rule:
    """Return the rule for `key` that was in force on `day`.

    Raises:
        NoRule: none was.
    """
    found = points.rule_on(rules(session, key), key, day)
    if found is None:
        raise NoRule(rule=key, day=day.isoformat())
    return found


@dataclass(frozen=True)
class Change:
    """A version that will begin, and the one that holds until then; None for a new key."""

    after: Rule
    before: Rule | None


def changes(session: Session, today: date) -> Sequence[Change]:
    """Return what has been announced and does not hold yet, the nearest first."""
    known = rules(session)
    coming = sorted(
        (rule for rule in known if rule.valid_from > today),
        key=lambda rule: (rule.valid_from, rule.key),
    )
    return [
        Change(rule, points.rule_on(known, rule.key, rule.valid_from - timedelta(days=1)))
        for rule in coming
    ]
