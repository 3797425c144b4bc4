"""Attendees tell their own trip by a link; the next estimate uses it."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from puhui.db.session import snapshot, transaction
from puhui.events import queries, service
from puhui.events.activity import Source
from puhui.events.document import recompute
from puhui.events.errors import (
    EnquiryOver,
    EveryoneAnswered,
    NoTravel,
    UnknownAnswer,
    UnknownEnquiry,
    UnknownEvent,
)
from puhui.events.travel import Mode
from puhui.kernel import clock
from puhui.kernel.actor import Role
from puhui.kernel.errors import Forbidden, Invalid
from tests.fixtures import NOON
from tests.makers import events
from tests.makers.events import answered, asked, trip
from tests.makers.factors import publish_shipped
from tests.makers.identity import person

RAIL, CAR, AIR = Mode.HIGH_SPEED_RAIL, Mode.CAR, Mode.AIR


@pytest.fixture
def li(database, noon):
    publish_shipped()
    return person("李雷", (events.FORESTRY, Role.ORGANISER))


def count(event_id) -> int:
    with snapshot() as session:
        return queries.count_answers(session, event_id)


def test_an_answer_takes_a_place_on_the_list_and_the_version_says_so(li):
    # The list: one from Fuzhou by rail, one from Xiamen by car, one at home.
    event_id = events.prepared(li)
    before = json.loads(events.estimated(li, event_id).document)
    assert "basis" not in before
    link = asked(li, event_id)
    answered(link.code, trip("厦门", RAIL))
    version = events.estimated(li, event_id)
    document, annex = json.loads(version.document), json.loads(version.annex)
    assert document["basis"] == {
        "ground": "list_and_answers",
        "attendees": 3,
        "listed": 3,
        "answered": 1,
        "replaced": 1,
        "rate_percent": "33.33",
    }
    kg = {line["activity"]: line["kg"] for line in document["lines"]}
    assert "car" not in kg
    # Fuzhou 169.7 km and Xiamen 202.1 km, × 1.2 detour × 2 × 0.03048
    assert kg["high_speed_rail"] == "27.1979136"
    assert document["attendees"] == 3
    assert recompute(document, annex) == []
    # Somebody counted twice would be seen by whoever computes again.
    annex["answers"]["listed"][0]["people"] += 1
    assert recompute(document, annex) == ["annex: another file than the one the document names"]


def test_answers_without_a_list_are_extrapolated_to_everybody_registered(li):
    event_id = events.prepared(li, attendees="", people=4)
    link = asked(li, event_id)
    answered(link.code, trip("福州", RAIL))
    answered(link.code, trip("厦门", CAR))
    version = events.estimated(li, event_id)
    document = json.loads(version.document)
    assert document["basis"]["ground"] == "answers"
    assert document["response"]["rate_percent"] == "50"
    # (12.4138944 + 118.634721) kg of two, so twice that for four
    assert document["sources"]["travel"] == "262.0972308"
    assert Decimal(document["response"]["margin_kg"]) > 0
    assert recompute(document, json.loads(version.annex)) == []


def test_the_same_answer_again_is_one_answer_and_another_content_puts_it_right(li):
    event_id = events.prepared(li)
    link, name = asked(li, event_id), uuid4()
    code = answered(link.code, trip("厦门", RAIL), name)
    assert answered(link.code, trip("厦门", RAIL), name) == code
    assert count(event_id) == 1
    answered(link.code, trip("福州", AIR), name)
    with transaction() as session:
        service.correct_answer(session, code.lower(), trip("上海", AIR, 2), clock.now())
    with snapshot() as session:
        card = queries.answer_card(session, queries.answer_of_code(session, code), clock.now())
    assert (card.city.name_zh, card.mode, card.nights, card.version) == ("上海市", AIR, 2, 3)
    assert count(event_id) == 1


def test_only_what_the_sum_needs_is_kept(li, database):
    event_id = events.prepared(li, boundary=events.boundary(Source.TRAVEL))
    link = asked(li, event_id)
    answered(link.code, trip("厦门", RAIL, nights=3, sharing=4))
    code = answered(link.code, trip("厦门", CAR, nights=None, sharing=4))
    with database.connect() as connection:
        kept = connection.execute(
            text("SELECT nights, sharing, events_answer::text FROM events_answer ORDER BY mode")
        ).all()
    assert [row[:2] for row in kept] == [(None, 4), (None, 1)]
    assert all(code not in row[2] for row in kept)


def test_where_lodging_counts_nights_are_asked(li):
    link = asked(li, events.prepared(li))
    with pytest.raises(Invalid) as refusal:
        answered(link.code, trip("厦门", RAIL, nights=None))
    assert [fault.field for fault in refusal.value.faults] == ["nights"]


def test_a_deleted_answer_is_gone_and_the_version_made_with_it_stays(li):
    event_id = events.prepared(li)
    code = answered(asked(li, event_id).code, trip("厦门", RAIL))
    version = events.estimated(li, event_id)
    with transaction() as session:
        service.withdraw_answer(session, code)
    with pytest.raises(UnknownAnswer), transaction() as session:
        service.withdraw_answer(session, code)
    assert "basis" not in json.loads(events.estimated(li, event_id).document)
    with snapshot() as session:
        assert queries.estimate(session, event_id, 1).sha256 == version.sha256


def test_a_link_ends_with_its_day_or_when_it_is_closed_and_a_new_one_takes_its_place(li):
    event_id = events.prepared(li)
    link = asked(li, event_id, until=date(2026, 3, 12))
    code = answered(link.code, trip("厦门", RAIL))
    with clock.stopped(NOON + timedelta(hours=12)):  # midnight in China
        with pytest.raises(EnquiryOver):
            answered(link.code, trip("福州", RAIL))
        with pytest.raises(EnquiryOver), transaction() as session:
            service.correct_answer(session, code, trip("福州", RAIL), clock.now())
        with transaction() as session:  # it is let last longer
            service.open_enquiry(
                session, li.actor, event_id, link.enquiry_id, date(2026, 3, 20), clock.now()
            )
        answered(link.code, trip("福州", RAIL))
    newer = asked(li, event_id)
    assert newer.code != link.code
    with pytest.raises(EnquiryOver):
        answered(link.code, trip("福州", RAIL))
    # What was answered by the old link counts, and can be put right while the event still asks.
    with transaction() as session:
        service.correct_answer(session, code, trip("泉州", RAIL), clock.now())
    assert count(event_id) == 2
    with transaction() as session:
        service.close_enquiry(session, li.actor, event_id, link.enquiry_id, clock.now(), void=True)
    assert count(event_id) == 0
    with pytest.raises(EnquiryOver), transaction() as session:
        service.open_enquiry(
            session, li.actor, event_id, link.enquiry_id, date(2026, 3, 21), clock.now()
        )


def test_a_links_last_day_is_neither_over_nor_more_than_a_year_after_the_event(li):
    event_id = events.prepared(li)
    for day, code in ((date(2026, 3, 11), "in_the_past"), (date(2027, 3, 6), "too_late")):
        with pytest.raises(Invalid) as refusal:
            asked(li, event_id, until=day)
        assert [fault.code for fault in refusal.value.faults] == [code]
    assert asked(li, event_id, until=date(2027, 3, 5)).expires_at


def test_nobody_is_asked_for_trips_that_are_not_counted_nor_by_strangers(li):
    with pytest.raises(NoTravel):
        asked(li, events.described(li, boundary=events.boundary(Source.VENUE_ENERGY)))
    event_id = events.prepared(li)
    with pytest.raises(Forbidden):
        asked(person("韩梅梅"), event_id)
    with pytest.raises(UnknownEvent):
        asked(person("王五", ("别的单位", Role.ORGANISER)), event_id)
    with pytest.raises(UnknownEnquiry):
        answered("0123456789", trip("福州", RAIL))


def test_an_answer_of_one_event_is_not_touched_by_another_events_link(li):
    one, other = (asked(li, events.prepared(li)) for _ in range(2))
    name = uuid4()
    answered(one.code, trip("福州", RAIL), name)
    with pytest.raises(UnknownEnquiry):
        answered(other.code, trip("厦门", RAIL), name)


def test_eight_at_once_do_not_answer_for_more_than_are_registered(li):
    event_id = events.prepared(li, people=3)
    link, start = asked(li, event_id), Barrier(8)

    def answer() -> bool:
        start.wait()
        try:
            answered(link.code, trip("福州", RAIL))
        except EveryoneAnswered:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        taken = [done.result() for done in [pool.submit(answer) for _ in range(8)]]
    assert (sum(taken), count(event_id)) == (3, 3)


def test_one_form_sent_eight_times_at_once_is_one_answer(li):
    event_id, name, start = events.prepared(li), uuid4(), Barrier(8)
    link = asked(li, event_id)

    def answer() -> str:
        start.wait()
        return answered(link.code, trip("福州", RAIL), name)

    with ThreadPoolExecutor(8) as pool:
        codes = {done.result() for done in [pool.submit(answer) for _ in range(8)]}
    assert (len(codes), count(event_id)) == (1, 1)


def test_a_link_never_comes_to_belong_to_another_event(li, database):
    one, other = (events.prepared(li) for _ in range(2))
    link = asked(li, one)
    with transaction() as session:
        service.close_enquiry(session, li.actor, one, link.enquiry_id, clock.now())
    for change in (
        f"SET event_id = '{other}'",
        "SET code = '0123456789'",
        "SET closed_at = NULL",
        "SET expires_at = expires_at + interval '1 day'",
    ):
        with pytest.raises(IntegrityError, match="closed once"), database.begin() as connection:
            connection.execute(text(f"UPDATE events_enquiry {change}"))
    asked(li, one)
    with pytest.raises(IntegrityError), database.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO events_enquiry SELECT gen_random_uuid(), event_id, 'X', opened_by,"
                " opened_at, expires_at FROM events_enquiry WHERE closed_at IS NULL"
            )
        )


def test_answers_are_deleted_with_the_trips(li, database, settle):
    event_id = events.prepared(li)
    answered(asked(li, event_id).code, trip("厦门", RAIL))
    events.estimated(li, event_id)
    for day, left in ((date(2028, 3, 5), 1), (date(2028, 3, 6), 0)):
        with clock.stopped(NOON + (day - NOON.date())):
            settle()
        assert count(event_id) == left
