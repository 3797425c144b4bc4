"""A rule is published once, never changed, and told before it counts."""

from dataclasses import replace
from datetime import date

import pytest

from puhui.db.session import snapshot, transaction
from puhui.kernel import clock
from puhui.rewards.errors import RuleDiffers, RuleTooSoon
from puhui.rewards.points import Rule
from puhui.rewards.queries.rules import rule_on, rules
from puhui.rewards.rulebook import shipped
from puhui.rewards.service.rules import load_rules


def load(*book: Rule) -> int:
    with transaction() as session:
        return load_rules(session, clock.now(), book or None)


def planting() -> Rule:
    return next(rule for rule in shipped() if rule.key == "planting")


def test_loading_twice_publishes_once() -> None:
    assert load() == 0
    with snapshot() as session:
        assert {rule.citation for rule in rules(session)} == {one.citation for one in shipped()}


def test_a_published_version_cannot_say_something_else() -> None:
    with pytest.raises(RuleDiffers):
        load(replace(planting(), points_per_unit=30))


def test_a_later_version_begins_tomorrow_at_the_earliest() -> None:
    today, tomorrow = date(2026, 3, 12), date(2026, 3, 13)
    later = replace(planting(), version="2026.2", points_per_unit=30, valid_from=today)
    with pytest.raises(RuleTooSoon):
        load(later)
    assert load(replace(later, valid_from=tomorrow)) == 1
    with snapshot() as session:
        assert rule_on(session, "planting", today).points_per_unit == 20
        assert rule_on(session, "planting", tomorrow).points_per_unit == 30
