"""An operator drafts a version, sees what it changes, publishes; everybody sees it coming."""

from datetime import date, datetime

import pytest
from flask.testing import FlaskClient

from puhui.kernel.actor import Role
from puhui.rewards.amendment import amendment, changed
from puhui.rewards.points import Reporter, Rule
from puhui.rewards.rulebook import shipped
from tests.makers.identity import SignedIn, person

ARBOR = {
    "key": "planting", "version": "2027.arbor", "name_zh": "植树节植树", "name_en": "Arbor Day",
    "reason_zh": "植树节期间多谢一份", "reason_en": "A little more around Arbor Day",
    "measures": "tree", "points_per_unit": "30", "most_per_day": "1200", "most_per_year": "4000",
    "most_in_all": "", "matures_after_days": "0", "lasts_years": "5", "warns_days": "90",
    "reporters": ["self", "base"], "evidence": "photo", "reviewed": "true",
    "valid_from": "2027-03-01", "valid_until": "2027-03-31",
}  # fmt: skip


@pytest.fixture
def clerk() -> SignedIn:
    return person("运营甲", ("平台", Role.OPERATOR))


def test_a_campaign_is_drafted_previewed_published_and_announced(
    client: FlaskClient, arbor_day: datetime, clerk: SignedIn
) -> None:
    form = client.get("/rules/drafts?key=planting", headers=clerk.headers).text
    assert 'value="参与植树"' in form
    assert 'value="2026-04-11"' in form  # thirty days' notice, unless told otherwise
    preview = client.post("/rules/drafts", data=ARBOR, headers=clerk.headers).text
    for words in (
        "每单位 20 积分改为 30 积分",
        "谁可以申报：本人 改为 本人、义务植树基地",
        "2027-03-01 至 2027-03-31",
        "之后恢复 planting@2026.1",
        "3 株 × 每株 30 积分 = 90 积分",
        "2027-03-01 给出的积分，2027-03-01 起可用，2032-03-01 到期",
    ):
        assert words in preview, preview[preview.index("<h1>") :]
    assert "2027.arbor" not in client.get("/rules").text
    again = client.post("/rules/drafts", data={**ARBOR, "step": "edit"}, headers=clerk.headers).text
    assert 'value="2027.arbor"' in again
    assert again.count(" checked>") == 2  # the two who may report
    for _ in range(2):
        done = client.post(
            "/rules/drafts", data={**ARBOR, "step": "publish"}, headers=clerk.headers
        )
        assert done.status_code in (303, 422)
    page = client.get("/rules").text
    assert "即将变更" in page
    assert "每单位 20 积分改为 30 积分" in page
    assert "之后恢复 planting@2026.1" in page
    assert "起草" not in page
    english = client.get("/rules?lang=en").text
    assert "20 points a unit become 30" in english


def test_a_draft_is_refused_with_every_fault_at_its_field(
    client: FlaskClient, arbor_day: datetime, clerk: SignedIn
) -> None:
    wrong = {**ARBOR, "key": "Planting!", "valid_from": "2026-03-12", "valid_until": "2026-03-01"}
    answer = client.post("/rules/drafts", data=wrong, headers=clerk.headers)
    assert answer.status_code == 422
    for field in ("key", "valid_from", "valid_until"):
        assert f'href="#{field}"' in answer.text
    del wrong["reporters"]
    answer = client.post("/rules/drafts", data=wrong, headers=clerk.headers)
    assert 'href="#reporters"' in answer.text
    assert "Planting!" not in client.get("/rules").text


def test_nobody_but_an_operator_drafts(client: FlaskClient, arbor_day: datetime) -> None:
    li = person("李雷")
    assert client.get("/rules/drafts", headers=li.headers).status_code == 403
    assert client.post("/rules/drafts", data=ARBOR, headers=li.headers).status_code == 403


def test_an_amendment_names_each_term_that_differs_and_nothing_else() -> None:
    (planting,) = [rule for rule in shipped() if rule.citation == "planting@2026.1"]
    new = Rule(**{
        **vars(planting), "version": "2027.1", "valid_from": date(2027, 1, 1), "most_in_all": 9000,
        "reporters": (Reporter.SELF, Reporter.BASE), "name_en": "Trees",
    })  # fmt: skip
    found = amendment([planting], new)
    assert [(one.term, one.before, one.after) for one in found.amended] == [
        ("most_in_all", None, 9000),
        ("reporters", (Reporter.SELF,), (Reporter.SELF, Reporter.BASE)),
    ]
    assert (found.before, found.then) == (planting, None)
    assert changed(None, new) == ()
