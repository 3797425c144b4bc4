"""A year's duty becomes a certificate, over HTTP: anybody checks it, nobody learns more."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from puhui.audit import audit
from puhui.kernel.actor import Role
from tests.makers.identity import SignedIn, person
from tests.makers.rewards import rulebook

SIXTY_YUAN = {
    "category": "donation",
    "province": "110000",
    "unit": "cny",
    "quantity": "60",
    "done_on": "2026-03-12",
    "words": "绿化基金会，票据 0001",
}


@pytest.fixture
def li(client: FlaskClient, noon) -> SignedIn:
    rulebook()
    return person("李雷")


@pytest.fixture
def wang() -> SignedIn:
    return person("王芳", ("核查中心", Role.VERIFIER))


def test_sixty_yuan_in_beijing_become_a_certificate_that_anybody_checks(
    client: FlaskClient, li: SignedIn, wang: SignedIn, settle: Callable[[], None], engine
) -> None:
    url = f"/api/duties/{uuid4()}"
    for _ in range(2):
        assert client.put(url, json=SIXTY_YUAN, headers=li.headers).json["trees"] == 3
    other = client.put(url, json={**SIXTY_YUAN, "quantity": "80"}, headers=li.headers)
    assert (other.status_code, other.json["code"]) == (409, "name_taken")
    (waiting,) = client.get("/api/duties?waiting=true", headers=wang.headers).json["items"]
    assert waiting["duty_id"] == url.rsplit("/", 1)[-1]
    for _ in range(2):
        told = client.post(f"{url}/verdict", json={"confirmed": True}, headers=wang.headers)
        assert (told.status_code, told.json["state"]) == (200, "confirmed")

    year = client.get("/api/duty-years/2026", headers=li.headers).json
    assert (year["trees"], year["tier"]) == (3, "duty_certificate")
    assert year["by_category"] == [{"category": "donation", "trees": 3}]
    issue = "/api/duty-years/2026/certificate"
    first = client.put(issue, json={}, headers=li.headers)
    assert first.status_code == 201
    assert client.put(issue, json={}, headers=li.headers).json == first.json
    assert first.json["name"] == "李雷"
    settle()

    code = first.json["code"]
    public = client.get(f"/api/duty-certificates/{code[:6].lower()}-{code[6:]}").json
    assert (public["trees"], public["stands"]) == (3, True)
    assert (public["name"], public["by_category"]) == (None, None)
    page = client.get(f"/d/{code}").text
    assert "李雷" not in page
    assert "有效" in page
    assert "这张证书发给这个姓名" in client.post(f"/d/{code}", data={"name": "李雷"}).text
    assert "不是发给这个姓名" in client.post(f"/d/{code}", data={"name": "韩梅梅"}).text
    assert client.get("/d/000000000000").status_code == 404
    paper = client.get(f"/d/{code}.pdf")
    assert (paper.mimetype, paper.data[:5]) == ("application/pdf", b"%PDF-")
    assert all(finding.holds for finding in audit(engine))


def test_fujian_is_refused_in_words_until_its_document_is_entered(
    client: FlaskClient, li: SignedIn
) -> None:
    said = {**SIXTY_YUAN, "province": "350000"}
    refused = client.put(f"/api/duties/{uuid4()}", json=said, headers=li.headers)
    assert (refused.status_code, refused.json["code"]) == (409, "no_conversion")
    assert "凭公布的文件录入" in refused.json["title"]
    english = client.put(
        f"/api/duties/{uuid4()}", json=said, headers={**li.headers, "Accept-Language": "en"}
    )
    assert "document" in english.json["title"]


def test_the_pages_walk_the_same_way_without_script(
    client: FlaskClient, li: SignedIn, wang: SignedIn, settle: Callable[[], None]
) -> None:
    operator = person("周运营", ("省平台", Role.OPERATOR))
    client.set_cookie("puhui_session", operator.token)
    assert "尚未收录" in client.get("/duty/parameters").text
    form = {
        "form_name": str(uuid4()), "province": "350000", "category": "donation", "unit": "cny",
        "per_tree": "20", "valid_from": "2026-01-01", "source": "福建省绿化委员会",
        "document_title": "折算办法", "document_number": "1号",
        "document_address": "https://example.org/1",
    }  # fmt: skip
    without = client.post("/duty/parameters", data=form)
    assert (without.status_code, "请选择公布的文件" in without.text) == (422, True)
    with client.application.open_resource(__file__) as paper:
        sent = client.post("/duty/parameters", data={**form, "document": (paper, "1.pdf")})
    assert sent.status_code == 303

    client.set_cookie("puhui_session", li.token)
    name = str(uuid4())
    duty = {**SIXTY_YUAN, "province": "350000", "form_name": name}
    assert client.post("/duty/new", data={**duty, "quantity": "5"}).status_code == 422
    assert client.post("/duty/new", data=duty).status_code == 303
    client.set_cookie("puhui_session", wang.token)
    assert "绿化基金会" in client.get("/duty/waiting").text
    refused = client.post(f"/duty/{name}/verdict", data={"verdict": "refuse"})
    assert (refused.status_code, "不通过须写明原因" in refused.text) == (422, True)
    assert client.post(f"/duty/{name}/verdict", data={"verdict": "confirm"}).status_code == 303

    client.set_cookie("puhui_session", li.token)
    assert "领取证书" in client.get("/duty").text
    issued = client.post("/duty/2026/certificate", data={"shows_categories": "true"})
    assert issued.status_code == 303
    settle()
    client.delete_cookie("puhui_session")
    shown = client.get(issued.location).text
    assert "捐资捐物" in shown
    assert "李雷" not in shown
