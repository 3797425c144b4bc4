"""Deeds, announced changes and public counts on pages, without JavaScript."""

import re
from collections.abc import Callable
from io import BytesIO
from uuid import uuid4, uuid5

from flask.testing import FlaskClient

from puhui.kernel.actor import Role
from tests.makers.identity import SPACE, organisation, person
from tests.makers.photo import photograph


def test_a_deed_goes_from_the_form_over_the_desk_to_the_wallet(
    client: FlaskClient, settle: Callable[[], None]
) -> None:
    li, wang = person("李雷"), person("王芳", ("核查中心", Role.VERIFIER))
    assert "抚育管护" in client.get("/deeds/new", headers=li.headers).text
    form = {
        "form_name": str(uuid4()), "behaviour": "tending", "quantity": "2",
        "done_on": "2026-03-12", "document": "",
    }  # fmt: skip
    bare = client.post("/deeds/new", data=form, headers=li.headers)
    assert (bare.status_code, "请拍一张照片" in bare.text) == (422, True)
    for _ in range(2):
        picture = (BytesIO(photograph(7, size=(320, 240))), "a.jpg")
        answer = client.post("/deeds/new", data={**form, "photo": picture}, headers=li.headers)
        assert answer.status_code == 303, answer.text
    assert "待核查" in client.get("/deeds", headers=li.headers).text
    desk = client.get("/deeds/waiting", headers=wang.headers).text
    assert "tending@2026.1" in desk
    verdict = client.post(
        f"/deeds/{form['form_name']}/review", data={"approved": "true"}, headers=wang.headers
    )
    assert verdict.status_code == 303, verdict.text
    settle()
    assert "得 40 积分" in client.get("/deeds", headers=li.headers).text
    assert client.get("/deeds/waiting", headers=li.headers).status_code == 403


def test_a_person_authorises_and_withdraws_on_the_page(client: FlaskClient) -> None:
    li = person("李雷")
    organisation("绿行平台")
    form = {
        "form_name": str(uuid4()), "behaviour": "volunteering",
        "organisation_id": str(uuid5(SPACE, "绿行平台")),
    }  # fmt: skip
    given = client.post("/deeds/authorisations", data=form, headers=li.headers)
    assert given.status_code == 303, given.text
    page = client.get("/deeds", headers=li.headers).text
    assert form["form_name"] in page and "绿行平台" in page
    url = f"/deeds/authorisations/{form['form_name']}/withdrawal"
    assert client.post(url, headers=li.headers).status_code == 303
    assert "绿行平台" not in client.get("/deeds", headers=li.headers).text


def test_two_operators_put_points_right_and_everybody_reads_the_count(
    client: FlaskClient,
) -> None:
    li = person("李雷")
    first, second = (person(name, ("平台", Role.OPERATOR)) for name in ("运营甲", "运营乙"))
    told = re.search(r"<dt>会员编号</dt><dd>([^<]+)", client.get("/me", headers=li.headers).text)
    assert told
    form = {
        "form_name": str(uuid4()), "person_id": told[1], "points": "30",
        "ground": "核查员误填株数", "document": "工单 1",
    }  # fmt: skip
    assert client.post("/adjustments", data=form, headers=first.headers).status_code == 303
    assert "等另一位运营人员决定" in client.get("/adjustments", headers=first.headers).text
    url = f"/adjustments/{form['form_name']}/decision"
    answer = client.post(url, data={"approved": "true"}, headers=second.headers)
    assert answer.status_code == 303, answer.text
    page = client.get("/point-totals").text
    assert "1 次，30 积分" in page and "人工补给" in page
    assert client.get("/adjustments", headers=li.headers).status_code == 403
