"""What is planned about an event and stated of it, over HTTP."""

import json
from datetime import timedelta
from hashlib import sha256
from uuid import uuid4

import pytest
import rfc8785
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from puhui.credits.kind import Kind
from puhui.db.session import snapshot, transaction
from puhui.events import queries, service
from puhui.events.activity import Source
from puhui.events.draft import InventoryDraft
from puhui.events.estimate import Stage
from puhui.kernel import clock
from puhui.kernel.actor import Role
from tests.makers import credits, events, planning
from tests.makers.factors import publish_shipped
from tests.makers.identity import organisation, person

LI = ("李雷", (events.FORESTRY, Role.ORGANISER))
BODY = "福建某认证中心"


@pytest.fixture
def li(client, noon):
    publish_shipped()
    return person(*LI)


def put(client, who, url, body):
    return client.put(url, json=body, headers=who.headers)


def neutral(li, settle):
    """Make an event that is neutral: 660 kg retired for 659.1486154 kg."""
    credits.on_sale(credits.draft(Kind.ONE_YUAN, 10_000, 10_000))
    event_id = events.prepared(li)
    events.estimated(li, event_id)
    credits.paid(events.offered(li, event_id))
    settle()
    return event_id


def test_scenarios_are_answered_side_by_side_and_nothing_is_kept(client, li):
    event_id = events.prepared(li)
    asked = {
        "scenarios": [
            {"name": "高铁", "shifts": [{"from_mode": "car", "to_mode": "high_speed_rail",
                                        "percent": "100"}]},
            {"name": "省电", "power_percent": "50"},
        ]
    }  # fmt: skip
    url = f"/api/events/{event_id}/what-if"
    answers = [client.post(url, json=asked, headers=li.headers) for _ in range(2)]
    assert answers[0].status_code == 200
    assert answers[0].json == answers[1].json
    rail, power = answers[0].json["scenarios"]
    # Half of 1,000 kWh at 0.4211 kg.
    assert (power["name"], power["change_kg"]) == ("省电", "-210.55")
    assert float(rail["change_kg"]) < 0
    for each in (rail, power):
        assert each["before_kg"] == "659.1486154"
        assert sum(float(s["after_kg"]) for s in each["sources"]) == pytest.approx(
            float(each["after_kg"])
        )
    with snapshot() as session:
        assert queries.estimates(session, event_id) == []


def test_a_scenario_is_refused_by_its_row(client, li):
    event_id = events.prepared(li)
    asked = {
        "scenarios": [{"name": "省电", "power_percent": "50"}, {"name": "饭", "food_percent": "9"}]
    }
    answer = client.post(f"/api/events/{event_id}/what-if", json=asked, headers=li.headers)
    assert answer.status_code == 422
    (fault,) = answer.json["errors"]
    assert (fault["row"], fault["field"], fault["code"]) == (2, "food_percent", "no_food")
    nobody = person("王五", ("别的单位", Role.ORGANISER))
    hidden = client.post(f"/api/events/{event_id}/what-if", json=asked, headers=nobody.headers)
    assert hidden.status_code == 404


def test_a_plan_is_a_document_of_its_own_number_and_its_savings_are_computed(client, li):
    event_id = events.prepared(li)
    url = f"/api/events/{event_id}/reduction-plans"
    measure = {
        "title_zh": "改乘高铁",
        "responsible": "会务组",
        "scenario": {"name": "省电", "power_percent": "50"},
    }
    plan_id = uuid4()
    first = put(client, li, f"{url}/{plan_id}", {"measures": [measure]})
    assert first.status_code == 201
    again = put(client, li, f"{url}/{plan_id}", {"measures": [measure]})
    assert again.json == first.json
    told = {"title_zh": "自带水杯", "responsible": "后勤组", "state": "done"}
    second = put(client, li, f"{url}/{uuid4()}", {"measures": [measure, told]})
    assert [first.json["number"], second.json["number"]] == [1, 2]
    document = second.json["document"]
    assert sha256(rfc8785.dumps(document)).hexdigest() == second.json["sha256"]
    saving, unknown = (each["expected"] for each in document["measures"])
    assert saving["saving_kg"] == "210.55"
    assert unknown is None
    assert document["together"]["saving_kg"] == "210.55"
    listed = client.get(url).json["items"]
    assert [each["number"] for each in listed] == [2, 1]
    other = put(client, li, f"{url}/{plan_id}", {"measures": [told]})
    assert (other.status_code, other.json["code"]) == (409, "name_taken")


def test_the_plan_is_held_against_what_came_of_it(client, li):
    event_id = events.prepared(li)
    events.estimated(li, event_id, Stage.PLAN)
    assert client.get(f"/api/events/{event_id}/outcome").json == {"sources": []}
    less = InventoryDraft((events.entry("electricity", "600"), events.entry("room_night", "2")))
    with transaction() as session:
        service.save_inventory(session, li.actor, event_id, less, clock.now())
    events.estimated(li, event_id, Stage.ACTUAL)
    told = client.get(f"/api/events/{event_id}/outcome").json["sources"]
    power = next(each for each in told if each["source"] == Source.VENUE_ENERGY)
    assert power == {
        "source": "venue_energy",
        "planned_kg": "421.1",
        "actual_kg": "252.66",
        "change_kg": "-168.44",
    }


