"""Publish rules of points."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from puhui.kernel.actor import Actor, Permission
from puhui.kernel.clock import day_of
from puhui.kernel.errors import Fault, Invalid
from puhui.register.service import record
from puhui.rewards.errors import RuleDiffers, RuleSameDay, RuleTooSoon
from puhui.rewards.model.rule import RuleRow
from puhui.rewards.points import Rule
from puhui.rewards.rulebook import RuleDraft, judge, shipped


def publish_rule(
    session: Session, actor: Actor, key: str, version: str, draft: RuleDraft, now: datetime
) -> Rule:
    """Publish a version of a rule that begins on a later day; the same again changes nothing.

    Raises:
        Forbidden: the actor may not publish rules.
        Invalid: with everything that cannot be right.
        RuleTooSoon: it would begin at once or in the past.
        RuleDiffers, RuleSameDay: another version has its name or its first day.
    """
    actor.require(Permission.RULE_PUBLISH)
    faults = judge(key, version, draft)
    if faults:
        raise Invalid(faults)
    rule = draft.named(key, version)
    if session.get(RuleRow, (key, version)) is None and rule.valid_from <= day_of(now):
        raise RuleTooSoon(rule=rule.citation, valid_from=rule.valid_from.isoformat())
    load_rules(session, now, [rule])
    return rule


def judge_day(known: Sequence[Rule], key: str, draft: RuleDraft, today: date) -> list[Fault]:
    """Return what is wrong with a draft's first day, before anybody publishes it."""
    if draft.valid_from <= today:
        return [Fault("too_soon", RuleTooSoon.title, field="valid_from")]
    if any((rule.key, rule.valid_from) == (key, draft.valid_from) for rule in known):
        return [Fault("same_day", RuleSameDay.title, field="valid_from")]
    return []


def load_rules(session: Session, now: datetime, rules: Sequence[Rule] | None = None) -> int:
    """Publish the rules that the product ships, or these; return how many were new.

    A key's first version may begin in the past. A later one begins after the day it is
    published, so that people can read it before it counts, and no award changes its rule.

    Raises:
        RuleDiffers: a version was published with another content.
        RuleTooSoon: a later version would begin at once or in the past.
        RuleSameDay: another version begins on that day.
    """
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext("rewards.rules"))))
    known = {row.value.citation: row.value for row in session.scalars(select(RuleRow))}
    fresh = []
    for rule in shipped() if rules is None else rules:
        if rule.citation not in known:
            if any(
                (one.key, one.valid_from) == (rule.key, rule.valid_from) for one in known.values()
            ):
                raise RuleSameDay(rule=rule.citation, valid_from=rule.valid_from.isoformat())
            if any(other.key == rule.key for other in known.values()) and rule.valid_from <= day_of(
                now
            ):
                raise RuleTooSoon(rule=rule.citation, valid_from=rule.valid_from.isoformat())
            known[rule.citation] = rule
            fresh.append(rule)
        elif known[rule.citation] != rule:
            raise RuleDiffers(rule=rule.citation)
    for rule in fresh:
        session.add(
            RuleRow(
                key=rule.key,
                version=rule.version,
                measures=rule.measures,
                points_per_unit=rule.points_per_unit,
                most_per_day=rule.most_per_day,
                most_per_year=rule.most_per_year,
                valid_from=rule.valid_from,
                valid_until=rule.valid_until,
                name_zh=rule.name_zh,
                name_en=rule.name_en,
                reason_zh=rule.reason_zh,
                reason_en=rule.reason_en,
                published_at=now,
                most_in_all=rule.most_in_all,
                matures_after_days=rule.matures_after_days,
                lasts_years=rule.lasts_years,
                warns_days=rule.warns_days,
                reporters=list(rule.reporters),
                evidence=rule.evidence,
                reviewed=rule.reviewed,
            )
        )
        record(session, "points_rule_published", rule.citation, _leaf(rule), now)
    return len(fresh)


def _leaf(rule: Rule) -> dict[str, str | int | None]:
    """Return what the public register keeps of a rule."""
    return {
        "measures": str(rule.measures),
        "points_per_unit": rule.points_per_unit,
        "most_per_day": rule.most_per_day,
        "most_per_year": rule.most_per_year,
        "most_in_all": rule.most_in_all,
        "matures_after_days": rule.matures_after_days,
        "lasts_years": rule.lasts_years,
        "reporters": " ".join(rule.reporters),
        "evidence": str(rule.evidence),
        "reviewed": "yes" if rule.reviewed else "no",
        "valid_from": rule.valid_from.isoformat(),
        "valid_until": rule.valid_until.isoformat() if rule.valid_until else None,
    }
