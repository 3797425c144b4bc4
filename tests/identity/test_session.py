"""How long somebody stays signed in, and how it ends."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import Engine, text

from puhui.app import create_app
from puhui.identity.sender import use_sender
from puhui.kernel.actor import Role
from tests.identity.conftest import PHONE
from tests.identity.flow import make_verifier, sign_in_by_pages
from tests.makers.identity import person


def status(client, headers) -> int:
    return client.get("/api/me", headers=headers).status_code


def test_the_token_itself_is_not_stored(client, join, database: Engine) -> None:
    token = join()["Authorization"].removeprefix("Bearer ")
    with database.connect() as connection:
        stored = str(connection.execute(text("SELECT * FROM identity_session")).all())
    assert len(token) >= 43  # 256 bits in base64
    assert token not in stored


def test_each_sign_in_is_listed_with_its_device(client, join, later) -> None:
    join()
    later(timedelta(minutes=2))
    headers = join()
    listed = client.get("/api/me/sessions", headers=headers).json["items"]
    assert [card["is_this_one"] for card in listed] == [True, False]
    assert all("Werkzeug" in card["device"] for card in listed)


def test_an_ended_session_is_over_at_once(client, join, later) -> None:
    first = join()
    later(timedelta(minutes=2))
    second = join()
    listed = client.get("/api/me/sessions", headers=second).json["items"]
    other = next(card["session_id"] for card in listed if not card["is_this_one"])
    for _ in range(2):
        assert client.delete(f"/api/me/sessions/{other}", headers=second).status_code == 204
    assert status(client, first) == 401
    assert status(client, second) == 200


def test_all_other_sessions_end_together(client, join, later) -> None:
    first = join()
    later(timedelta(minutes=2))
    second = join()
    assert client.delete("/api/me/sessions", headers=second).status_code == 204
    assert (status(client, first), status(client, second)) == (401, 200)


def test_nobody_ends_the_session_of_another(client, join) -> None:
    li = join()
    session_id = client.get("/api/me/sessions", headers=li).json["items"][0]["session_id"]
    mei = person("韩梅梅")
    foreign = client.delete(f"/api/me/sessions/{session_id}", headers=mei.headers)
    unknown = client.delete(f"/api/me/sessions/{uuid4()}", headers=mei.headers)
    assert foreign.status_code == unknown.status_code == 404
    assert status(client, li) == 200


def test_signing_out_ends_the_session(client, join) -> None:
    headers = join()
    assert client.delete("/api/sign-in", headers=headers).status_code == 204
    assert status(client, headers) == 401


def test_a_citizen_stays_thirty_idle_days(client, join, later) -> None:
    headers = join()
    later(timedelta(days=29))
    assert status(client, headers) == 200
    later(timedelta(days=29))
    assert status(client, headers) == 200  # seen in between
    later(timedelta(days=30))
    assert status(client, headers) == 401


def test_nobody_stays_longer_than_ninety_days(client, join, later) -> None:
    headers = join()
    for _ in range(4):
        later(timedelta(days=20))
        assert status(client, headers) == 200
    later(timedelta(days=10))
    assert status(client, headers) == 401


def test_staff_stay_eight_idle_hours(client, join, later) -> None:
    headers = join()
    me = client.get("/api/me", headers=headers).json
    make_verifier(me["person_id"])
    later(timedelta(minutes=2))
    staff = join()
    later(timedelta(hours=8))
    assert status(client, headers) == 200  # signed in as a citizen before
    assert status(client, staff) == 401


def test_last_seen_is_written_once_a_minute(client, join, later, database: Engine) -> None:
    headers = join()

    def seen():
        with database.connect() as connection:
            return connection.scalar(text("SELECT last_seen_at FROM identity_session"))

    at_first = seen()
    later(timedelta(seconds=59))
    status(client, headers)
    assert seen() == at_first
    later(timedelta(seconds=1))
    status(client, headers)
    assert seen() == at_first + timedelta(minutes=1)


def test_a_session_that_was_there_before_signing_in_does_not_live_on(
    client, join, ask, later
) -> None:
    planted = join("13900001234", "旁人")
    later(timedelta(minutes=2))
    code_id, code = ask(PHONE)
    found = client.post(
        "/api/sign-in", json={"code_id": code_id, "code": code}, headers=planted
    ).json
    signed = client.post(
        "/api/sign-in/registrations",
        json={"ticket": found["ticket"], "display_name": "李雷", "birth_year": 1990},
        headers=planted,
    ).json
    assert planted["Authorization"] != f"Bearer {signed['token']}"
    assert status(client, planted) == 401


def test_a_disabled_person_is_out_at_once_and_stays_out(client, join, ask, later) -> None:
    headers = join()
    person_id = client.get("/api/me", headers=headers).json["person_id"]
    operator = person("运营", ("省平台", Role.OPERATOR))
    address = f"/api/people/{person_id}/disabled"
    assert client.put(address, headers=person("路人").headers).status_code == 403
    assert client.put(address, headers=operator.headers).status_code == 204
    assert status(client, headers) == 401
    later(timedelta(minutes=2))
    code_id, code = ask(PHONE)
    refused = client.post("/api/sign-in", json={"code_id": code_id, "code": code})
    assert (refused.status_code, refused.json["code"]) == (403, "person_disabled")
    assert client.delete(address, headers=operator.headers).status_code == 204
    later(timedelta(minutes=2))
    assert status(client, headers) == 401  # the old session stays ended
    assert status(client, join()) == 200


def test_an_operator_cannot_shut_themselves_out(client, database) -> None:
    operator = person("运营", ("省平台", Role.OPERATOR))
    address = f"/api/people/{operator.person_id}/disabled"
    assert client.put(address, headers=operator.headers).status_code == 403


def test_over_tls_the_cookie_belongs_to_this_host_alone(settings, engine, database, phone) -> None:
    secure = create_app(replace(settings, base_url="https://puhui.example"))
    use_sender(phone.sender)
    client = secure.test_client()
    cookie = sign_in_by_pages(client, phone)
    assert cookie.startswith("__Host-puhui_session=")
    assert all(word in cookie for word in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"))
    assert "Domain" not in cookie
