"""The pages of links and answers, as a phone without scripts sees them."""

import re
from datetime import date
from uuid import uuid4

import pytest

from puhui.db.session import snapshot
from puhui.events import queries
from puhui.events.activity import Source
from puhui.events.travel import Mode
from puhui.kernel.actor import Role
from tests.makers import events
from tests.makers.factors import publish_shipped
from tests.makers.identity import person

RAIL = Mode.HIGH_SPEED_RAIL


@pytest.fixture
def li(client, noon):
    publish_shipped()
    return person("李雷", (events.FORESTRY, Role.ORGANISER))


def count(event_id) -> int:
    with snapshot() as session:
        return queries.count_answers(session, event_id)


def told(**said):
    return {
        "form_name": str(uuid4()),
        "city": "厦门",
        "mode": "high_speed_rail",
        "sharing": "1",
        "nights": "2",
        **said,
    }


def test_an_attendee_answers_finds_corrects_and_deletes_without_signing_in(client, li):
    event_id = events.prepared(li)
    link = events.asked(li, event_id)
    page = client.get(f"/trips/{link.code}").text
    assert "林下经济现场会" in page
    assert "不问姓名" in page
    form = told()
    for _ in range(2):  # two clicks
        answer = client.post(f"/trips/{link.code}", data=form)
        assert answer.status_code == 303
    own = re.search(r"/my-trip/([0-9A-Z]{16})\?thanks", answer.location)[1]
    assert count(event_id) == 1
    # The same phone that opens the link again finds its answer, unless it fills in for another.
    again = client.get(f"/trips/{link.code}")
    assert again.location == f"/my-trip/{own}"
    assert client.get(f"/trips/{link.code}?another").status_code == 200
    shown = client.get(f"/my-trip?code={own.lower()[:8]}-{own.lower()[8:]}")
    shown = client.get(shown.location)
    assert "厦门市" in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    answer = client.post(f"/my-trip/{own}", data=told(city="Fuzhou"))
    assert answer.status_code == 422
    assert "福州市、抚州市" in answer.text
    assert client.post(f"/my-trip/{own}", data=told(city="福州")).status_code == 303
    assert "福州市" in client.get(f"/my-trip/{own}").text
    for _ in range(2):
        assert client.post(f"/my-trip/{own}/deletion").status_code == 303
    assert count(event_id) == 0
    assert client.get(f"/my-trip/{own}").status_code == 404
    assert client.get(f"/trips/{link.code}").status_code == 200


def test_nights_are_asked_only_where_lodging_counts(client, li):
    lodged = events.asked(li, events.prepared(li))
    travel = events.boundary(Source.TRAVEL)
    not_lodged = events.asked(li, events.prepared(li, boundary=travel))
    assert 'name="nights"' in client.get(f"/trips/{lodged.code}").text
    assert 'name="nights"' not in client.get(f"/trips/{not_lodged.code}").text
    without = {key: value for key, value in told().items() if key != "nights"}
    assert client.post(f"/trips/{lodged.code}", data=without).status_code == 422
    assert client.post(f"/trips/{not_lodged.code}", data=without).status_code == 303


def test_the_organiser_opens_prints_and_closes_a_link(client, li):
    event_id = events.prepared(li)
    url = f"/events/{event_id}/enquiry"
    assert client.get(f"{url}/poster", headers=li.headers).status_code == 409
    form = {"form_name": str(uuid4()), "expires_on": "2026-04-01"}
    for _ in range(2):
        assert client.post(url, data=form, headers=li.headers).status_code == 303
    page = client.get(url, headers=li.headers).text
    address = re.search(r"http://localhost/trips/([0-9A-Z]{10})", page)
    assert "<svg" in page
    poster = client.get(f"{url}/poster", headers=li.headers).text
    assert address[0] in poster
    assert "Scan to tell us how you came" in poster
    client.post(f"/trips/{address[1]}", data=told())
    page = client.get(url, headers=li.headers).text
    assert "33.3%" in page
    form["expires_on"] = "2026-05-01"
    client.post(url, data=form, headers=li.headers)
    assert "2026-05-01" in client.get(url, headers=li.headers).text
    form["expires_on"] = "2027-05-01"
    assert client.post(url, data=form, headers=li.headers).status_code == 422
    (action,) = re.findall(r'action="([^"]+/closure)"', page)
    client.post(action, data={"void": "true"}, headers=li.headers)
    page = client.get(url, headers=li.headers).text
    assert "已作废" in page
    assert count(event_id) == 0
    closed = client.get(f"/trips/{address[1]}?another").text
    assert "填报链接已停用或已过期" in closed
    assert client.post(f"/trips/{address[1]}", data=told()).status_code == 409


