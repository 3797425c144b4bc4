"""Events over HTTP."""

import json
from hashlib import sha256
from io import BytesIO
from uuid import uuid4

import openpyxl
import pytest
import rfc8785

from puhui.credits.kind import Kind
from puhui.events.activity import Source
from puhui.kernel.actor import Role
from tests.makers import credits, events
from tests.makers.factors import publish_shipped
from tests.makers.identity import organisation, person

INCLUDED = {Source.TRAVEL, Source.LODGING, Source.VENUE_ENERGY}


@pytest.fixture
def li(client, noon):
    publish_shipped()
    return person("李雷", (events.FORESTRY, Role.ORGANISER))


def meeting(**said):
    return {
        "organisation_id": str(organisation(events.FORESTRY)),
        "title_zh": "林下经济现场会",
        "title_en": "Forest economy meeting",
        "venue": "三明市",
        "venue_county": "将乐县",
        "starts_on": "2026-03-04",
        "ends_on": "2026-03-05",
        "attendees": 3,
        "boundary": [
            {"source": source, "included": True}
            if source in INCLUDED
            else {"source": source, "included": False, "reason_zh": "本次会议不涉及"}
            for source in Source
        ],
        "is_public": True,
        **said,
    }


def put(client, who, url, body, **headers):
    return client.put(url, json=body, headers={**who.headers, **headers})


def send_list(client, who, url, text, key="1", kind="text/csv"):
    data = text if isinstance(text, bytes) else text.encode()
    return client.post(
        f"{url}/attendees",
        data=data,
        headers={**who.headers, "Content-Type": kind, "Idempotency-Key": key},
    )


POWER = [{"activity": "electricity", "amount": "1000", "level": "measured"}]
ROOMS = [{"activity": "room_night", "amount": "2", "level": "measured"}]


def test_an_event_is_described_once_and_changed_only_knowingly(client, li):
    url = f"/api/events/{uuid4()}"
    first, again = put(client, li, url, meeting()), put(client, li, url, meeting())
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    assert (first.json["venue"]["code"], first.json["neutral_by"]) == ("350400", "2027-03-05")
    changed = meeting(title_zh="林下经济观摩会")
    assert put(client, li, url, changed).status_code == 428
    assert put(client, li, url, changed, **{"If-Match": '"0"'}).status_code == 412
    tag = client.get(url, headers=li.headers).headers["ETag"]
    answer = put(client, li, url, changed, **{"If-Match": tag})
    assert (answer.status_code, answer.json["version"]) == (201, 2)


def test_an_unknown_or_ambiguous_venue_is_told_apart(client, li):
    for written, code in (("厦们", "unknown_city"), ("Fuzhou", "ambiguous_city")):
        answer = put(client, li, f"/api/events/{uuid4()}", meeting(venue=written))
        assert answer.status_code == 422
        assert [fault["code"] for fault in answer.json["errors"]] == [code]


def test_a_private_event_is_seen_by_its_organisers_only(client, li):
    url = f"/api/events/{uuid4()}"
    put(client, li, url, meeting(is_public=False))
    assert client.get(url).status_code == 404
    assert client.get(url, headers=person("韩梅梅").headers).status_code == 404
    assert client.get(url, headers=li.headers).status_code == 200
    assert client.get("/api/events").json["items"] == []
    assert len(client.get("/api/events", headers=li.headers).json["items"]) == 1


def test_amounts_are_refused_by_row(client, li):
    url = f"/api/events/{uuid4()}"
    put(client, li, url, meeting())
    entries = [
        *POWER,
        {"activity": "electricity", "amount": "5", "unit": "kg", "level": "measured"},
        {"activity": "rockets", "amount": "1", "level": "default"},
        {"activity": "car", "amount": "1", "level": "default"},
    ]
    answer = put(client, li, f"{url}/inventory", {"entries": entries})
    assert {(f["row"], f["code"]) for f in answer.json["errors"]} == {(3, "unknown_activity")}
    del entries[2]
    answer = put(client, li, f"{url}/inventory", {"entries": entries})
    assert {(f["row"], f["code"]) for f in answer.json["errors"]} == {
        (2, "wrong_unit"),
        (3, "from_the_list"),
    }


def test_every_faulty_line_of_a_list_is_told_at_once(client, li):
    url = f"/api/events/{uuid4()}"
    put(client, li, url, meeting())
    answer = send_list(client, li, url, "城市,交通方式,晚数\n福州,火箭,1\n厦门,高铁,两\n泉州,,-1\n")
    assert answer.status_code == 422
    assert [(f["row"], f["field"]) for f in answer.json["errors"]] == [
        (2, "mode"),
        (3, "nights"),
        (4, "nights"),
    ]


