"""From an event's description to the day on which it may be called neutral."""

import json
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from puhui.credits.kind import Kind
from puhui.db.session import snapshot, transaction
from puhui.events import queries, service
from puhui.events.activity import Source
from puhui.events.city import gazetteer
from puhui.events.document import recompute
from puhui.events.draft import InventoryDraft
from puhui.events.errors import (
    CitiesUndecided,
    NoAttendees,
    NothingNeeded,
    NotOverYet,
    UnknownEvent,
)
from puhui.events.estimate import Stage
from puhui.events.neutrality import State
from puhui.kernel import clock
from puhui.kernel.actor import Role
from puhui.kernel.errors import Forbidden, Invalid
from tests.fixtures import NOON
from tests.makers import credits, events
from tests.makers.factors import publish_shipped
from tests.makers.identity import person


@pytest.fixture
def li(database, noon):
    publish_shipped()
    return person("李雷", (events.FORESTRY, Role.ORGANISER))


def standing(event_id, at=None):
    with snapshot() as session:
        found = queries.event(session, event_id)
        return queries.standing(session, found, at or clock.now())


def test_an_estimate_names_the_factor_of_every_line_and_its_parts_add_up(li):
    version = events.estimated(li, events.prepared(li))
    document = json.loads(version.document)
    kg = {line["activity"]: line["kg"] for line in document["lines"]}
    # Fuzhou 169.7 km × 1.2 detour × 2 × 0.03048; Xiamen 202.1 km × 1.5 × 2 × 0.19567
    assert kg["high_speed_rail"] == "12.4138944"
    assert kg["car"] == "118.634721"
    assert kg["electricity"] == "421.1"  # 1,000 kWh × 0.4211, Fujian 2023
    assert kg["room_night"] == "107"  # 2 × 53.5
    assert document["total_kg"] == "659.1486154"
    assert Decimal(document["co2_kg"]) + Decimal(document["co2e_kg"]) == version.total_kg
    assert version.need_kg == 660
    assert {line["factor"] for line in document["lines"]} == set(document["factors"])
    assert document["factors"]["grid.cn-fj.co2@2023.1"]["year"] == 2023
    assert recompute(document, json.loads(version.annex)) == []


def test_the_same_estimate_again_is_the_same_version(li):
    event_id, estimate_id = events.prepared(li), uuid4()
    for _ in range(2):
        with transaction() as session:
            version = service.estimate_event(
                session, li.actor, event_id, estimate_id, Stage.PLAN, clock.now()
            )
    assert version.number == 1
    assert events.estimated(li, event_id).number == 2


def test_an_estimate_never_changes(li, database):
    version = events.estimated(li, events.prepared(li))
    for change in ("SET total_kg = 1, co2_kg = 1, co2e_kg = 0, need_kg = 1", "SET sha256 = 'x'"):
        with pytest.raises(IntegrityError, match="never changed"), database.begin() as connection:
            connection.execute(text(f"UPDATE events_estimate {change}"))
    with pytest.raises(IntegrityError, match="never changed"), database.begin() as connection:
        connection.execute(text("DELETE FROM events_estimate"))
    with database.begin() as connection:  # where people came from is deleted when its time is over
        connection.execute(text("UPDATE events_estimate SET annex = NULL"))
    with snapshot() as session:
        assert queries.estimate(session, version.event_id).sha256 == version.sha256


def test_a_source_inside_the_boundary_without_data_is_refused_not_counted_as_nothing(li):
    event_id = events.prepared(
        li,
        inventory=InventoryDraft((events.entry("water_supply", "5"),)),
        boundary=events.boundary(Source.TRAVEL, Source.CATERING, Source.DIGITAL),
    )
    with pytest.raises(Invalid) as refusal:
        events.estimated(li, event_id)
    assert {(fault.code, fault.field) for fault in refusal.value.faults} == {
        ("no_data", "catering"),
        ("no_data", "digital"),
        ("data_of_excluded_source", "water"),
    }


def test_every_source_is_decided_and_leaving_one_out_needs_a_reason(li):
    with pytest.raises(Invalid) as refusal:
        events.described(li, boundary=events.boundary(Source.TRAVEL)[:-1])
    assert [fault.field for fault in refusal.value.faults] == ["boundary.digital"]
    silent = tuple(
        type(bound)(bound.source, bound.included) for bound in events.boundary(Source.TRAVEL)
    )
    with pytest.raises(Invalid) as refusal:
        events.described(li, boundary=silent)
    assert len(refusal.value.faults) == 9


def test_travel_needs_a_list_and_every_city_decided(li):
    with pytest.raises(NoAttendees):
        events.estimated(li, events.prepared(li, attendees=""))
    event_id = events.prepared(li, attendees="城市,晚数\n福州,1\n厦们,1\nFuzhou,1\n")
    with pytest.raises(CitiesUndecided) as refusal:
        events.estimated(li, event_id)
    assert refusal.value.details["written"] == ["Fuzhou", "厦们"]
    with snapshot() as session:
        list_id = queries.newest_list(session, event_id).list_id
    with transaction() as session:
        service.decide_cities(
            session,
            li.actor,
            event_id,
            list_id,
            {
                "厦们": gazetteer().by_code("350200"),
                "Fuzhou": {4: gazetteer().by_code("361000")},
            },
            clock.now(),
        )
    people = json.loads(events.estimated(li, event_id).annex)["groups"]
    assert {group["city"]["name_zh"] for group in people} == {"福州市", "厦门市", "抚州市"}


