"""The pages do what the API does, without JavaScript."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from puhui.identity.purpose import OWN, TEXTS
from puhui.kernel.actor import Role
from tests.identity.conftest import PHONE
from tests.identity.flow import ask_by_pages, hidden, make_verifier, sign_in_by_pages
from tests.makers.identity import organisation, person


def test_a_new_person_signs_in_and_comes_to_where_they_wanted(client, phone) -> None:
    cookie = sign_in_by_pages(client, phone, wanted="/organisations/new")
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie
    assert "李雷" in client.get("/me").text


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_signing_in_leads_to_no_other_site(client, phone, wanted: str) -> None:
    address = ask_by_pages(client, phone, wanted=wanted)
    assert "evil" not in address


def test_a_wrong_code_is_told_beside_its_field(client, phone) -> None:
    address = ask_by_pages(client, phone)
    wrong = f"{(int(phone.codes[-1]) + 1) % 10**6:06d}"
    answer = client.post(address, data={"code": wrong})
    assert answer.status_code == 422
    assert 'id="code-fault">验证码不正确或已失效' in answer.text


def test_the_pages_speak_english(client, phone) -> None:
    page = client.get("/sign-in?lang=en").text
    assert "Mobile number" in page and not re.search("手机号", page)


def test_people_see_and_end_their_sessions(client, phone, later) -> None:
    sign_in_by_pages(client, phone)
    first = client.get_cookie("puhui_session").value
    later(timedelta(minutes=2))
    client.delete_cookie("puhui_session")
    answer = client.post(ask_by_pages(client, phone), data={"code": phone.codes[-1]})
    assert answer.location == "/me"
    page = client.get("/me").text
    ending = re.search(r'action="(/me/sessions/[^/"]+/end)"', page)[1]
    assert client.post(ending).status_code == 303
    me = client.get("/api/me", headers={"Authorization": f"Bearer {first}"})
    assert me.status_code == 401


def test_consents_are_given_and_withdrawn_by_a_button(client, phone) -> None:
    sign_in_by_pages(client, phone)
    page = client.get("/me").text
    form = page[page.index('action="/me/consents/location"') :]
    given = {"act": "give", "text_hash": hidden(form, "text_hash")}
    assert client.post("/me/consents/location", data=given).status_code == 303
    assert "撤回：拍照地点" in client.get("/me").text
    assert client.post("/me/consents/location", data={"act": "withdraw"}).status_code == 303
    assert "同意：拍照地点" in client.get("/me").text


def test_signing_out_forgets_the_cookie_and_the_session(client, phone) -> None:
    sign_in_by_pages(client, phone)
    token = client.get_cookie("puhui_session").value
    client.post("/sign-out")
    assert client.get_cookie("puhui_session") is None
    client.set_cookie("puhui_session", token)
    assert client.get("/me").location.startswith("/sign-in")


def test_another_site_cannot_sign_anyone_out(client, phone) -> None:
    sign_in_by_pages(client, phone)
    refused = client.post("/sign-out", headers={"Origin": "https://evil.example"})
    assert refused.status_code == 403


def test_an_organisation_goes_from_form_to_approval_to_member(client, app, phone) -> None:
    sign_in_by_pages(client, phone)
    page = client.get("/organisations/new").text
    filled = {
        "form_name": hidden(page),
        "uscc": "91110000600037314L",
        "name": "将乐竹业",
        "roles": ["manufacturer", "retailer"],
    }
    slipped = client.post("/organisations/new", data=filled)
    assert slipped.status_code == 422
    assert 'id="uscc-fault">校验位不符' in slipped.text
    assert 'value="retailer" checked' in slipped.text
    filled["uscc"] = "91110000600037341L"
    address = client.post("/organisations/new", data=filled).location
    assert client.post("/organisations/new", data=filled).location == address  # two clicks
    assert "（待批准）" in client.get(address).text

    operator = app.test_client()
    operator.set_cookie("puhui_session", person("运营", ("省平台", Role.OPERATOR)).token)
    assert "将乐竹业" in operator.get("/organisations").text
    page = operator.get(address).text
    decided = operator.post(
        f"{address}/decisions", data={"form_name": hidden(page), "roles": ["manufacturer"]}
    )
    assert decided.status_code == 303

    invited = client.post(
        f"{address}/invitations",
        data={"form_name": str(uuid4()), "phone": "13900001234", "role": "manufacturer"},
    )
    assert invited.status_code == 303
    assert "139****1234" in client.get(address).text

    mei = app.test_client()
    sign_in_by_pages(mei, phone, "13900001234")
    answer = re.search(r'action="(/me/invitations/[^"]+)"', mei.get("/me").text)[1]
    mei.post(answer, data={"answer": "accepted"})
    assert "生产企业" in mei.get("/me").text
    assert "收回：生产企业" in client.get(address).text


def test_a_machines_token_is_shown_once(client) -> None:
    keeper = person("李雷", ("将乐竹业", Role.ADMINISTRATOR))
    client.set_cookie("puhui_session", keeper.token)
    address = f"/organisations/{organisation('将乐竹业')}/api-clients"
    filled = {"form_name": str(uuid4()), "name": "ERP", "permissions": ["product:write"]}
    first, again = client.post(address, data=filled), client.post(address, data=filled)
    token = re.search(r"puhui_[0-9a-f]{8}_[\w-]{43}", first.text)[0]
    assert token not in again.text
    assert (
        client.get("/api/organisations", headers={"Authorization": f"Bearer {token}"}).status_code
        == 200
    )


def test_a_child_waits_until_the_guardian_fills_in_the_code(client, app, phone) -> None:
    child_address = ask_by_pages(client, phone, "13700001234")
    client.post(child_address, data={"code": phone.codes[-1]})
    answer = client.post("/sign-in/new", data={"display_name": "小明", "birth_year": "2015"})
    assert answer.location == "/sign-in/waiting"
    digits = re.search(r"(\d{4} \d{4})<", client.get("/sign-in/waiting").text)[1]
    assert client.get("/me").status_code == 303  # to sign in, and from there back to waiting
    assert client.get("/sign-in").location == "/sign-in/waiting"

    mother = app.test_client()
    mother.set_cookie("puhui_session", person("妈妈", birth_year=1985).token)
    page = mother.get("/me/children").text
    accepted = mother.post(
        "/me/children",
        data={
            "phone": "13700001234",
            "guardian_code": digits,
            "display_name": "小明",
            "text_hash": hidden(page, "text_hash"),
        },
    )
    assert accepted.status_code == 303
    assert "小明" in client.get("/me").text


def test_staff_set_a_password_by_page_and_sign_in_with_it(client, app, phone) -> None:
    sign_in_by_pages(client, phone)
    person_id = client.get("/api/me").json["person_id"]
    make_verifier(person_id)
    common = client.post("/me/password", data={"password": "admin123456"})
    assert "这个密码太常见" in common.text
    assert client.post("/me/password", data={"password": "毛竹林里下了一场雨"}).status_code == 303
    other = app.test_client()
    wrong = other.post("/sign-in/password", data={"phone": PHONE, "password": "毛竹林"})
    assert 'id="password-fault">手机号或密码不正确' in wrong.text
    right = other.post("/sign-in/password", data={"phone": PHONE, "password": "毛竹林里下了一场雨"})
    assert right.location == "/me"


def test_the_language_is_kept_with_the_person(client, app, phone, later) -> None:
    sign_in_by_pages(client, phone)
    client.post("/me/language", data={"language": "en"})
    assert 'lang="en"' in client.get("/me").text
    later(timedelta(minutes=2))
    elsewhere = app.test_client()
    elsewhere.post(ask_by_pages(elsewhere, phone), data={"code": phone.codes[-1]})
    assert '<html lang="en"' in elsewhere.get("/me").text


def test_nobody_is_asked_for_a_consent_that_their_age_refuses(client) -> None:
    """Born in 2010: 16 in the test's year, so neither ranked nor shown to a team."""
    for year, refused in ((2010, {"ranking", "team"}), (1990, set())):
        client.set_cookie("puhui_session", person("小满", birth_year=year).token)
        for address in ("/me", "/me/data"):
            page = client.get(address).text
            asked = set(re.findall(r'action="/me/consents/(\w+)"', page))
            assert asked == set(OWN) - refused
            assert page.count("未满十八周岁不能开启此项") == len(refused)
        for purpose in asked:
            given = {"act": "give", "text_hash": TEXTS[purpose].hash}
            assert client.post(f"/me/consents/{purpose}", data=given).status_code == 303
