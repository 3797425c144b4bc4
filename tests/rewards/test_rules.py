"""A rule is published once, never changed, and told before it counts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from flask.testing import FlaskClient

from puhui.db.session import snapshot, transaction
from puhui.kernel import clock
from puhui.kernel.actor import Role
from puhui.rewards.errors import RuleDiffers, RuleTooSoon
from puhui.rewards.points import Rule
from puhui.rewards.queries.rules import rule_on, rules
from puhui.rewards.rulebook import shipped
from puhui.rewards.service.rules import load_rules
from tests.makers.identity import person


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


SPRING: dict[str, object] = {
    "measures": "hour", "points_per_unit": 30, "most_per_day": 240, "most_per_year": 900,
    "reporters": ["self", "base"], "evidence": "photo",
    "valid_from": "2026-04-01", "valid_until": "2026-04-30",
    "name_zh": "春季抚育", "name_en": "Spring tending",
    "reason_zh": "春季多浇水", "reason_en": "Spring needs water",
}  # fmt: skip


def test_an_operator_announces_a_campaign_that_everybody_sees_beforehand(
    client: FlaskClient, settle: Callable[[], None]
) -> None:
    clerk = person("运营甲", ("平台", Role.OPERATOR))
    url = "/api/rules/tending/2026.spring"
    assert client.put(url, json=SPRING, headers=person("李雷").headers).status_code == 403
    for _ in range(2):
        answer = client.put(url, json=SPRING, headers=clerk.headers)
        assert (answer.status_code, answer.json["citation"]) == (201, "tending@2026.spring")
    settle()
    (change,) = client.get("/api/rules/changes").json["items"]
    assert [change[when]["points_per_unit"] for when in ("before", "after")] == [20, 30]
    with snapshot() as session:
        on = {day: rule_on(session, "tending", day).points_per_unit for day in DAYS}
    assert on == dict(zip(DAYS, [20, 30, 30, 20], strict=True))
    other = client.put(url, json={**SPRING, "points_per_unit": 31}, headers=clerk.headers)
    assert other.json["code"] == "rule_differs"
    twin = client.put("/api/rules/tending/2026.twin", json=SPRING, headers=clerk.headers)
    assert twin.json["code"] == "rule_same_day"


DAYS = (date(2026, 3, 31), date(2026, 4, 1), date(2026, 4, 30), date(2026, 5, 1))


@pytest.mark.parametrize(
    ("address", "changes", "code"),
    [
        ("tending/2026.2", {"valid_from": "2026-03-12", "valid_until": None}, "rule_too_soon"),
        ("new_deed/1", {"valid_from": "2026-03-12"}, "rule_too_soon"),
        ("Tending/1", {}, "bad_key"),
        ("tending/1,2", {}, "bad_version"),
        ("tending/2026.2", {"valid_until": "2026-03-31"}, "ends_before"),
        ("tending/2026.2", {"lasts_years": 11}, None),
        ("tending/2026.2", {"reporters": ["friend"]}, None),
    ],
)
def test_a_rule_that_cannot_be_is_refused(
    client: FlaskClient, address: str, changes: dict[str, object], code: str | None
) -> None:
    clerk = person("运营甲", ("平台", Role.OPERATOR))
    answer = client.put(f"/api/rules/{address}", json={**SPRING, **changes}, headers=clerk.headers)
    assert answer.status_code in (409, 422)
    assert code in {None, answer.json["code"], answer.json.get("errors", [{}])[0].get("code")}
