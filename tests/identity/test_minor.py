"""Under 14 a guardian agrees first; until then the child can do nothing but wait."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import Engine, text

from puhui.db.session import snapshot
from puhui.identity import queries
from puhui.identity.purpose import TEXTS, Purpose
from puhui.kernel.clock import now
from tests.makers.identity import person

CHILD = "13700001234"


@pytest.fixture
def child(join) -> dict[str, str]:
    """A child of ten or eleven, registered and waiting."""
    return join(CHILD, "小明同学", 2015)


def guardian_code(client, headers) -> str:
    return client.get("/api/sign-in/waiting", headers=headers).json["guardian_code"]


def accept(client, guardian, code: str, phone: str = CHILD):
    return client.post(
        "/api/me/children",
        json={
            "phone": phone,
            "guardian_code": code,
            "display_name": "小明",
            "text_hash": TEXTS[Purpose.GUARDIAN].hash,
        },
        headers=guardian.headers,
    )


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**8:08d}"


def test_of_a_waiting_child_nothing_but_number_and_year_is_kept(
    client, child, database: Engine
) -> None:
    with database.connect() as connection:
        row = connection.execute(text("SELECT * FROM identity_person")).mappings().one()
    assert (row["display_name"], row["birth_year"], row["guardian_id"]) == ("小朋友", 2015, None)


def test_a_waiting_child_is_nobody_yet(client, child) -> None:
    assert client.get("/api/me", headers=child).status_code == 401
    assert client.get("/api/me/consents", headers=child).status_code == 401


def test_a_guardian_with_the_childs_code_opens_the_door(client, child) -> None:
    mother = person("妈妈", birth_year=1985)
    accepted = accept(client, mother, guardian_code(client, child))
    assert accepted.status_code == 201
    me = client.get("/api/me", headers=child).json
    assert (me["display_name"], me["guardian_id"]) == ("小明", str(mother.person_id))
    assert client.get("/api/sign-in/waiting", headers=child).status_code == 404


def test_accepting_twice_is_accepting_once(client, child, database: Engine) -> None:
    mother = person("妈妈", birth_year=1985)
    code = guardian_code(client, child)
    first, again = accept(client, mother, code), accept(client, mother, code)
    assert (first.status_code, first.json) == (again.status_code, again.json)
    with database.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM identity_consent")) == 1


def test_the_code_is_good_today_and_tomorrow(client, join, later) -> None:
    child = join(CHILD, "小明", 2015)
    code = guardian_code(client, child)
    later(timedelta(days=2))
    stranger = person("妈妈", birth_year=1985)
    assert accept(client, stranger, code).json["code"] == "guardian_code_wrong"
    later(timedelta(minutes=1))
    fresh = guardian_code(client, child)
    later(timedelta(days=1))
    assert accept(client, person("爸爸", birth_year=1984), fresh).status_code == 201


def test_without_the_code_nobody_becomes_a_guardian(client, child) -> None:
    stranger = person("路人", birth_year=1985)
    code = guardian_code(client, child)
    of_child = accept(client, stranger, wrong(code))
    of_nobody = accept(client, stranger, wrong(code), "13600001234")
    bodies = [{k: v for k, v in a.json.items() if k != "request_id"} for a in (of_child, of_nobody)]
    assert of_child.status_code == 403
    assert bodies[0] == bodies[1]
    for _ in range(8):
        accept(client, stranger, wrong(code))
    assert accept(client, stranger, code).status_code == 429


def test_a_guardian_is_grown_up(client, child) -> None:
    answer = accept(client, person("哥哥", birth_year=2008), guardian_code(client, child))
    assert (answer.status_code, answer.json["code"]) == (403, "guardian_not_adult")


def test_a_second_guardian_does_not_take_the_child_over(client, child) -> None:
    code = guardian_code(client, child)
    accept(client, person("妈妈", birth_year=1985), code)
    assert accept(client, person("路人", birth_year=1985), code).status_code == 403


def test_the_guardian_can_withdraw_and_the_child_waits_again(client, child) -> None:
    mother = person("妈妈", birth_year=1985)
    child_id = accept(client, mother, guardian_code(client, child)).json["person_id"]
    address = f"/api/me/children/{child_id}/consents/guardian"
    assert client.delete(address, headers=mother.headers).status_code == 204
    assert client.get("/api/me", headers=child).status_code == 401
    again = client.put(
        address, json={"text_hash": TEXTS[Purpose.GUARDIAN].hash}, headers=mother.headers
    )
    assert again.status_code == 204
    assert client.get("/api/me", headers=child).status_code == 200


def test_only_the_guardian_decides_for_the_child(client, child) -> None:
    mother = person("妈妈", birth_year=1985)
    child_id = accept(client, mother, guardian_code(client, child)).json["person_id"]
    address = f"/api/me/children/{child_id}/consents/location"
    agreed = {"text_hash": TEXTS[Purpose.LOCATION].hash}
    stranger = person("路人", birth_year=1985)
    assert client.put(address, json=agreed, headers=stranger.headers).status_code == 404
    alone = client.put("/api/me/consents/location", json=agreed, headers=child)
    assert (alone.status_code, alone.json["code"]) == (403, "not_for_minors")
    assert client.put(address, json=agreed, headers=mother.headers).status_code == 204
    # To withdraw, the child needs nobody.
    assert client.delete("/api/me/consents/location", headers=child).status_code == 204


@pytest.mark.parametrize(
    "purpose",
    [Purpose.PHOTO_PUBLICITY, Purpose.CERTIFICATE_NAME, Purpose.RANKING, Purpose.MARKETING],
)
def test_no_guardian_can_make_a_child_public(client, child, purpose: Purpose) -> None:
    mother = person("妈妈", birth_year=1985)
    child_id = accept(client, mother, guardian_code(client, child)).json["person_id"]
    answer = client.put(
        f"/api/me/children/{child_id}/consents/{purpose}",
        json={"text_hash": TEXTS[purpose].hash},
        headers=mother.headers,
    )
    assert answer.json["code"] == "not_for_minors"


def test_at_fourteen_the_guardian_is_no_longer_asked(client, child, later) -> None:
    mother = person("妈妈", birth_year=1985)
    accept(client, mother, guardian_code(client, child))
    child_id = client.get("/api/me", headers=child).json["person_id"]
    later(timedelta(days=4 * 365))  # 2030: fourteen for sure
    with snapshot() as session:
        (kept,) = queries.children(session, mother.person_id)
        assert str(kept.person_id) == child_id
        assert not queries.is_minor(session, kept.person_id, now())
        assert not queries.guardian_pending(session, kept.person_id, now())


def test_a_child_founds_no_organisation(client, database) -> None:
    answer = client.put(
        f"/api/organisations/{uuid4()}",
        json={"uscc": "91110000600037341L", "name": "童年公司", "roles": ["retailer"]},
        headers=person("小明", birth_year=2015).headers,
    )
    assert answer.status_code == 403
