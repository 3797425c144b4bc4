"""The pages of events, as a browser without scripts sees them."""

import re
from io import BytesIO
from uuid import uuid4

import pytest

from puhui.credits.kind import Kind
from puhui.db.session import snapshot
from puhui.events import queries
from puhui.events.activity import Source
from puhui.kernel.actor import Role
from tests.makers import credits, events
from tests.makers.factors import publish_shipped
from tests.makers.identity import organisation, person


@pytest.fixture
def li(client, noon):
    publish_shipped()
    return person("李雷", (events.FORESTRY, Role.ORGANISER))


def filled(**said):
    told = {
        "form_name": str(uuid4()),
        "organisation_id": str(organisation(events.FORESTRY)),
        "title_zh": "林下经济现场会",
        "title_en": "Forest economy meeting",
        "venue": "三明",
        "venue_county": "将乐县",
        "starts_on": "2026-03-04",
        "ends_on": "2026-03-05",
        "attendees": "3",
        "is_public": "true",
    }
    for source in Source:
        included = source in {Source.TRAVEL, Source.LODGING, Source.VENUE_ENERGY}
        told[f"included.{source}"] = "yes" if included else "no"
        told[f"boundary.{source}"] = "" if included else "本次会议不涉及"
    return {**told, **said}


def test_two_clicks_on_the_form_make_one_event(client, li):
    form = filled()
    for _ in range(2):
        answer = client.post("/events/new", data=form, headers=li.headers)
        assert answer.status_code == 303
    with snapshot() as session:
        assert len(queries.public_events(session)) == 1
    assert client.get(answer.location, headers=li.headers).status_code == 200


def test_a_form_comes_back_as_it_was_with_each_fault_beside_its_field(client, li):
    form = filled(venue="Fuzhou", **{"included.water": "no", "boundary.water": ""})
    answer = client.post("/events/new", data=form, headers=li.headers)
    assert answer.status_code == 422
    assert "福州市、抚州市" in answer.text
    assert 'value="林下经济现场会"' in answer.text
    answer = client.post("/events/new", data={**form, "venue": "三明"}, headers=li.headers)
    assert "排除一个来源须写明理由" in answer.text


def test_a_change_on_an_old_form_is_refused(client, li):
    event_id = events.described(li)
    url = f"/events/{event_id}/edit"
    form = filled(version="1", title_zh="林下经济观摩会")
    assert client.post(url, data=form, headers=li.headers).status_code == 303
    late = client.post(url, data={**form, "title_zh": "又改一次"}, headers=li.headers)
    assert late.status_code == 409
    assert "已被他人修改" in late.text


def test_the_faults_of_a_list_are_shown_by_row(client, li):
    url = f"/events/{events.described(li)}/attendees"
    file = (BytesIO("城市,交通方式\n福州,火箭\n".encode("gbk")), "名单.csv")
    answer = client.post(url, data={"file": file}, headers=li.headers)
    assert answer.status_code == 422
    assert "第 2 行" in answer.text
    assert "不认识交通方式“火箭”" in answer.text


def test_cities_are_decided_on_the_page(client, li):
    url = f"/events/{events.described(li)}/attendees"
    file = (BytesIO("城市\n福州\n厦们\nFuzhou\n".encode()), "名单.csv")
    client.post(url, data={"file": file}, headers=li.headers)
    page = client.get(url, headers=li.headers).text
    assert "名单写作“厦们”" in page
    written = re.findall(r'name="written\.\d+" value="([^"]+)"', page)
    form = {f"written.{row}": each for row, each in enumerate(written)}
    form[f"city.{written.index('厦们')}"] = "350200"
    form[f"other.{written.index('Fuzhou')}"] = "江西抚州"
    action = re.search(r'action="([^"]+/cities)"', page)[1]
    client.post(action, data=form, headers=li.headers)
    assert "名单已齐" in client.get(url, headers=li.headers).text


