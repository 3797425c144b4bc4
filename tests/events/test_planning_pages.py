"""The pages of what is planned and stated, as a browser without scripts sees them."""

import re
from decimal import Decimal
from hashlib import sha256
from uuid import uuid4

import pytest

from puhui.credits.kind import Kind
from puhui.db.session import snapshot
from puhui.events import queries
from puhui.events.estimate import Stage
from puhui.events.statement_pdf import TEMPLATE, pdf_of
from puhui.kernel.actor import Role
from puhui.web.paper import missing_of
from tests.makers import credits, events, planning
from tests.makers.factors import publish_shipped
from tests.makers.identity import organisation, person


@pytest.fixture
def li(client, noon):
    publish_shipped()
    return person("李雷", (events.FORESTRY, Role.ORGANISER))


def post(client, who, url, **form):
    return client.post(url, data={"form_name": str(uuid4()), **form}, headers=who.headers)


def test_scenarios_are_asked_on_a_form_that_comes_back_filled(client, li):
    event_id = events.prepared(li)
    url = f"/events/{event_id}/what-if"
    assert client.get(url, headers=li.headers).status_code == 200
    answer = post(client, li, url, **{"name-2": "省电", "power_percent-2": "50"})
    assert answer.status_code == 200
    # 421.1 kg of power, shown to 0.1 kg as parts that add up; half of them are 210.55 kg.
    first, second = re.findall(r'bar-label">[^<]+<span class="number">([\d.]+)', answer.text)
    change = re.search(r'<p class="figure"><span class="number">(-[\d.]+)', answer.text)[1]
    assert Decimal(first) + Decimal(change) == Decimal(second)
    assert abs(Decimal(change) + Decimal("210.55")) <= Decimal("0.1")
    assert 'value="50"' in answer.text
    wrong = post(client, li, url, **{"food_percent-1": "50", "online_percent-3": "abc"})
    assert wrong.status_code == 422
    told = post(client, li, url, **{"power_percent-1": "50", "food_percent-3": "50"})
    assert 'id="food_percent-3-fault"' in told.text
    nothing = post(client, li, url)
    assert "请至少改变一项" in nothing.text


def test_a_measure_keeps_its_scenario_when_only_its_state_is_changed(client, li):
    event_id = events.prepared(li)
    url = f"/events/{event_id}/reduction/edit"
    form = {
        "title_zh-1": "会场少开空调",
        "responsible-1": "场馆组",
        "state-1": "planned",
        "power_percent-1": "50",
    }
    assert post(client, li, url, **form).status_code == 303
    page = client.get(url, headers=li.headers).text
    kept = re.search(r'name="scenario-1" value="([^"]+)"', page)[1].replace("&#34;", '"')
    form = {
        "title_zh-1": "会场少开空调",
        "responsible-1": "场馆组",
        "state-1": "done",
        "scenario-1": kept,
    }
    assert post(client, li, url, **form).status_code == 303
    shown = client.get(f"/events/{event_id}/reduction").text
    assert "已完成" in shown
    assert "210.55 kg" in shown
    with snapshot() as session:
        plans = queries.reduction_plans(session, event_id)
    assert [plan.number for plan in plans] == [2, 1]
    for plan in plans:
        file = client.get(f"/events/{event_id}/reduction/{plan.number}.json").data
        assert sha256(file).hexdigest() == plan.sha256
    english = client.get(f"/events/{event_id}/reduction?lang=en").text
    assert "Reduction plan" in english


def test_faults_of_a_measure_stand_beside_its_field(client, li):
    event_id = events.prepared(li)
    form = {"title_zh-2": "少吃", "responsible-2": "餐饮组", "food_percent-2": "x"}
    answer = post(client, li, f"/events/{event_id}/reduction/edit", **form)
    assert answer.status_code == 422
    assert 'id="food_percent-2-fault"' in answer.text
    assert 'value="少吃"' in answer.text