def test_a_statement_is_titled_by_what_is_true(client, li, settle):
    credits.on_sale(credits.draft(Kind.ONE_YUAN, 10_000, 10_000))
    event_id = events.prepared(li)
    url = f"/api/events/{event_id}/statement"
    kinds = [client.get(url).json["kind"]]
    events.estimated(li, event_id, Stage.PLAN)
    kinds.append(client.get(url).json["kind"])
    events.estimated(li, event_id, Stage.ACTUAL)
    kinds.append(client.get(url).json["kind"])
    credits.paid(events.offered(li, event_id))
    settle()
    told = client.get(url).json
    assert [*kinds, told["kind"]] == ["draft", "estimate", "actual", "neutral"]
    document = told["document"]
    assert sha256(rfc8785.dumps(document)).hexdigest() == told["sha256"]
    offset = document["offset"]
    assert (offset["retired_kg"], offset["surplus_kg"]) == ("660", "0")
    (part,) = offset["retirements"]
    assert sum(int(line["kg"]) for line in part["credits"]) == 660
    assert part["credits"][0]["serials"]
    emissions = document["emissions"]
    assert (emissions["total_kg"], emissions["need_kg"]) == ("659.1486154", "660")
    assert sum(float(kg) for kg in emissions["levels"].values()) == pytest.approx(659.1486154)
    assert {each["name"]["zh"] for each in document["excluded"]} >= {"餐饮", "用水"}
    assert emissions["factors"]
    # A later estimate that needs more takes the title away again.
    more = InventoryDraft((events.entry("electricity", "9000"), events.entry("room_night", "2")))
    with transaction() as session:
        service.save_inventory(session, li.actor, event_id, more, clock.now())
    events.estimated(li, event_id, Stage.ACTUAL)
    assert client.get(url).json["kind"] == "actual"


def test_only_a_neutral_event_is_confirmed_and_each_body_speaks_once(client, li, settle):
    event_id = events.prepared(li)
    events.estimated(li, event_id)
    url = f"/api/events/{event_id}/confirmations"
    body = {"organisation_id": str(organisation(events.FORESTRY)), "says_zh": "内容真实。"}
    early = put(client, li, f"{url}/{uuid4()}", body)
    assert (early.status_code, early.json["code"]) == (409, "not_neutral_yet")
    event_id = neutral(li, settle)
    url = f"/api/events/{event_id}/confirmations"
    name = uuid4()
    told = put(client, li, f"{url}/{name}", body)
    assert told.status_code == 201
    assert put(client, li, f"{url}/{name}", body).json == told.json
    (own,) = told.json["confirmations"]
    assert (own["kind"], own["is_current"], own["sha256"]) == ("self", True, told.json["sha256"])
    twice = put(client, li, f"{url}/{uuid4()}", body)
    assert (twice.status_code, twice.json["code"]) == (409, "name_taken")
    assessor = person("王芳", (BODY, Role.VERIFIER))
    judged = {"organisation_id": str(organisation(BODY)), "says_zh": "经评价，声明属实。"}
    # The clock stands still in a test: the body speaks an hour later.
    with clock.stopped(clock.now() + timedelta(hours=1)):
        found = put(client, assessor, f"{url}/{uuid4()}", judged).json["confirmations"]
    assert [each["kind"] for each in found] == ["self", "independent"]


def test_an_independent_body_has_no_part_in_the_event(client, li, settle):
    event_id = neutral(li, settle)
    url = f"/api/events/{event_id}/confirmations"
    # The organiser's own verifiers, and verifiers who work for the organiser as well.
    inside = person("赵六", (events.FORESTRY, Role.VERIFIER))
    own = {"organisation_id": str(organisation(events.FORESTRY)), "says_zh": "属实。"}
    assert put(client, inside, f"{url}/{uuid4()}", own).status_code == 403
    both = person("钱七", (BODY, Role.VERIFIER), (events.FORESTRY, Role.MANUFACTURER))
    body = {"organisation_id": str(organisation(BODY)), "says_zh": "属实。"}
    refused = put(client, both, f"{url}/{uuid4()}", body)
    assert (refused.status_code, refused.json["code"]) == (409, "not_independent")
    rival = person("孙八", ("别的单位", Role.ORGANISER))
    other = {"organisation_id": str(organisation("别的单位")), "says_zh": "属实。"}
    assert put(client, rival, f"{url}/{uuid4()}", other).status_code == 403
    assert client.get(f"/api/events/{event_id}/statement").json["confirmations"] == []


