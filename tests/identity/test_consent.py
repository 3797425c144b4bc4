"""Consent is given to a sentence, for one purpose, and ends when it is withdrawn."""

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from puhui.db.session import snapshot
from puhui.identity import consents
from puhui.identity.errors import ConsentMissing
from puhui.identity.purpose import OWN, TEXTS, Purpose, Text
from tests.makers.identity import person

LOCATION = "/api/me/consents/location"


def agree(client, headers, purpose: Purpose = Purpose.LOCATION):
    return client.put(
        f"/api/me/consents/{purpose}",
        json={"text_hash": TEXTS[purpose].hash},
        headers=headers,
    )


def stands(person_id, purpose: Purpose = Purpose.LOCATION) -> bool:
    with snapshot() as session:
        return consents.given(session, person_id, purpose)


def test_nothing_is_agreed_to_before_it_is_asked(client) -> None:
    li = person("李雷")
    with snapshot() as session, pytest.raises(ConsentMissing):
        consents.require(session, li.person_id, Purpose.LOCATION)
    listed = client.get("/api/me/consents", headers=li.headers).json["items"]
    assert [card["given_at"] for card in listed] == [None] * len(OWN)


def test_consent_lets_pass_and_withdrawal_stops_with_the_next_request(client) -> None:
    li = person("李雷")
    assert agree(client, li.headers).status_code == 204
    assert stands(li.person_id)
    assert client.delete(LOCATION, headers=li.headers).status_code == 204
    assert not stands(li.person_id)


def test_one_purpose_is_not_another(client) -> None:
    li = person("李雷")
    agree(client, li.headers)
    assert not stands(li.person_id, Purpose.MARKETING)


def test_agreeing_twice_is_one_fact_and_every_change_of_mind_is_kept(
    client, database: Engine
) -> None:
    li = person("李雷")
    for _ in range(2):
        agree(client, li.headers)
    for _ in range(2):
        client.delete(LOCATION, headers=li.headers)
    agree(client, li.headers)
    with database.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM identity_consent")) == 2
        assert connection.scalar(text("SELECT count(*) FROM identity_withdrawal")) == 1
        row = connection.execute(text("SELECT * FROM identity_consent")).mappings().first()
    assert (row["channel"], row["text_hash"]) == ("api", TEXTS[Purpose.LOCATION].hash)
    assert stands(li.person_id)


def test_a_consent_to_another_wording_is_not_a_consent(client, monkeypatch) -> None:
    li = person("李雷")
    agree(client, li.headers)
    monkeypatch.setitem(TEXTS, Purpose.LOCATION, Text("拍照地点", "同意公开一切。"))
    assert not stands(li.person_id)


def test_a_wording_that_changed_while_it_was_read_is_refused(client) -> None:
    answer = client.put(LOCATION, json={"text_hash": "0" * 64}, headers=person("李雷").headers)
    assert (answer.status_code, answer.json["code"]) == (409, "consent_text_changed")


@pytest.mark.parametrize("table", ["identity_consent", "identity_withdrawal"])
@pytest.mark.parametrize(
    "act", ["UPDATE {} SET channel = 'page'", "DELETE FROM {}", "TRUNCATE {} CASCADE"]
)
def test_the_database_refuses_to_rewrite_consents(
    client, database: Engine, table: str, act: str
) -> None:
    li = person("李雷")
    agree(client, li.headers)
    client.delete(LOCATION, headers=li.headers)
    with pytest.raises(IntegrityError), database.begin() as connection:
        connection.execute(text(act.format(table)))


def test_an_unknown_purpose_is_not_found(client) -> None:
    answer = client.delete("/api/me/consents/everything", headers=person("李雷").headers)
    assert answer.status_code == 404


def test_nobody_is_their_own_guardian(client) -> None:
    li = person("李雷")
    assert agree(client, li.headers, Purpose.GUARDIAN).status_code == 404