def test_actual_figures_come_after_the_event(li):
    event_id = events.prepared(li, ends_on=date(2026, 3, 13))
    with pytest.raises(NotOverYet):
        events.estimated(li, event_id, Stage.ACTUAL)
    assert events.estimated(li, event_id, Stage.PLAN).number == 1


def test_only_the_organisers_of_an_event_touch_it(li):
    event_id = events.prepared(li)
    with pytest.raises(Forbidden):
        events.estimated(person("韩梅梅"), event_id)
    with pytest.raises(UnknownEvent):
        events.estimated(person("王五", ("别的单位", Role.ORGANISER)), event_id)


def test_an_event_becomes_neutral_when_what_was_retired_covers_its_actual_emissions(li, settle):
    credits.on_sale(credits.draft(Kind.ONE_YUAN, 10_000, 10_000))
    event_id = events.prepared(li)
    events.estimated(li, event_id)
    assert standing(event_id).state is State.ESTIMATED
    hold = events.offered(li, event_id)
    assert (hold.need_kg, hold.total_kg) == (660, 660)
    assert standing(event_id).state is State.OFFERED
    credits.paid(hold)
    assert standing(event_id).state is State.PAID
    settle()
    found = standing(event_id)
    assert (found.state, found.retired_kg, found.surplus_kg) == (State.NEUTRAL, 660, 0)
    settle()
    assert standing(event_id).retired_kg == 660


def test_an_event_covered_before_it_happened_is_neutral_only_by_its_actual_figures(li, settle):
    credits.on_sale(credits.draft(Kind.FFCER, 10_000, 1_555))
    event_id = events.prepared(li, starts_on=date(2026, 3, 20), ends_on=date(2026, 3, 20))
    events.estimated(li, event_id, Stage.PLAN)
    credits.paid(events.offered(li, event_id))
    settle()
    assert (standing(event_id).state, standing(event_id).surplus_kg) == (State.COVERED, 340)
    with pytest.raises(NothingNeeded):
        events.offered(li, event_id)
    with clock.stopped(NOON + timedelta(days=10)):
        events.estimated(li, event_id, Stage.ACTUAL)
        assert standing(event_id).state is State.NEUTRAL


def test_more_actual_emissions_than_planned_need_more_credits(li, settle):
    credits.on_sale(credits.draft(Kind.ONE_YUAN, 10_000, 10_000))
    event_id = events.prepared(li)
    events.estimated(li, event_id, Stage.PLAN)
    credits.paid(events.offered(li, event_id))
    settle()
    more = InventoryDraft((events.entry("electricity", "1100"), events.entry("room_night", "2")))
    with transaction() as session:
        service.save_inventory(session, li.actor, event_id, more, clock.now())
    events.estimated(li, event_id, Stage.ACTUAL)  # 42.11 kg more: 702 kg
    assert (standing(event_id).state, standing(event_id).lacking_kg) == (State.ESTIMATED, 42)
    credits.paid(events.offered(li, event_id))
    settle()
    assert (standing(event_id).state, standing(event_id).retired_kg) == (State.NEUTRAL, 710)


def test_after_a_year_it_is_too_late_to_become_neutral(li, settle):
    credits.on_sale(credits.draft(Kind.ONE_YUAN, 10_000, 10_000))
    event_id = events.prepared(li, starts_on=date(2025, 3, 11), ends_on=date(2025, 3, 11))
    events.estimated(li, event_id)
    credits.paid(events.offered(li, event_id))
    settle()
    assert standing(event_id).state is State.COVERED


def test_a_repeated_request_keeps_the_first_offer(li):
    credits.on_sale(credits.draft(Kind.ONE_YUAN, 10_000, 10_000))
    event_id, offer_id = events.prepared(li), uuid4()
    events.estimated(li, event_id)
    found = []
    for _ in range(2):
        with transaction() as session:
            found.append(
                service.request_bundle(
                    session, li.actor, event_id, offer_id, credits.Wishes(), clock.now()
                )
            )
    assert found[0] == found[1]


def test_an_offer_that_expires_leaves_the_event_where_it_was(li, settle):
    credits.on_sale(credits.draft(Kind.ONE_YUAN, 10_000, 10_000))
    event_id = events.prepared(li)
    events.estimated(li, event_id)
    events.offered(li, event_id)
    with clock.stopped(NOON + timedelta(days=30)):
        settle()
        assert standing(event_id).state is State.ESTIMATED


def test_what_is_kept_of_a_list_names_nobody(li, database):
    events.prepared(li, attendees="姓名,手机,城市,晚数\n周杰,13812345678,福州,1\n")
    with database.connect() as connection:
        kept = connection.scalar(text("SELECT string_agg(events_list::text, '') FROM events_list"))
    assert "周杰" not in kept
    assert "13812345678" not in kept


def test_where_people_came_from_is_forgotten_two_years_on_and_the_figures_stay(
    li, database, settle
):
    event_id = events.prepared(li)
    version = events.estimated(li, event_id)

    def kept() -> tuple[int, int]:
        with database.connect() as connection:
            trips = "SELECT count(*) FROM events_list WHERE groups <> '[]' OR questions <> '[]'"
            annexes = "SELECT count(*) FROM events_estimate WHERE annex IS NOT NULL"
            return connection.scalar(text(trips)), connection.scalar(text(annexes))

    # The event ended on 5 March 2026.
    for day, left in ((date(2028, 3, 5), (1, 1)), (date(2028, 3, 6), (0, 0))):
        with clock.stopped(NOON + (day - NOON.date())):
            settle()
        assert kept() == left
    with snapshot() as session:
        found = queries.estimate(session, event_id)
        document = queries.document(found)
    assert (found.sha256, found.total_kg) == (version.sha256, version.total_kg)
    assert recompute(document) == []