def test_a_new_forest_is_open_for_six_years_and_never_counts_as_retired(client, li):
    event_id = events.prepared(li)
    events.estimated(li, event_id)
    url = f"/api/events/{event_id}/forest"
    assert client.get(url).status_code == 404
    forest = {
        "place": "将乐县常口村后山", "latitude": "26.7", "longitude": "117.5", "area_mu": "12",
        "species": "木荷", "planted_on": "2026-03-12", "plan": "块状整地", "monitoring": "每年一次",
        "methodology": "AR-CM-001-V01", "expected_kg": 60_000,
    }  # fmt: skip
    name = uuid4()
    told = put(client, li, f"{url}/{name}", forest)
    assert (told.status_code, told.json["state"], told.json["open_until"]) == (
        201, "open", "2032-03-05",
    )  # fmt: skip
    assert put(client, li, f"{url}/{name}", forest).json == told.json
    standing = client.get(f"/api/events/{event_id}").json["standing"]
    assert (standing["state"], standing["retired_kg"]) == ("forest_open", 0)
    assert standing["forest_until"] == "2032-03-05"
    assert standing["lacking_kg"] == 660
    certified = forest | {"certified_kg": 660, "certified_on": "2026-03-12"}
    refused = put(client, li, f"{url}/{uuid4()}", certified)
    assert refused.json["errors"][0]["code"] == "certificate_incomplete"
    whole = certified | {"certifier": "某核证机构"}
    assert put(client, li, f"{url}/{uuid4()}", whole).json["state"] == "certified"
    after = client.get(f"/api/events/{event_id}").json["standing"]
    assert (after["state"], after["retired_kg"], after["neutral_since"]) == ("estimated", 0, None)
    stated = client.get(f"/api/events/{event_id}/statement").json
    assert (stated["kind"], stated["document"]["offset"]["retired_kg"]) == ("actual", "0")


def test_what_an_expert_assumes_is_entered_by_operators_versioned_and_told(client, li):
    operator = person("周洋", ("省生态环境厅", Role.OPERATOR))
    draft = {
        "key": "hotel.star-5", "activity": "room_night", "multiplier": "1.2",
        "name_zh": "五星级酒店", "name_en": "Five-star hotel", "basis": "测试用的判断",
    }  # fmt: skip
    url = "/api/events/assumptions"
    assert put(client, li, f"{url}/{uuid4()}", draft).status_code == 403
    name = uuid4()
    for _ in range(2):
        assert put(client, operator, f"{url}/{name}", draft).json["version"] == 1
    event_id = events.prepared(
        li, inventory=InventoryDraft((events.entry("room_night", "2", assumed="hotel.star-5"),
                                      events.entry("electricity", "1000"))),
    )  # fmt: skip
    before = events.estimated(li, event_id)
    higher = draft | {"multiplier": "1.5"}
    assert put(client, operator, f"{url}/{uuid4()}", higher).json["version"] == 2
    after = events.estimated(li, event_id)
    rooms = [
        next(x for x in json.loads(v.document)["lines"] if x["activity"] == "room_night")
        for v in (before, after)
    ]
    # 2 × 53.5 kg, once times 1.2 and once times 1.5; the first version stays as it was.
    assert [room["kg"] for room in rooms] == ["128.4", "160.5"]
    assert [room["assumption"]["version"] for room in rooms] == [1, 2]
    assert all("expert_assumption" in room["marks"] for room in rooms)
    inventory = f"/api/events/{event_id}/inventory"
    wrong = {"entries": [{"activity": "electricity", "amount": "1", "level": "measured",
                          "assumed": "hotel.star-5"}]}  # fmt: skip
    answer = client.put(inventory, json=wrong, headers={**li.headers, "If-Match": '"1"'})
    assert [(e["row"], e["code"]) for e in answer.json["errors"]] == [(1, "unknown_assumption")]


def test_a_surplus_of_one_event_serves_no_other(client, li, settle):
    credits.on_sale(credits.draft(Kind.FFCER, 10_000, 1555))
    first = events.prepared(li)
    events.estimated(li, first)
    credits.paid(events.offered(li, first))
    settle()
    standing = client.get(f"/api/events/{first}").json["standing"]
    # 660 kg were needed, FFCER come by the tonne.
    assert (standing["retired_kg"], standing["surplus_kg"]) == (1000, 340)
    other = events.prepared(li)
    events.estimated(li, other)
    assert client.get(f"/api/events/{other}").json["standing"]["lacking_kg"] == 660
    again = "INSERT INTO events_retirement SELECT retirement_id, :event, offer_id, 340, retired_at"
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(text(f"{again} FROM events_retirement"), {"event": other})


def test_the_database_keeps_plans_forests_and_words_as_they_were(client, li, settle):
    event_id = neutral(li, settle)
    planning.planned(li, event_id)
    planning.forest_recorded(li, event_id)
    planning.confirmed(li, event_id)
    planning.assumed(person("周洋", ("省生态环境厅", Role.OPERATOR)))
    for table in ("reduction_plan", "forest_route", "confirmation", "assumption"):
        for change in (f"DELETE FROM events_{table}", f"TRUNCATE events_{table} CASCADE"):
            with pytest.raises(IntegrityError), transaction() as session:
                session.execute(text(change))