def test_a_workbook_is_a_list_too(client, li):
    url = f"/api/events/{uuid4()}"
    put(client, li, url, meeting())
    book, file = openpyxl.Workbook(), BytesIO()
    for row in (
        ["参会名单"],
        ["姓名", "手机", "出发城市", "住宿晚数"],
        ["李明", 13800000001, "福州", 2],
    ):
        book.active.append(row)
    book.save(file)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    answer = send_list(client, li, url, file.getvalue(), kind=kind)
    assert (answer.status_code, answer.json["people"], answer.json["cities"]) == (201, 1, 1)


def test_a_city_that_is_not_certain_is_decided_by_a_person(client, li):
    url = f"/api/events/{uuid4()}"
    put(client, li, url, meeting())
    listed = send_list(client, li, url, "城市\n福州\n厦们\nFuzhou\n").json
    asked = {q["written"]: [c["name_zh"] for c in q["candidates"]] for q in listed["questions"]}
    assert asked == {"厦们": ["厦门市"], "Fuzhou": ["福州市", "抚州市"]}
    decisions = [
        {"written": "厦们", "city": "厦门"},
        {"written": "Fuzhou", "row": 4, "city": "350100"},
    ]
    answer = put(
        client, li, f"{url}/attendees/{listed['list_id']}/cities", {"decisions": decisions}
    )
    assert (answer.json["questions"], answer.json["cities"]) == ([], 2)
    assert client.get(f"{url}/attendees", headers=li.headers).json == answer.json


def test_the_document_of_an_estimate_has_the_digest_that_is_told(client, li):
    url = f"/api/events/{uuid4()}"
    put(client, li, url, meeting())
    put(client, li, f"{url}/inventory", {"entries": POWER + ROOMS})
    send_list(client, li, url, events.THREE_PEOPLE)
    answer = put(client, li, f"{url}/estimates/{uuid4()}", {"stage": "actual"})
    assert (answer.status_code, answer.json["total_kg"]) == (201, "659.1486154")
    document = answer.json["document"]
    assert sha256(rfc8785.dumps(document)).hexdigest() == answer.json["sha256"]
    assert "高铁" not in json.dumps(document["event"], ensure_ascii=False)
    listed = client.get(f"{url}/estimates").json["items"]
    assert [item["sha256"] for item in listed] == [answer.json["sha256"]]


def test_a_name_stands_for_one_request_only(client, li):
    credits.on_sale(credits.draft(Kind.ONE_YUAN, 10_000, 10_000))
    url, name = f"/api/events/{uuid4()}", uuid4()
    put(client, li, url, meeting())
    put(client, li, f"{url}/inventory", {"entries": POWER + ROOMS})
    send_list(client, li, url, events.THREE_PEOPLE)
    other_list = send_list(client, li, url, "城市\n福州\n")
    put(client, li, f"{url}/estimates/{name}", {"stage": "actual"})
    other_stage = put(client, li, f"{url}/estimates/{name}", {"stage": "plan"})
    put(client, li, f"{url}/offers/{name}", {})
    other_wishes = put(client, li, f"{url}/offers/{name}", {"kinds": ["one_yuan"]})
    elsewhere = f"/api/events/{uuid4()}"
    put(client, li, elsewhere, meeting())
    other_event = put(client, li, f"{elsewhere}/estimates/{name}", {"stage": "actual"})
    for answer in (other_list, other_stage, other_wishes, other_event):
        assert (answer.status_code, answer.json["code"]) == (409, "name_taken")


def test_an_offer_has_a_price_a_reference_and_an_end(client, li):
    credits.on_sale(credits.draft(Kind.ONE_YUAN, 10_000, 10_000))
    url, offer = f"/api/events/{uuid4()}", uuid4()
    put(client, li, url, meeting())
    put(client, li, f"{url}/inventory", {"entries": POWER + ROOMS})
    send_list(client, li, url, events.THREE_PEOPLE)
    refused = put(client, li, f"{url}/offers/{offer}", {})
    assert (refused.status_code, refused.json["code"]) == (409, "no_estimate")
    put(client, li, f"{url}/estimates/{uuid4()}", {"stage": "actual"})
    answer = put(client, li, f"{url}/offers/{offer}", {})
    assert answer.status_code == 201
    assert (answer.json["total_kg"], answer.json["total_fen"]) == (660, 6600)
    assert answer.json["expires_at"] == "2026-03-12T04:30:00Z"
    accepted = client.put(f"{url}/offers/{offer}/acceptance", headers=li.headers)
    assert accepted.json["expires_at"] > answer.json["expires_at"]
    assert put(client, li, f"{url}/offers/{offer}", {}).json == accepted.json
    other = person("王五", ("别的单位", Role.ORGANISER))
    assert client.get(f"{url}/offers/{offer}", headers=other.headers).status_code == 404
