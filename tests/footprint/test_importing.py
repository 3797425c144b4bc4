"""Large workbooks are read by a task: followed, stopped, resumed; whole or not at all."""

from datetime import datetime
from io import BytesIO
from uuid import uuid4

import openpyxl
import pytest
from flask.testing import FlaskClient

from puhui.footprint.service import importing
from puhui.footprint.workbook import template
from tests.makers import footprint as make
from tests.makers.identity import SignedIn

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook(lines: int, *, faulty: bool = False) -> bytes:
    """The example board with its electricity read from so many meters."""
    content = make.board_json()
    (grid,) = [line for line in content["lines"] if line.get("factor", "").startswith("grid.cn")]
    meters = lines - len(content["lines"])
    content["lines"] += [{**grid, "amount": "1", "name": f"电表 {n}"} for n in range(meters)]
    data = template([], make.inventory_of(content))
    if faulty:
        book = openpyxl.load_workbook(BytesIO(data))
        book["清单"]["D9"], book["清单"]["F1500"] = "很多", "grid.cn-fj.co2"
        out = BytesIO()
        book.save(out)
        data = out.getvalue()
    return data


def put(client: FlaskClient, url: str, maker: SignedIn, data: bytes) -> dict[str, object]:
    answer = client.put(url, data=data, content_type=XLSX, headers=maker.headers)
    assert answer.status_code == 202, answer.json
    return answer.json


def test_two_thousand_lines_are_followed_to_their_version(
    client: FlaskClient, noon: datetime, settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "STEP", 1500)
    maker, data = make.mill(), workbook(2000)
    product = f"/api/products/{make.board(maker, noon)}"
    url = f"{product}/imports/{uuid4()}"
    assert put(client, url, maker, data)["state"] == "running"
    assert put(client, url, maker, data)["total"] == 2000
    page = url.removeprefix("/api")
    client.post(f"{page}/stop", headers=maker.headers)
    settle()
    assert client.get(url, headers=maker.headers).json["state"] == "stopped"
    assert "继续" in client.get(page, headers=maker.headers).text
    client.post(f"{page}/resumption", headers=maker.headers)
    settle()
    seen = client.get(url, headers=maker.headers).json
    assert (seen["state"], seen["done"]) == ("finished", 2000)
    assert seen["result"] == {"version": 2, "changed": True, "lines": 2000}

    again = f"{product}/imports/{uuid4()}"
    put(client, again, maker, data)
    settle()
    result = client.get(again, headers=maker.headers).json["result"]
    assert result == {"version": 2, "changed": False, "lines": 2000}
    stranger = make.mill("别家竹业")
    assert client.get(url, headers=stranger.headers).status_code == 404


def test_every_fault_of_a_large_workbook_is_told_and_nothing_changes(
    client: FlaskClient, noon: datetime, settle
) -> None:
    maker = make.mill()
    product = f"/api/products/{make.board(maker, noon)}"
    url = f"{product}/imports/{uuid4()}"
    put(client, url, maker, workbook(1600, faulty=True))
    settle()
    seen = client.get(f"{url}?lang=en", headers=maker.headers).json
    assert seen["state"] == "failed"
    told = [(e["sheet"], e["row"], e["field"], e["code"]) for e in seen["errors"]]
    assert told == [("清单", 9, "数量", "bad_number"), ("清单", 1500, "因子编号", "co2_only")]
    assert "原清单没有改动" in client.get(url.removeprefix("/api"), headers=maker.headers).text
    kept = client.get(f"{product}/inventory", headers=maker.headers)
    assert kept.json == make.board_json()


def test_a_hostile_workbook_is_refused_before_any_task(client: FlaskClient, noon: datetime) -> None:
    maker = make.mill()
    url = f"/api/products/{make.board(maker, noon)}/imports/{uuid4()}"
    answer = client.put(url, data=b"PK\x03\x04", content_type=XLSX, headers=maker.headers)
    assert (answer.status_code, answer.json["errors"][0]["code"]) == (422, "not_a_workbook")
    assert client.get(url, headers=maker.headers).status_code == 404


def test_the_example_can_be_uploaded_as_it_is(client: FlaskClient, noon: datetime, settle) -> None:
    maker = make.mill()
    product = f"/api/products/{make.board(maker, noon)}"
    data = client.get("/api/inventories/example.xlsx").data
    answer = client.post(
        f"{product}/inventory.xlsx", data=data, content_type=XLSX, headers=maker.headers
    )
    assert answer.json == {"version": 1, "lines": 14, "changed": False}