def test_amounts_come_back_with_their_faults(client, li):
    event_id = events.described(li)
    form = {
        "version": "0",
        "activity.0": "electricity",
        "amount.0": "一千",
        "level.0": "measured",
        "activity.1": "room_night",
        "amount.1": "",
        "level.1": "measured",
    }
    url = f"/events/{event_id}/inventory"
    answer = client.post(url, data=form, headers=li.headers)
    assert answer.status_code == 422
    assert 'value="一千"' in answer.text
    form |= {"amount.0": "1000", "amount.1": "2"}
    assert client.post(url, data=form, headers=li.headers).status_code == 303
    assert 'value="1000"' in client.get(url, headers=li.headers).text


def test_the_public_page_shows_figures_boundary_and_reasons(client, li, settle):
    credits.on_sale(credits.draft(Kind.ONE_YUAN, 10_000, 10_000))
    event_id = events.prepared(li)
    desk = f"/events/{event_id}/desk"
    form = {"form_name": str(uuid4()), "stage": "actual"}
    answer = client.post(f"/events/{event_id}/estimates", data=form, headers=li.headers)
    assert answer.location.endswith("/estimates/1")
    assert "659.1486154" in client.get(answer.location).text
    offer = {"form_name": str(uuid4())}
    answer = client.post(f"/events/{event_id}/offers", data=offer, headers=li.headers)
    assert answer.location.endswith(f"/holds/{offer['form_name']}")
    assert "660" in client.get(desk, headers=li.headers).text
    with snapshot() as session:
        hold = queries.offer_cards(session, event_id)[0]
        found = queries.offer(session, event_id, hold.offer_id)
    assert "待付款" in client.get(f"/events/{event_id}").text
    credits.paid(found)
    settle()
    page = client.get(f"/events/{event_id}").text
    assert "已实现碳中和" in page
    assert "本次会议不涉及" in page
    assert "/c/" in page
    english = client.get(f"/events/{event_id}?lang=en").text
    assert "Forest economy meeting" in english
    assert "Carbon-neutral" in english


def test_the_document_is_given_out_as_it_was_hashed(client, li):
    event_id = events.prepared(li)
    version = events.estimated(li, event_id)
    url = f"/events/{event_id}/estimates/1"
    assert client.get(f"{url}.json").data == version.document.encode()
    assert client.get(f"{url}.annex.json").status_code == 303  # to signing in
    assert client.get(f"{url}.annex.json", headers=li.headers).data == version.annex.encode()


def test_the_badge_may_stand_on_other_sites_and_says_no_more_than_is_true(client, li):
    event_id = events.prepared(li)
    answer = client.get(f"/events/{event_id}/badge.svg")
    assert answer.mimetype == "image/svg+xml"
    assert "筹备中" in answer.text
    assert "frame-ancestors *" in answer.headers["Content-Security-Policy"]


def test_a_private_event_has_no_public_page(client, li):
    event_id = events.prepared(li, is_public=False)
    for page in ("", "/estimates/1", "/badge.svg", "/estimates/1.json"):
        assert client.get(f"/events/{event_id}{page}").status_code == 404
    assert client.get(f"/events/{event_id}", headers=li.headers).status_code == 200


def test_someone_else_has_no_desk_here(client, li):
    event_id = events.prepared(li)
    other = person("王五", ("别的单位", Role.ORGANISER))
    for page in ("desk", "edit", "attendees", "inventory"):
        assert client.get(f"/events/{event_id}/{page}").status_code == 303
        assert client.get(f"/events/{event_id}/{page}", headers=other.headers).status_code == 404


def test_the_public_reads_how_many_answered_and_how_sure_that_makes_the_sum(client, li):
    event_id = events.prepared(li, people=4)
    events.estimated(li, event_id)
    for page in (f"/events/{event_id}", f"/events/{event_id}/estimates/1"):
        told = client.get(page).text
        assert "75%" in told
        assert re.search(r"±\d+\.\d+ kg", told), page
