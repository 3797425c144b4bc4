"""Points are put right by two operators, within a public rule, and everybody can count it."""

from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient

from puhui.kernel.actor import Role
from tests.makers.identity import SignedIn, person


@pytest.fixture
def clerks() -> tuple[SignedIn, SignedIn]:
    return tuple(person(name, ("平台", Role.OPERATOR)) for name in ("运营甲", "运营乙"))  # type: ignore[return-value]


def proposed(client: FlaskClient, by: SignedIn, whom: SignedIn, points: int, name: UUID):
    body = {
        "person_id": str(whom.person_id), "points": points,
        "ground": "核查员误填株数", "document": "工单 1",
    }  # fmt: skip
    return client.put(f"/api/adjustments/{name}", json=body, headers=by.headers)


def decided(client: FlaskClient, by: SignedIn, name: UUID, approved: bool = True):
    url = f"/api/adjustments/{name}/decision"
    return client.post(url, json={"approved": approved}, headers=by.headers)


def adjusted(client: FlaskClient, clerks, whom: SignedIn, points: int) -> int:
    name = uuid4()
    assert proposed(client, clerks[0], whom, points, name).status_code == 201
    answer = decided(client, clerks[1], name)
    assert answer.status_code == 200, answer.text
    return answer.json["moved"]


def balance_of(client: FlaskClient, by: SignedIn) -> int:
    return client.get("/api/wallet", headers=by.headers).json["balance"]


def test_one_operator_proposes_and_only_another_decides_once(client: FlaskClient, clerks) -> None:
    li, name = person("李雷"), uuid4()
    for _ in range(2):
        assert proposed(client, clerks[0], li, 40, name).status_code == 201
    assert balance_of(client, li) == 0
    own = decided(client, clerks[0], name)
    assert (own.status_code, own.json["code"]) == (403, "own_adjustment")
    (waiting,) = client.get("/api/adjustments", headers=clerks[1].headers).json["items"]
    assert waiting["adjustment_id"] == str(name)
    for _ in range(2):
        assert decided(client, clerks[1], name).json["state"] == "approved"
    assert decided(client, clerks[1], name, approved=False).json["code"] == "adjustment_decided"
    assert balance_of(client, li) == 40
    (line,) = client.get("/api/wallet/statement", headers=li.headers).json["items"]
    assert line["award"]["rule"]["citation"] == "adjustment@2026.1"
    assert client.get(f"/api/adjustments/{name}", headers=li.headers).json["ground"]
    stranger = client.get(f"/api/adjustments/{name}", headers=person("韩梅").headers)
    assert stranger.status_code == 404


def test_nobody_adjusts_their_own_wallet(client: FlaskClient, clerks) -> None:
    answer = proposed(client, clerks[0], clerks[0], 10, uuid4())
    assert (answer.status_code, answer.json["code"]) == (403, "own_adjustment")
    name = uuid4()
    proposed(client, clerks[0], clerks[1], 10, name)
    assert decided(client, clerks[1], name).status_code == 403


def test_what_is_moved_by_hand_is_capped_both_ways_together(client: FlaskClient, clerks) -> None:
    li = person("李雷")
    assert adjusted(client, clerks, li, 150) == 150
    assert adjusted(client, clerks, li, -50) == -50
    answer = proposed(client, clerks[0], li, 1, uuid4())  # 200 a day, adjustment@2026.1
    assert (answer.status_code, answer.json["errors"][0]["code"]) == (422, "adjustment_too_large")
    assert balance_of(client, li) == 100


def test_a_correction_never_makes_a_wallet_negative_and_all_is_counted_in_public(
    client: FlaskClient, clerks
) -> None:
    li = person("李雷")
    assert adjusted(client, clerks, li, 30) == 30
    assert adjusted(client, clerks, li, -70) == -30
    assert balance_of(client, li) == 0
    found = client.get("/api/point-totals").json
    assert found["given"] == [{"key": "adjustment", "awards": 1, "points": 30}]
    counted = found["adjustments"], found["given_by_hand"], found["taken_by_hand"]
    assert (counted, found["in_wallets"]) == ((2, 30, 30), 0)


def test_an_adjustment_without_ground_is_refused(client: FlaskClient, clerks) -> None:
    body = {"person_id": str(uuid4()), "points": 0, "ground": " . ", "document": " . "}
    answer = client.put(f"/api/adjustments/{uuid4()}", json=body, headers=clerks[0].headers)
    assert [fault["code"] for fault in answer.json["errors"]] == ["no_points", "unknown_person"]
