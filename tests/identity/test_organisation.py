"""Organisations apply, operators decide, members come and go, and it is all remembered."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from puhui.db.session import snapshot
from puhui.identity.queries import actor_of_person
from puhui.kernel.actor import Permission, Role
from tests.identity.conftest import PHONE
from tests.makers.identity import SignedIn, organisation, person

USCC = "91110000600037341L"
BAMBOO = {
    "uscc": USCC,
    "name": "将乐竹业",
    "name_en": "Jiangle Bamboo",
    "county_code": "350428",
    "roles": ["manufacturer", "verifier"],
}


@pytest.fixture
def founder(database: Engine) -> SignedIn:
    return person("李雷")


@pytest.fixture
def operator(database: Engine) -> SignedIn:
    return person("运营", ("省平台", Role.OPERATOR))


@pytest.fixture
def bamboo(client, founder: SignedIn) -> str:
    """The address of an organisation that waits for approval."""
    address = f"/api/organisations/{uuid4()}"
    assert client.put(address, json=BAMBOO, headers=founder.headers).status_code == 201
    return address


def approve(client, address: str, operator: SignedIn, *roles: str, reason: str = ""):
    return client.put(
        f"{address}/decisions/{uuid4()}",
        json={"roles": list(roles), "reason": reason},
        headers=operator.headers,
    )


def invite(client, address: str, by: SignedIn, role: str, phone: str = PHONE):
    return client.put(
        f"{address}/invitations/{uuid4()}", json={"phone": phone, "role": role}, headers=by.headers
    )


def may(who: SignedIn, permission: Permission) -> bool:
    with snapshot() as session:
        return actor_of_person(session, who.person_id).may(permission)


def my_invitations(client, headers) -> list[str]:
    listed = client.get("/api/me/invitations", headers=headers).json["items"]
    return [card["invitation_id"] for card in listed]


def answer(client, headers, invitation_id: str, said: str = "accepted"):
    return client.put(
        f"/api/me/invitations/{invitation_id}", json={"answer": said}, headers=headers
    )


def test_whoever_applies_is_administrator_and_nothing_more(client, bamboo, founder) -> None:
    me = client.get("/api/me", headers=founder.headers).json
    assert [role["role"] for role in me["memberships"][0]["roles"]] == ["administrator"]
    assert not may(founder, Permission.PRODUCT_WRITE)


def test_applying_twice_is_applying_once(client, founder) -> None:
    address = f"/api/organisations/{uuid4()}"
    first = client.put(address, json=BAMBOO, headers=founder.headers)
    again = client.put(address, json=BAMBOO, headers=founder.headers)
    assert (first.status_code, first.json) == (again.status_code, again.json)
    other = client.put(address, json={**BAMBOO, "name": "别的"}, headers=founder.headers)
    assert (other.status_code, other.json["code"]) == (409, "name_taken")


def test_a_code_is_registered_once(client, bamboo) -> None:
    second = client.put(
        f"/api/organisations/{uuid4()}", json=BAMBOO, headers=person("韩梅梅").headers
    )
    assert (second.status_code, second.json["code"]) == (409, "uscc_taken")


def test_a_code_with_a_slip_is_refused_at_the_field(client, founder) -> None:
    refused = client.put(
        f"/api/organisations/{uuid4()}",
        json={**BAMBOO, "uscc": "91110000600037314L"},
        headers=founder.headers,
    )
    assert refused.status_code == 422
    assert [(e["field"], e["code"]) for e in refused.json["errors"]] == [("uscc", "uscc_check")]


def test_a_role_counts_from_approval_to_its_end(client, bamboo, founder, operator) -> None:
    early = invite(client, bamboo, founder, "manufacturer")
    assert (early.status_code, early.json["code"]) == (409, "role_not_approved")
    assert approve(client, bamboo, operator, "manufacturer").status_code == 201
    assert invite(client, bamboo, founder, "manufacturer").status_code == 204
    # Verifier was asked for and not approved, so it cannot be given.
    assert invite(client, bamboo, founder, "verifier").status_code == 409


def test_a_role_taken_from_the_organisation_stops_counting_for_its_members(
    client, bamboo, founder, operator, join
) -> None:
    approve(client, bamboo, operator, "manufacturer")
    invite(client, bamboo, founder, "manufacturer")
    mei = join(PHONE, "韩梅梅")
    (invitation,) = my_invitations(client, mei)
    assert answer(client, mei, invitation).status_code == 204
    roles = client.get("/api/me", headers=mei).json["memberships"][0]["roles"]
    assert [(r["role"], r["approved_at"] is not None) for r in roles] == [("manufacturer", True)]
    approve(client, bamboo, operator, reason="资质过期")
    roles = client.get("/api/me", headers=mei).json["memberships"][0]["roles"]
    assert [(r["role"], r["approved_at"] is not None) for r in roles] == [("manufacturer", False)]


def test_a_refusal_needs_a_reason(client, bamboo, operator) -> None:
    bare = approve(client, bamboo, operator)
    assert [e["field"] for e in bare.json["errors"]] == ["reason"]
    assert approve(client, bamboo, operator, reason="代码与名称不符").status_code == 201


def test_only_what_was_asked_for_is_approved(client, bamboo, operator) -> None:
    refused = approve(client, bamboo, operator, "operator")
    assert [e["field"] for e in refused.json["errors"]] == ["roles"]


def test_only_an_operator_decides(client, bamboo, founder) -> None:
    assert approve(client, bamboo, founder, "manufacturer").status_code == 403


def test_an_operator_does_not_decide_about_their_own(client, operator) -> None:
    own = f"/api/organisations/{uuid4()}"
    client.put(own, json=BAMBOO, headers=operator.headers)
    refused = approve(client, own, operator, "manufacturer")
    assert (refused.status_code, refused.json["code"]) == (403, "own_organisation")


def test_what_waits_is_listed_for_operators_until_decided(client, bamboo, operator) -> None:
    def waiting() -> list[str]:
        found = client.get("/api/organisations/waiting", headers=operator.headers).json["items"]
        return [card["name"] for card in found]

    assert waiting() == ["将乐竹业"]
    approve(client, bamboo, operator, "manufacturer")
    assert waiting() == []  # verifier was asked for as well: not approved is decided too


def test_asking_for_another_role_brings_it_back_to_the_operator(
    client, bamboo, founder, operator, later
) -> None:
    approve(client, bamboo, operator, "manufacturer")
    later(timedelta(minutes=1))
    assert client.put(f"{bamboo}/roles/retailer", headers=founder.headers).status_code == 204
    listed = client.get("/api/organisations/waiting", headers=operator.headers).json["items"]
    assert [card["name"] for card in listed] == ["将乐竹业"]


def test_an_organisation_that_waits_looks_unknown_to_strangers(
    client, bamboo, founder, operator
) -> None:
    stranger = person("路人").headers
    assert client.get(bamboo, headers=stranger).status_code == 404
    assert client.get(bamboo).status_code == 404
    assert client.get(bamboo, headers=founder.headers).status_code == 200
    approve(client, bamboo, operator, "manufacturer")
    assert client.get(bamboo).json["name"] == "将乐竹业"


def test_inviting_does_not_tell_whether_a_number_is_known(
    client, bamboo, founder, operator, join
) -> None:
    approve(client, bamboo, operator, "manufacturer")
    join(PHONE)
    known = invite(client, bamboo, founder, "manufacturer", PHONE)
    unknown = invite(client, bamboo, founder, "manufacturer", "13900009999")
    assert (known.status_code, known.data) == (unknown.status_code, unknown.data)
    listed = client.get(f"{bamboo}/invitations", headers=founder.headers).json["items"]
    assert {frozenset(card) for card in listed} == {frozenset(listed[0])}
    assert sorted(card["phone"] for card in listed) == ["138****1234", "139****9999"]


def test_an_invitation_finds_whoever_registers_later(
    client, bamboo, founder, operator, join
) -> None:
    approve(client, bamboo, operator, "manufacturer")
    invite(client, bamboo, founder, "manufacturer")
    headers = join(PHONE, "韩梅梅")
    (invitation,) = my_invitations(client, headers)
    for _ in range(2):
        assert answer(client, headers, invitation).status_code == 204
    assert answer(client, headers, invitation, "declined").json["code"] == "invitation_closed"
    assert my_invitations(client, headers) == []


def test_an_invitation_is_for_its_number_alone(client, bamboo, founder, operator, join) -> None:
    approve(client, bamboo, operator, "manufacturer")
    invite(client, bamboo, founder, "manufacturer")
    listed = client.get(f"{bamboo}/invitations", headers=founder.headers).json["items"]
    stranger = person("路人").headers
    assert answer(client, stranger, listed[0]["invitation_id"]).status_code == 404


def test_an_invitation_lasts_two_weeks(client, bamboo, founder, operator, join, later) -> None:
    headers = join(PHONE, "韩梅梅")
    approve(client, bamboo, operator, "manufacturer")
    invite(client, bamboo, founder, "manufacturer")
    (invitation,) = my_invitations(client, headers)
    later(timedelta(days=14))
    assert my_invitations(client, headers) == []
    assert answer(client, headers, invitation).json["code"] == "invitation_closed"


def test_a_withdrawn_invitation_is_closed(client, bamboo, founder, operator, join) -> None:
    approve(client, bamboo, operator, "manufacturer")
    invite(client, bamboo, founder, "manufacturer")
    headers = join(PHONE, "韩梅梅")
    (invitation,) = my_invitations(client, headers)
    withdrawn = client.delete(f"{bamboo}/invitations/{invitation}", headers=founder.headers)
    assert withdrawn.status_code == 204
    assert answer(client, headers, invitation).json["code"] == "invitation_closed"


def test_strangers_look_at_no_members(client, bamboo) -> None:
    administrator_elsewhere = person("别处", ("别家", Role.ADMINISTRATOR)).headers
    for part in ("members", "invitations", "history", "api-clients"):
        assert client.get(f"{bamboo}/{part}", headers=administrator_elsewhere).status_code == 404
        assert client.get(f"{bamboo}/{part}", headers=person("路人").headers).status_code == 403


def test_every_change_of_role_is_remembered(
    client, bamboo, founder, operator, join, database: Engine
) -> None:
    approve(client, bamboo, operator, "manufacturer")
    invite(client, bamboo, founder, "manufacturer")
    headers = join(PHONE, "韩梅梅")
    answer(client, headers, my_invitations(client, headers)[0])
    mei = client.get("/api/me", headers=headers).json["person_id"]
    address = f"{bamboo}/members/{mei}/manufacturer"
    for _ in range(2):
        assert client.delete(address, headers=founder.headers).status_code == 204
    history = client.get(f"{bamboo}/history", headers=founder.headers).json["items"]
    assert [(c["display_name"], c["role"], c["change"]) for c in history] == [
        ("韩梅梅", "manufacturer", "taken"),
        ("韩梅梅", "manufacturer", "given"),
        ("李雷", "administrator", "given"),
    ]
    assert {c["changed_by"] for c in history} == {str(founder.person_id)}
    with pytest.raises(IntegrityError), database.begin() as connection:
        connection.execute(text("DELETE FROM identity_member_change"))


def test_members_and_history_come_in_pages(client, database: Engine) -> None:
    keeper = person("李雷", ("将乐竹业", Role.ADMINISTRATOR))
    for name in ("韩梅梅", "林涛", "吉姆"):
        person(name, ("将乐竹业", Role.RETAILER))
    address, names = f"/api/organisations/{organisation('将乐竹业')}/members?limit=2", []
    while address:
        found = client.get(address, headers=keeper.headers).json
        names += [member["display_name"] for member in found["items"]]
        address = found["next"]
    assert sorted(names) == sorted(["李雷", "韩梅梅", "林涛", "吉姆"])


def test_two_who_register_at_once_with_one_ticket_are_one(
    app, client, ask, database: Engine
) -> None:
    code_id, code = ask(PHONE)
    found = client.post("/api/sign-in", json={"code_id": code_id, "code": code}).json

    def register(n: int) -> str:
        answered = app.test_client().post(
            "/api/sign-in/registrations",
            json={"ticket": found["ticket"], "display_name": f"李{n}", "birth_year": 1990},
        )
        return answered.json["person_id"]

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(register, range(4)))) == 1


def test_the_last_administrator_stays(client, bamboo, founder) -> None:
    refused = client.delete(
        f"{bamboo}/members/{founder.person_id}/administrator", headers=founder.headers
    )
    assert (refused.status_code, refused.json["code"]) == (409, "last_administrator")


def test_the_database_knows_no_role_that_was_not_asked_for(
    database: Engine, bamboo, founder
) -> None:
    with pytest.raises(IntegrityError), database.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO identity_member (organisation_id, person_id, role, since)"
                " VALUES (:o, :p, 'operator', now())"
            ),
            {"o": bamboo.rsplit("/", 1)[1], "p": founder.person_id},
        )