def test_the_statement_is_shown_confirmed_and_printed(client, li, settle):
    credits.on_sale(credits.draft(Kind.ONE_YUAN, 10_000, 10_000))
    event_id = events.prepared(li)
    url = f"/events/{event_id}/statement"
    assert "碳中和实施计划（草案）" in client.get(url).text
    events.estimated(li, event_id, Stage.PLAN)
    assert "活动排放预估说明" in client.get(url).text
    events.estimated(li, event_id)
    assert "尚未碳中和" in client.get(url).text
    credits.paid(events.offered(li, event_id))
    settle()
    page = client.get(url, headers=li.headers).text
    assert "大型活动碳中和声明" in page
    assert "确认声明" in page
    assert "确认声明" not in client.get(url).text
    words = {"organisation_id": str(organisation(events.FORESTRY)), "says_zh": "本单位承诺属实。"}
    assert post(client, li, url, **words).status_code == 303
    shown = client.get(url).text
    assert "主办单位自我承诺" in shown
    assert "本单位承诺属实。" in shown
    assert "Statement of carbon neutrality" in client.get(f"{url}?lang=en").text
    text = client.get(f"{url}.json").data
    assert sha256(text).hexdigest() in shown
    paper = client.get(f"{url}.pdf")
    assert paper.mimetype == "application/pdf"
    assert b"<pdfaid:part>2</pdfaid:part>" in paper.data


def test_the_printed_statement_is_the_same_every_time_and_has_every_letter(client, li, settle):
    event_id = events.prepared(li)
    events.estimated(li, event_id)
    planning.forest_recorded(li, event_id)
    with snapshot() as session:
        card = queries.statement_card(session, queries.event(session, event_id))
    address = "https://puhui.example/e/statement"
    assert pdf_of(card, address) == pdf_of(card, address)
    fixed = re.findall(r"[\u4e00-\u9fff，。、；：（）《》—]", TEMPLATE.read_text(encoding="utf-8"))
    assert missing_of("".join(fixed)) == set()


def test_a_new_forest_is_recorded_and_its_deadline_is_shown(client, li):
    event_id = events.prepared(li)
    events.estimated(li, event_id)
    url = f"/events/{event_id}/forest"
    form = {
        "place": "常口村后山",
        "latitude": "26.7",
        "longitude": "117.5",
        "area_mu": "12",
        "species": "木荷",
        "planted_on": "2026-03-12",
        "plan": "块状整地",
        "monitoring": "每年一次",
        "methodology": "AR-CM-001-V01",
        "expected_kg": "60000",
    }
    late = post(client, li, url, **(form | {"planted_on": "2033-01-01"}))
    assert late.status_code == 422
    assert 'id="planted_on-fault"' in late.text
    assert post(client, li, url, **form).status_code == 303
    assert "2032-03-05" in client.get(f"/events/{event_id}").text
    stated = client.get(f"/events/{event_id}/statement").text
    assert "新造林不是碳信用" in stated
    assert 'value="常口村后山"' in client.get(url, headers=li.headers).text


def test_an_estimate_says_how_sure_it_is_and_what_it_is_not_compared_with(client, li):
    event_id = events.prepared(li)
    events.estimated(li, event_id)
    page = client.get(f"/events/{event_id}/estimates/1").text
    assert re.search(r"95 % 区间 [\d.]+ – [\d.]+ kg", page)
    assert "没有同类的公布数据" in page
    assert "没有公布核算边界" in page


def test_an_operators_assumption_can_be_chosen_for_rooms(client, li):
    operator = person("周洋", ("省生态环境厅", Role.OPERATOR))
    form = {
        "activity": "room_night",
        "key": "hotel.star-5",
        "name_zh": "五星级酒店",
        "name_en": "Five-star hotel",
        "multiplier": "1.2",
        "basis": "测试用的判断",
    }
    assert post(client, li, "/events/assumptions", **form).status_code == 403
    assert post(client, operator, "/events/assumptions", **form).status_code == 303
    assert "五星级酒店 ×1.2" in client.get("/events/assumptions").text
    event_id = events.described(li)
    url = f"/events/{event_id}/inventory"
    assert "五星级酒店 ×1.2" in client.get(url, headers=li.headers).text
    amounts = {
        "version": "0",
        "activity.0": "room_night",
        "amount.0": "2",
        "level.0": "measured",
        "assumed.0": "hotel.star-5",
    }
    assert post(client, li, url, **amounts).status_code == 303
    with snapshot() as session:
        assert queries.inventory(session, event_id).entries[0]["assumed"] == "hotel.star-5"


def test_what_is_not_ones_own_is_not_there(client, li):
    event_id = events.prepared(li, is_public=False)
    other = person("王五", ("别的单位", Role.ORGANISER))
    for page in ("what-if", "reduction/edit", "forest"):
        assert client.get(f"/events/{event_id}/{page}").status_code == 303
        assert client.get(f"/events/{event_id}/{page}", headers=other.headers).status_code == 404
    for page in ("reduction", "statement", "statement.pdf", "statement.json"):
        assert client.get(f"/events/{event_id}/{page}").status_code == 404
        assert client.get(f"/events/{event_id}/{page}", headers=li.headers).status_code == 200