def test_a_link_is_its_organisers_alone(client, li):
    event_id = events.prepared(li)
    link = events.asked(li, event_id)
    other = person("王五", ("别的单位", Role.ORGANISER))
    for page in ("", "/poster"):
        url = f"/events/{event_id}/enquiry{page}"
        assert client.get(url).status_code == 303
        assert client.get(url, headers=other.headers).status_code == 404
    closing = f"/events/{event_id}/enquiry/{link.enquiry_id}/closure"
    assert client.post(closing, headers=other.headers).status_code == 404


def test_a_program_answers_under_its_own_name(client, li):
    event_id = events.prepared(li, boundary=events.boundary(Source.TRAVEL), is_public=False)
    url, name = f"/api/events/{event_id}/enquiries", uuid4()
    asked = {"expires_on": "2026-04-01"}
    opened = client.put(f"{url}/{name}", json=asked, headers=li.headers)
    assert (opened.status_code, opened.json["is_open"]) == (201, True)
    code = opened.json["code"]
    assert client.get(f"/api/enquiries/{code}").json["asks_nights"] is False
    mine = f"/api/enquiries/{code}/answers/{uuid4()}"
    for city in ("福州", "厦门市"):
        answer = client.put(mine, json={"city": city, "mode": "coach"})
        assert answer.status_code == 201
    assert answer.json["city"]["name_zh"] == "厦门市"
    assert client.get(mine).json == answer.json
    # The page finds it by the code that the program was given.
    assert client.get(f"/my-trip/{answer.json['code']}").status_code == 200
    shown = client.get(f"{url}/{name}", headers=li.headers).json
    assert shown["answered"] == 1
    assert client.get(url, headers=li.headers).json["items"] == [shown]
    elsewhere = events.asked(li, events.prepared(li))
    foreign = mine.replace(code, elsewhere.code)
    assert client.get(foreign).status_code == 404
    assert client.delete(foreign).status_code == 404
    assert client.delete(mine).status_code == 204
    assert client.get(mine).status_code == 404
    closed = client.put(f"{url}/{name}/closure", json={}, headers=li.headers).json
    assert (closed["is_open"], closed["voided_at"]) == (False, None)
    again = client.put(mine, json={"city": "福州", "mode": "coach"})
    assert (again.status_code, again.json["code"]) == (409, "enquiry_over")


def test_both_languages_are_spoken(client, li):
    event_id = events.prepared(li)
    link = events.asked(li, event_id, until=date(2026, 4, 1))
    own = events.answered(link.code, events.trip("厦门", RAIL))
    pages = (
        (f"/trips/{link.code}?lang=en", {}),
        (f"/my-trip/{own}?lang=en", {}),
        (f"/events/{event_id}/enquiry?lang=en", li.headers),
        ("/my-trip?lang=en", {}),
    )
    for address, headers in pages:
        body = client.get(address, headers=headers).text
        main = re.search(r"<main.*</main>", body, re.DOTALL)[0]
        # The organiser and the county have no English name.
        names = f"<datalist.*?</datalist>|{events.FORESTRY}|将乐县"
        told = re.sub(names, "", main, flags=re.DOTALL)
        assert not re.search("[\u4e00-\u9fff]", told), address
