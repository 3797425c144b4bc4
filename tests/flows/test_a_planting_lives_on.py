"""A planting's later life over HTTP: surveyed after a year, then estimated as a range."""

from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from puhui.audit import audit
from puhui.kernel.actor import Role
from tests.makers.identity import SignedIn, again, person
from tests.makers.photo import photograph
from tests.makers.rewards import photo, planted, reviewed, rulebook
from tests.makers.survival import later


@pytest.fixture
def li(client: FlaskClient, noon) -> SignedIn:
    rulebook()
    return person("李雷")


@pytest.fixture
def wang() -> SignedIn:
    return person("王芳", ("核查中心", Role.VERIFIER))


def test_a_year_later_the_living_are_counted_and_a_range_is_estimated(
    client: FlaskClient, li: SignedIn, wang: SignedIn, settle: Callable[[], None], engine
) -> None:
    planting_id = planted(li, 10)
    reviewed(wang, planting_id)
    settle()
    url = f"/api/plantings/{planting_id}/life"
    young = client.get(url, headers=li.headers).json
    assert [step["stage"] for step in young["steps"]] == ["day_1", "year_1", "year_3", "year_5"]
    assert (young["alive"], young["estimates"]) == (10, [])
    client.set_cookie("puhui_session", li.token)
    assert "满一年的成活调查得到确认之前不估算" in client.get(f"/plantings/{planting_id}").text

    with later(365):
        li, wang = again(li), again(wang)
        survey = f"/api/surveys/{uuid4()}"
        seen = {
            "planting_id": str(planting_id), "stage": "year_1", "surveyed_on": "2027-03-12",
            "alive": 8, "deaths": [{"cause": "drought", "trees": 2}],
            "dbh_cm": "2.1", "height_m": "2.4", "photo_ids": [str(photo(li))],
        }  # fmt: skip
        for _ in range(2):
            sent = client.put(survey, json=seen, headers=li.headers)
            assert (sent.status_code, sent.json["state"]) == (201, "reported")
        (waiting,) = client.get("/api/surveys", headers=wang.headers).json["items"]
        assert waiting["deaths"] == [{"cause": "drought", "trees": 2}]
        for _ in range(2):
            told = client.post(f"{survey}/verdict", json={"confirmed": True}, headers=wang.headers)
            assert told.json["state"] == "confirmed"
        settle()
        life = client.get(url, headers=li.headers).json
        (found,) = life["estimates"]
        figures = [Decimal(one["co2_kg"]) for one in found["figures"]]
        assert len(figures) == 2
        assert found["least_g"] <= min(figures) * 1000 < found["least_g"] + 1
        assert found["most_g"] - 1 < max(figures) * 1000 <= found["most_g"]
        tree = client.get(
            "/api/equations/tree?species=cinnamomum_camphora&dbh_cm=2.1&height_m=2.4"
        ).json["items"]
        assert [8 * Decimal(one["co2_kg"]) for one in tree] == pytest.approx(figures)

        client.set_cookie("puhui_session", li.token)
        page = client.get(f"/plantings/{planting_id}").text
        assert "不能交易，不能抵消" in page
        assert "taiwan1986" in page
        assert client.get("/api/duty-years/2026", headers=li.headers).json["trees"] == 8
        assert all(finding.holds for finding in audit(engine))


def test_the_survey_page_works_without_script(
    client: FlaskClient, li: SignedIn, wang: SignedIn, settle: Callable[[], None]
) -> None:
    planting_id = planted(li, 3)
    reviewed(wang, planting_id)
    settle()
    client.set_cookie("puhui_session", li.token)
    address = f"/plantings/{planting_id}/survey"
    assert "栽后第一天" in client.get(address).text
    form = {"form_name": str(uuid4()), "stage": "day_1", "surveyed_on": "2026-03-12", "alive": "2"}
    faulty = client.post(address, data=form)
    assert (faulty.status_code, "请拍一张照片" in faulty.text) == (422, True)
    picture = (BytesIO(photograph(77)), "trees.jpg")
    differing = client.post(address, data={**form, "photo": picture})
    assert (differing.status_code, "之和应等于上次成活的 3 株" in differing.text) == (422, True)
    picture = (BytesIO(photograph(77)), "trees.jpg")
    sent = client.post(address, data={**form, "died_drought": "1", "photo": picture})
    assert sent.status_code == 303
    client.set_cookie("puhui_session", wang.token)
    waiting = client.get("/surveys").text
    assert "干旱" in waiting
    assert "樟 × " in waiting
    verdict = f"/surveys/{form['form_name']}/verdict"
    assert client.post(verdict, data={"verdict": "confirm"}).status_code == 303
    assert "没有等待确认的成活调查" in client.get("/surveys").text
