"""A planting becomes points, over HTTP: logged, seen by a verifier, approved, in the wallet."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from puhui.audit import audit
from puhui.kernel.actor import Role
from tests.makers.identity import SignedIn, person
from tests.makers.photo import CHANGKOU, photograph
from tests.makers.rewards import base, rulebook


@pytest.fixture
def li(client: FlaskClient, noon) -> SignedIn:
    rulebook()
    return person("李雷")


@pytest.fixture
def wang() -> SignedIn:
    return person("王芳", ("核查中心", Role.VERIFIER))


def three_camphors(client: FlaskClient, by: SignedIn, seed: int = 1) -> dict[str, object]:
    photo_id = uuid4()
    sent = client.put(
        f"/api/photos/{photo_id}",
        data=photograph(seed, place=CHANGKOU),
        content_type="image/jpeg",
        headers=by.headers,
    )
    assert sent.status_code == 201, sent.json
    return {
        "base_id": str(base()),
        "species": "cinnamomum_camphora",
        "trees": 3,
        "planted_on": "2026-03-12",
        "photo_ids": [str(photo_id)],
    }


def test_a_planting_earns_sixty_points_once(
    client: FlaskClient, li: SignedIn, wang: SignedIn, settle: Callable[[], None], engine
) -> None:
    url, body = f"/api/plantings/{uuid4()}", three_camphors(client, li)
    first = client.put(url, json=body, headers=li.headers)
    again = client.put(url, json=body, headers=li.headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json

    (waiting,) = client.get("/api/reviews", headers=wang.headers).json["items"]
    assert waiting["planting"]["trees"] == 3
    assert {signal["id"] for signal in waiting["signals"]} == {"P5", "P8", "P13", "P14"}
    picture = client.get(f"/photos/{body['photo_ids'][0]}.jpg", headers=wang.headers)
    assert (picture.status_code, picture.mimetype) == (200, "image/jpeg")

    for _ in range(2):
        approved = client.post(f"{url}/review", json={"verdict": "approve"}, headers=wang.headers)
        assert approved.json["state"] == "approved"
        settle()

    assert client.get("/api/wallet", headers=li.headers).json["balance"] == 60
    (line,) = client.get("/api/wallet/statement", headers=li.headers).json["items"]
    assert (line["amount"], line["balance_after"]) == (60, 60)
    award = line["award"]
    assert award["rule"]["citation"] == "planting@2026.1"
    assert award["explanation"] == ["3 株 × 每株 20 积分 = 60 积分"]
    assert f"/api/plantings/{award['cause_id']}" == url
    planting = client.get(url, headers=li.headers).json
    assert planting["points"] == 60
    assert planting["photos"][0]["photo_id"] == body["photo_ids"][0]
    assert all(finding.holds for finding in audit(engine))


def test_a_refusal_is_explained_in_the_persons_language(
    client: FlaskClient, li: SignedIn, wang: SignedIn, settle: Callable[[], None]
) -> None:
    url = f"/api/plantings/{uuid4()}"
    client.put(url, json=three_camphors(client, li), headers=li.headers)
    said = {"verdict": "refuse", "reason": "number_differs", "words": "照片里只有两株"}
    client.post(f"{url}/review", json=said, headers=wang.headers)
    settle()
    planting = client.get(url, headers=li.headers).json
    assert planting["state"] == "refused"
    assert planting["refusal"] == {
        "reason": "number_differs",
        "says": "照片里的株数与登记的不符；可以按实际株数重新登记",
        "words": "照片里只有两株",
    }
    english = client.get(url, headers={**li.headers, "Accept-Language": "en"}).json
    assert english["refusal"]["says"] == (
        "The number of trees in the photograph differs from the number logged; "
        "you may log the actual number"
    )
    assert client.get("/api/wallet", headers=li.headers).json == {
        "balance": 0,
        "held": 0,
        "pending": 0,
        "maturing": [],
        "expiring_points": 0,
        "expiring": [],
        "plantings_waiting": 0,
    }


def test_a_photograph_used_before_is_refused_and_names_ones_own(
    client: FlaskClient, li: SignedIn
) -> None:
    first = uuid4()
    client.put(f"/api/plantings/{first}", json=three_camphors(client, li), headers=li.headers)
    again = client.put(
        f"/api/plantings/{uuid4()}", json=three_camphors(client, li), headers=li.headers
    )
    assert (again.status_code, again.json["code"]) == (409, "photo_used")
    assert again.json["planting"] == str(first)


def test_a_name_used_for_another_planting_is_409(client: FlaskClient, li: SignedIn) -> None:
    url, body = f"/api/plantings/{uuid4()}", three_camphors(client, li)
    client.put(url, json=body, headers=li.headers)
    other = client.put(url, json={**body, "trees": 4}, headers=li.headers)
    assert (other.status_code, other.json["code"]) == (409, "name_taken")


def test_a_damaged_photograph_is_422_with_its_reason(client: FlaskClient, li: SignedIn) -> None:
    answer = client.put(
        f"/api/photos/{uuid4()}",
        data=photograph()[:5000],
        content_type="image/jpeg",
        headers=li.headers,
    )
    assert answer.status_code == 422
    assert [fault["code"] for fault in answer.json["errors"]] == ["photo_damaged"]


def test_a_photograph_of_eleven_megabytes_is_413(client: FlaskClient, li: SignedIn) -> None:
    answer = client.put(
        f"/api/photos/{uuid4()}",
        data=bytes(11 * 1024 * 1024),
        content_type="image/jpeg",
        headers=li.headers,
    )
    assert answer.status_code == 413


def test_a_photograph_is_shown_with_care_and_to_few(
    client: FlaskClient, li: SignedIn, wang: SignedIn
) -> None:
    body = three_camphors(client, li)
    url = f"/photos/{body['photo_ids'][0]}.jpg"
    shown = client.get(url, headers=li.headers)
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert shown.headers["Cache-Control"] == "no-store"
    assert shown.headers["Content-Disposition"] == "inline"
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert b"Exif" not in shown.data
    mei = person("韩梅梅")
    assert client.get(url, headers=mei.headers).status_code == 404
    assert client.get(url).status_code in (303, 401)
    meta = f"/api/photos/{body['photo_ids'][0]}"
    assert client.get(meta, headers=mei.headers).status_code == 404
    assert client.get(meta, headers=wang.headers).json["latitude"] is None


def test_bases_are_public_and_written_by_operators(client: FlaskClient, li: SignedIn) -> None:
    operator = person("周洋", ("林业局", Role.OPERATOR))
    url = f"/api/bases/{uuid4()}"
    body = {
        "name_zh": "闽江口红树林基地", "name_en": "Minjiang estuary mangrove base",
        "county_code": "350112", "address_zh": "福建省福州市长乐区",
        "address_en": "Changle, Fuzhou, Fujian", "area_m2": 50_000,
        "species": ["kandelia_obovata"],
        "season_from": 3, "season_until": 6,
    }  # fmt: skip
    assert client.put(url, json=body, headers=li.headers).status_code == 403
    assert client.put(url, json=body, headers=operator.headers).status_code == 201
    assert client.put(url, json=body, headers=operator.headers).status_code == 201
    changed = client.put(url, json={**body, "area_m2": 1}, headers=operator.headers)
    assert changed.status_code == 409
    wrong = {**body, "species": ["plastic_tree"], "county_code": "350100"}
    faults = client.put(f"/api/bases/{uuid4()}", json=wrong, headers=operator.headers)
    assert [fault["code"] for fault in faults.json["errors"]] == ["bad_county", "unknown_species"]
    assert client.get(url).json["species"][0]["scientific_name"] == "Kandelia obovata"
    assert [item["base_id"] for item in client.get("/api/bases").json["items"]] == [url[-36:]]


def test_rules_and_species_are_public(client: FlaskClient, li: SignedIn) -> None:
    rules = client.get("/api/rules").json["items"]
    assert {("planting@2026.1", 20), ("purchase@2026.1", 10)} <= {
        (rule["citation"], rule["points_per_unit"]) for rule in rules
    }
    species = client.get("/api/species").json["items"]
    assert {"杉木", "樟", "毛竹"} <= {kind["name_zh"] for kind in species}


def test_lists_go_on_where_they_stopped(
    client: FlaskClient, li: SignedIn, wang: SignedIn, settle: Callable[[], None]
) -> None:
    for seed in range(5):
        url = f"/api/plantings/{uuid4()}"
        client.put(url, json=three_camphors(client, li, seed), headers=li.headers)
    for address, headers in (
        ("/api/plantings", li.headers),
        ("/api/reviews", wang.headers),
        ("/api/bases", {}),
    ):
        seen, next_address = [], f"{address}?limit=2"
        while next_address:
            page = client.get(next_address, headers=headers).json
            seen += [str(item) for item in page["items"]]
            next_address = page["next"]
        assert len(seen) == len(set(seen)) == (1 if address == "/api/bases" else 5)
    for card in client.get("/api/plantings", headers=li.headers).json["items"]:
        client.post(
            f"/api/plantings/{card['planting_id']}/review",
            json={"verdict": "approve"},
            headers=wang.headers,
        )
    settle()
    first = client.get("/api/wallet/statement?limit=3", headers=li.headers).json
    rest = client.get(first["next"], headers=li.headers).json
    assert [line["balance_after"] for line in first["items"] + rest["items"]] == [
        300, 240, 180, 120, 60,
    ]  # fmt: skip


def test_an_award_is_for_its_owner(
    client: FlaskClient, li: SignedIn, wang: SignedIn, settle: Callable[[], None]
) -> None:
    url = f"/api/plantings/{uuid4()}"
    client.put(url, json=three_camphors(client, li), headers=li.headers)
    client.post(f"{url}/review", json={"verdict": "approve"}, headers=wang.headers)
    settle()
    award = client.get(url, headers=li.headers).json["award_id"]
    assert client.get(f"/api/awards/{award}", headers=li.headers).json["points"] == 60
    mei = person("韩梅梅")
    assert client.get(f"/api/awards/{award}", headers=mei.headers).status_code == 404
