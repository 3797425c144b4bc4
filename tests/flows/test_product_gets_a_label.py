"""The promise of a product: from a spreadsheet to a label that anybody can recompute."""

import csv
import json
from io import BytesIO, StringIO
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from PIL import Image

from puhui.footprint.calculation import recompute
from tests.makers import footprint as make
from tests.makers.factors import publish_shipped
from tests.makers.identity import organisation, person

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def library(client: FlaskClient, noon) -> None:
    publish_shipped(noon)


def test_a_product_gets_a_label_and_a_buyer(client: FlaskClient, library, settle) -> None:
    maker, verifier, shop = make.mill(), make.auditor(), make.shopkeeper()
    product, footprint, label = (
        f"/api/{kind}/{uuid4()}" for kind in ("products", "footprints", "labels")
    )

    draft = {**make.BOARD_ON_THE_WIRE, "organisation_id": str(organisation(make.MILL))}
    for _ in range(2):
        answer = client.put(product, json=draft, headers=maker.headers)
        assert answer.status_code == 201, answer.json
    workbook = (make.EXAMPLES / "bamboo-board.xlsx").read_bytes()
    answer = client.post(
        f"{product}/inventory.xlsx", data=workbook, content_type=XLSX, headers=maker.headers
    )
    assert answer.json == {"version": 1, "lines": 14, "changed": True}
    answer = client.put(f"{product}/inventory", json=make.board_json(), headers=maker.headers)
    assert (answer.status_code, answer.headers["ETag"]) == (201, '"1"')

    body = {"product_id": product.rpartition("/")[2]}
    answer = client.put(footprint, json=body, headers=maker.headers)
    assert (answer.status_code, answer.json["footprint_kg"]) == (201, "283.268244648")
    assert client.put(f"{footprint}/submission", headers=maker.headers).status_code == 201
    queue = client.get("/api/footprints/queue", headers=verifier.headers).json["items"]
    assert [item["footprint_id"] for item in queue] == [footprint.rpartition("/")[2]]
    verdict = {"verdict": "verified"}
    assert (
        client.put(f"{footprint}/decision", json=verdict, headers=maker.headers).status_code == 403
    )
    answer = client.put(f"{footprint}/decision", json=verdict, headers=verifier.headers)
    assert (answer.status_code, answer.json["code"]) == (409, "not_reviewed")
    review = f"{footprint}/reviews/{uuid4()}"
    answer = client.put(review, json=make.REVIEW_ON_THE_WIRE, headers=verifier.headers)
    assert answer.status_code == 201, answer.json
    answer = client.put(f"{footprint}/decision", json=verdict, headers=verifier.headers)
    assert answer.json["state"] == "verified"

    body = {"footprint_id": footprint.rpartition("/")[2]}
    answer = client.put(label, json=body, headers=maker.headers)
    assert answer.status_code == 201, answer.json
    code, url = answer.json["code"], answer.json["url"]
    assert answer.json == client.get(label).json

    document = client.get(f"{footprint}/calculation").text
    assert recompute(document).text == document
    listed = client.get("/api/labels").json["items"]
    assert [(row["code"], row["footprint_kg"]) for row in listed] == [(code, "283.268244648")]

    count = {"count": 10}
    name = {**maker.headers, "Idempotency-Key": "first-ten"}
    for _ in range(2):
        answer = client.post(f"{label}/batches", json=count, headers=name)
        assert (answer.status_code, answer.json["made"]) == (201, 0)
    batch = answer.headers["Location"]
    wish = {"form": "csv", "confirmed": True}
    answer = client.post(f"{batch}/secrets", json=wish, headers=maker.headers)
    assert (answer.status_code, answer.json["code"]) == (409, "not_printed")
    settle()
    assert client.get(batch, headers=maker.headers).json["states"]["printed"] == 10
    unsure = {"form": "csv", "confirmed": False}
    answer = client.post(f"{batch}/secrets", json=unsure, headers=maker.headers)
    assert answer.json["errors"][0]["code"] == "not_confirmed"
    answer = client.post(f"{batch}/secrets", json=wish, headers=maker.headers)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    printed = list(csv.DictReader(StringIO(answer.data.decode("utf-8-sig"))))
    assert [row["number"] for row in printed] == [str(n) for n in range(1, 11)]
    answer = client.post(f"{batch}/secrets", json=wish, headers=maker.headers)
    assert (answer.status_code, answer.json["code"]) == (409, "secrets_left")

    assert client.put(f"{batch}/shipment", headers=maker.headers).status_code == 201
    tokens = {"tokens": [row["code"] for row in printed[:3]]}
    assert client.post("/api/serials/sales", json=tokens, headers=shop.headers).json == {
        "changed": 3
    }

    buyer = person("林梅")
    wrong = {"code": printed[0]["code"], "pin": "0000-0000"}
    answer = client.post("/api/serials/claims", json=wrong, headers=buyer.headers)
    assert (answer.status_code, answer.json["code"]) == (404, "claim_refused")
    right = {"code": printed[0]["code"].lower(), "pin": printed[0]["pin"]}
    first = client.post("/api/serials/claims", json=right, headers=buyer.headers)
    assert first.status_code == 200
    assert client.post("/api/serials/claims", json=right, headers=buyer.headers).json == first.json
    settle()

    for address in (
        url.removeprefix("HTTP://LOCALHOST"),
        printed[5]["url"].removeprefix("HTTP://LOCALHOST"),
    ):
        page = client.get(address.lower())
        assert page.status_code == 200
        assert "283.3" in page.text
        assert len(page.data) <= 50_000
    assert "Laminated bamboo board" in client.get(f"/l/{code}?lang=en").text
    kept = client.get(f"/l/{code}")
    again = client.get(f"/l/{code}", headers={"If-None-Match": kept.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_wrong_tries_count_although_they_are_refused(client: FlaskClient, library, noon) -> None:
    serial, nosy = make.serials(make.mill(), noon)[0], person("好奇")
    body = {"code": serial.token, "pin": "00000000"}
    answers = [
        client.post("/api/serials/claims", json=body, headers=nosy.headers) for _ in range(6)
    ]
    assert [answer.status_code for answer in answers] == [404] * 5 + [429]
    assert answers[5].headers["Retry-After"] == str(24 * 3600)


def test_every_faulty_row_of_a_workbook_is_named_and_nothing_changes(
    client: FlaskClient, library, noon
) -> None:
    import openpyxl

    maker = make.mill()
    product_id = make.board(maker, noon)
    book = openpyxl.load_workbook(make.EXAMPLES / "bamboo-board.xlsx")
    sheet = book["清单"]
    sheet["F3"], sheet["D7"], sheet["E8"] = "grid.cn-fj.co2", "很多", "斛"
    out = BytesIO()
    book.save(out)
    answer = client.post(
        f"/api/products/{product_id}/inventory.xlsx",
        data=out.getvalue(),
        content_type=XLSX,
        headers=maker.headers,
    )
    assert answer.status_code == 422
    assert [(e["row"], e["field"], e["code"]) for e in answer.json["errors"]] == [
        (3, "因子编号", "co2_only"),
        (7, "数量", "bad_number"),
        (8, "单位", "unknown_unit"),
    ]
    kept = client.get(f"/api/products/{product_id}/inventory", headers=maker.headers)
    assert kept.json == make.board_json()


def test_a_product_changes_only_from_its_present_version(
    client: FlaskClient, library, noon
) -> None:
    maker = make.mill()
    product_id = make.board(maker, noon)
    url = f"/api/products/{product_id}"
    body = {
        **make.BOARD_ON_THE_WIRE,
        "organisation_id": str(organisation(make.MILL)),
        "gtin": "9521234543213",
    }
    assert client.put(url, json=body, headers=maker.headers).json["code"] == "name_taken"
    versioned = {**maker.headers, "If-Match": '"1"'}
    changed = client.put(url, json=body, headers=versioned)
    assert (changed.json["gtin"], changed.headers["ETag"]) == ("09521234543213", '"2"')
    assert client.put(url, json=body, headers=versioned).status_code == 412
    bad = {**body, "gtin": "9521234543214"}
    assert client.put(url, json=bad, headers=maker.headers).json["errors"][0]["code"] == "bad_gtin"


def test_pictures_of_the_code_hold_its_address(client: FlaskClient, library, noon) -> None:
    import zxingcpp

    issued = make.label(make.mill(), noon)
    picture = client.get(f"/api/labels/{issued.label_id}/qr.png")
    with Image.open(BytesIO(picture.data)) as image:
        assert zxingcpp.read_barcode(image.convert("L")).text == issued.url
    assert len(client.get(f"/api/labels/{issued.label_id}/qr.svg").data) < 5000


def test_a_drawn_label_shows_nobody_another_persons_desks(
    client: FlaskClient, library, noon
) -> None:
    maker = make.mill()
    address = f"/l/{make.label(maker, noon).code}"
    before = client.get(address).text
    own = client.get(address, headers=maker.headers).text
    assert "/products" in own
    assert client.get(address, headers=person("林梅").headers).text != own
    assert client.get(address).text == before


def test_a_label_that_was_withdrawn_says_so_at_once(client: FlaskClient, library, noon) -> None:
    maker = make.mill()
    issued = make.label(maker, noon)
    assert "配方改变" not in client.get(f"/l/{issued.code}").text
    body = {"reason": "配方改变"}
    url = f"/api/labels/{issued.label_id}/withdrawal"
    assert client.put(url, json=body, headers=maker.headers).json["state"] == "withdrawn"
    assert "配方改变" in client.get(f"/l/{issued.code}").text


def test_factors_are_open_to_everybody(client: FlaskClient, library) -> None:
    found = client.get("/api/factors?q=%E7%A6%8F%E5%BB%BA&limit=2").json
    assert [row["version"] for row in found["items"]] == ["2021.1", "2022.1"]
    rest = client.get(found["next"].removeprefix("http://localhost")).json
    assert [(r["version"], r["gases"]) for r in rest["items"]] == [("2023.1", "CO2")]
    one = client.get("/api/factors/grid.cn.lifecycle/2024.1").json
    assert (one["kg_per_unit"], one["gases"]) == ("0.5777", "CO2e")
    assert client.get("/api/factors/grid.cn.lifecycle/1999.1").status_code == 404
    assert "grid.cn-fj.co2@2023.1" in client.get("/factors?q=福建").text
    assert "0.5777" in client.get("/factors/grid.cn.lifecycle/2024.1").text


def test_the_template_can_be_filled_in_and_read_back(client: FlaskClient, library) -> None:
    from puhui.footprint.workbook import read_workbook

    empty = client.get("/api/inventories/template.xlsx")
    inventory, faults = read_workbook(empty.data)
    assert inventory is None
    assert {fault.code for fault in faults} == {"missing", "no_product"}
    assert json.dumps([fault.row for fault in faults]) == "[null, null, null, null, null, null]"
