"""Staff may sign in with a password; guessing it is slow and does not tell who is here."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, text

from puhui.db.session import transaction
from puhui.identity import installation
from puhui.identity.password import Cost
from puhui.identity.service import ensure_organisation, ensure_person
from puhui.kernel.actor import Role
from puhui.kernel.clock import now
from tests.identity.conftest import PHONE

GOOD = "毛竹林里下了一场雨"
USCC = "91110000600037341L"


@pytest.fixture
def staff(app, database: Engine) -> None:
    """A verifier with the number PHONE and the password GOOD."""
    with transaction() as session:
        where = ensure_organisation(session, USCC, "核查机构", [Role.VERIFIER], now())
        ensure_person(
            session, PHONE, "韩梅梅", 1985, now(), roles=[(where, Role.VERIFIER)], password=GOOD
        )


def try_password(client, password: str = GOOD, phone: str = PHONE, address: str = "203.0.113.1"):
    return client.post(
        "/api/sign-in/password",
        json={"phone": phone, "password": password},
        environ_base={"REMOTE_ADDR": address},
    )


def test_staff_sign_in_with_a_password(client, staff) -> None:
    signed = try_password(client)
    headers = {"Authorization": f"Bearer {signed.json['token']}"}
    assert client.get("/api/me", headers=headers).json["display_name"] == "韩梅梅"


def test_a_wrong_password_and_an_unknown_number_get_the_same_answer(client, staff) -> None:
    wrong, unknown = try_password(client, "another one"), try_password(client, phone="13900001234")
    assert wrong.status_code == unknown.status_code == 403
    bodies = [{k: v for k, v in a.json.items() if k != "request_id"} for a in (wrong, unknown)]
    assert bodies[0] == bodies[1]


@pytest.mark.parametrize("phone", [PHONE, "13900001234"])
def test_ten_failures_close_the_account_for_a_quarter_of_an_hour(
    client, staff, later, phone
) -> None:
    waits = []
    for n in range(40):
        answer = try_password(client, f"wrong {n}", phone, f"203.0.113.{n}")
        if answer.status_code == 429:
            waits.append(int(answer.headers["Retry-After"]))
            if len(waits) == 8:
                break
            later(timedelta(seconds=waits[-1]))
    # Pauses after the third to the ninth failure; 123 s have passed when the tenth is made.
    assert waits == [1, 2, 4, 8, 16, 32, 60, 15 * 60 - 123]
    assert try_password(client, GOOD, PHONE).status_code == (429 if phone == PHONE else 200)


def test_the_right_password_starts_the_count_anew(client, staff, later) -> None:
    for _ in range(2):
        try_password(client, "wrong")
    assert try_password(client).status_code == 200
    for _ in range(2):
        assert try_password(client, "wrong").status_code == 403


def test_a_hundred_failures_an_hour_from_one_address(client, staff, noon, database) -> None:
    statuses = [try_password(client, "wrong", f"138111{n:05d}").status_code for n in range(101)]
    assert statuses == [403] * 100 + [429]


def test_a_hash_is_renewed_when_the_parameters_have_changed(
    client, staff, monkeypatch, database: Engine
) -> None:
    def stored() -> str:
        with database.connect() as connection:
            return connection.scalar(text("SELECT hash FROM identity_password"))

    assert "m=64,t=1" in stored()
    monkeypatch.setattr(installation, "_cost", Cost(memory_kib=128, passes=1))
    assert try_password(client).status_code == 200
    assert "m=128,t=1" in stored()
    assert try_password(client).status_code == 200


def signed_in(client) -> dict[str, str]:
    return {"Authorization": f"Bearer {try_password(client).json['token']}"}


def test_a_password_is_changed_only_after_a_fresh_sign_in(client, staff, later) -> None:
    headers = signed_in(client)
    later(timedelta(minutes=10, seconds=1))
    stale = client.put("/api/me/password", json={"password": "一场更大的雨下了"}, headers=headers)
    assert (stale.status_code, stale.json["code"]) == (403, "sign_in_again")
    fresh = signed_in(client)
    changed = client.put("/api/me/password", json={"password": "一场更大的雨下了"}, headers=fresh)
    assert changed.status_code == 204
    assert client.get("/api/me", headers=headers).status_code == 401  # the others have ended
    assert client.get("/api/me", headers=fresh).status_code == 200
    assert try_password(client).status_code == 403
    assert try_password(client, "一场更大的雨下了").status_code == 200


def test_a_common_password_is_refused_at_the_field(client, staff) -> None:
    answer = client.put(
        "/api/me/password", json={"password": "admin123456"}, headers=signed_in(client)
    )
    assert answer.status_code == 422
    assert [(e["field"], e["code"]) for e in answer.json["errors"]] == [
        ("password", "password_common")
    ]


def test_citizens_have_no_password(client, join) -> None:
    answer = client.put("/api/me/password", json={"password": GOOD}, headers=join())
    assert answer.status_code == 403
