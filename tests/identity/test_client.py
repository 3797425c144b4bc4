"""A partner's machine: a little, for one organisation, until it is ended."""

from uuid import uuid4

import pytest
from sqlalchemy import Engine, text

from puhui.identity.client import PERMISSIONS
from puhui.identity.queries import actor_of_token
from puhui.kernel.actor import Permission, Role
from puhui.kernel.clock import now
from puhui.kernel.errors import Forbidden, NotFound
from tests.makers.identity import SignedIn, organisation, person

ERP = {"name": "ERP", "permissions": ["product:write"]}


@pytest.fixture
def keeper(database: Engine) -> SignedIn:
    return person("李雷", ("将乐竹业", Role.ADMINISTRATOR))


@pytest.fixture
def address(database: Engine) -> str:
    return f"/api/organisations/{organisation('将乐竹业')}/api-clients"


def actor(token: str):
    return actor_of_token(token, now())


def test_the_token_is_shown_once_and_stored_as_a_hash(
    client, keeper, address, database: Engine
) -> None:
    one = f"{address}/{uuid4()}"
    first = client.put(one, json=ERP, headers=keeper.headers).json
    again = client.put(one, json=ERP, headers=keeper.headers).json
    assert first["token"].startswith(first["prefix"] + "_")
    assert again == {**first, "token": None}
    with database.connect() as connection:
        stored = str(connection.execute(text("SELECT * FROM identity_api_client")).all())
    assert first["token"] not in stored


def test_a_machine_may_do_what_it_was_given_for_its_organisation_only(
    client, keeper, address
) -> None:
    token = client.put(f"{address}/{uuid4()}", json=ERP, headers=keeper.headers).json["token"]
    machine = actor(token)
    assert machine is not None
    assert machine.person_id != keeper.person_id
    machine.require(Permission.PRODUCT_WRITE, organisation("将乐竹业"))
    with pytest.raises(NotFound):
        machine.require(Permission.PRODUCT_WRITE, organisation("别家"))
    for refused in (Permission.LABEL_ISSUE, Permission.PLANTING_LOG, Permission.SELF_MANAGE):
        with pytest.raises(Forbidden):
            machine.require(refused)


def test_a_machine_cannot_keep_its_organisation(client, keeper, address) -> None:
    token = client.put(f"{address}/{uuid4()}", json=ERP, headers=keeper.headers).json["token"]
    headers = {"Authorization": f"Bearer {token}"}
    assert client.get(address, headers=headers).status_code == 403
    assert client.patch("/api/me", json={"language": "en"}, headers=headers).status_code == 403
    assert client.delete("/api/me/sessions", headers=headers).status_code == 403


@pytest.mark.parametrize(
    "permission", ["footprint:verify", "organisation:approve", "planting:log", "organisation:admin"]
)
def test_deciding_stays_with_people(client, keeper, address, permission: str) -> None:
    refused = client.put(
        f"{address}/{uuid4()}",
        json={"name": "ERP", "permissions": [permission]},
        headers=keeper.headers,
    )
    assert refused.status_code == 422
    assert permission not in PERMISSIONS


def test_an_ended_machine_is_out_at_once(client, keeper, address) -> None:
    one = f"{address}/{uuid4()}"
    token = client.put(one, json=ERP, headers=keeper.headers).json["token"]
    assert (
        client.get("/api/organisations", headers={"Authorization": f"Bearer {token}"}).status_code
        == 200
    )
    for _ in range(2):
        assert client.delete(one, headers=keeper.headers).status_code == 204
    assert actor(token) is None
    (card,) = client.get(address, headers=keeper.headers).json["items"]
    assert card["ended_at"] and card["last_used_at"]


@pytest.mark.parametrize("token", ["puhui_", "puhui_00000000_x", "puhui_00000000", "x" * 500, ""])
def test_a_made_up_token_is_nobody(database: Engine, app, token: str) -> None:
    assert actor(token) is None


def test_a_right_prefix_with_a_wrong_secret_is_nobody(client, keeper, address) -> None:
    token = client.put(f"{address}/{uuid4()}", json=ERP, headers=keeper.headers).json["token"]
    assert actor(token[:-1] + ("A" if token[-1] != "A" else "B")) is None
