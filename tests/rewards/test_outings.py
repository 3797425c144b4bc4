"""Outings: places that cannot be overbooked, lists of groups, checking in by place and time."""

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from puhui.db.session import snapshot, transaction
from puhui.evidence.geodesy import Datum, Place, to_gcj02
from puhui.identity import consents
from puhui.identity.errors import ConsentMissing
from puhui.identity.purpose import TEXTS
from puhui.kernel import clock
from puhui.kernel.actor import Role
from puhui.kernel.errors import DomainError, Invalid
from puhui.rewards.errors import (
    AlreadyBooked,
    FullyBooked,
    NameTaken,
    NoSuchBase,
    NoSuchBooking,
    NotThere,
    NotTheTime,
    OutingOver,
)
from puhui.rewards.outing import OutingDraft
from puhui.rewards.queries import outings as queries
from puhui.rewards.queries.places import Spot
from puhui.rewards.service import outings, places
from tests.makers.identity import SignedIn, person
from tests.makers.outing import booked, opened
from tests.makers.rewards import base
from tests.rewards.test_at_once import at_once

CENTRE = Place(Decimal("26.7321"), Decimal("117.4712"), Datum.WGS84)


@pytest.fixture
def zhou() -> SignedIn:
    return person("周运营", ("省平台", Role.OPERATOR))


@pytest.fixture
def li() -> SignedIn:
    return person("李雷")


def left(outing_id: UUID) -> int:
    with snapshot() as session:
        return queries.outing(session, outing_id).left


def test_eight_at_once_for_three_places_are_three(zhou) -> None:
    outing_id = opened(zhou, 3)
    people = [person(f"市民{n}") for n in range(8)]
    results = at_once(lambda n: booked(people[n], outing_id))
    assert sum(not isinstance(one, DomainError) for one in results) == 3
    assert all(isinstance(one, FullyBooked) for one in results if isinstance(one, DomainError))
    assert left(outing_id) == 0


def test_the_database_itself_refuses_to_overbook(zhou, li) -> None:
    outing_id = opened(zhou, 1)
    booked(li, outing_id)
    with pytest.raises(IntegrityError, match="never_overbooked"), transaction() as session:
        session.execute(
            text(
                "INSERT INTO rewards_booking (booking_id, outing_id, person_id, places, names,"
                " booked_at, came) VALUES (gen_random_uuid(), :outing, :person, 1, '[]', now(),"
                " '[]')"
            ),
            {"outing": outing_id, "person": zhou.person_id},
        )


def test_a_place_given_back_can_be_booked_again(zhou, li) -> None:
    outing_id, name = opened(zhou, 1), uuid4()
    first = booked(li, outing_id, name=name)
    assert booked(li, outing_id, name=name) == first
    with pytest.raises(AlreadyBooked if left(outing_id) else FullyBooked):
        booked(li, outing_id)
    with transaction() as session:
        for _ in range(2):
            outings.cancel_booking(session, li.actor, name, clock.now())
    assert left(outing_id) == 1
    booked(person("韩梅梅"), outing_id)
    assert left(outing_id) == 0


def test_nobody_books_twice_nor_what_is_over(zhou, li) -> None:
    outing_id = opened(zhou)
    booked(li, outing_id)
    with pytest.raises(AlreadyBooked):
        booked(li, outing_id)
    with transaction() as session:
        outings.cancel_outing(session, zhou.actor, outing_id, clock.now())
    with pytest.raises(OutingOver):
        booked(person("韩梅梅"), outing_id)


def test_a_group_books_by_its_list_and_hears_of_every_line(zhou) -> None:
    member = person("王强", ("山川公司", Role.MANUFACTURER))
    outing_id = opened(zhou, 4)
    with pytest.raises(Invalid) as refusal:
        booked(member, outing_id, "张三", "李四", "张三", group="山川公司")
    assert [(fault.row, fault.code) for fault in refusal.value.faults] == [(3, "name_twice")]
    with pytest.raises(Invalid):
        booked(person("路人"), outing_id, "张三", group="山川公司")
    with pytest.raises(FullyBooked):
        booked(member, outing_id, *"甲乙丙丁戊", group="山川公司")
    card = booked(member, outing_id, "张三", "李四", "王五", group="山川公司")
    assert (card.places, left(outing_id)) == (3, 1)
    with clock.stopped(clock.now() + timedelta(hours=25)), transaction() as session:
        told = outings.list_attendance(session, zhou.actor, card.booking_id, [1, 3], clock.now())
    assert told.came == (1, 3)
    with pytest.raises(NoSuchBooking), transaction() as session:
        outings.list_attendance(session, member.actor, card.booking_id, [2], clock.now())


def test_a_groups_list_is_forgotten_a_month_later_even_of_a_booking_given_back(zhou, li) -> None:
    member = person("王强", ("山川公司", Role.MANUFACTURER))
    kept = booked(member, opened(zhou, 4), "张三", "李四", group="山川公司")
    other = booked(member, opened(zhou, 4, hours=30), "王五", group="山川公司")
    with transaction() as session:
        outings.cancel_booking(session, member.actor, other.booking_id, clock.now())

    def names(days: int) -> list[tuple[str, ...]]:
        with clock.stopped(clock.now() + timedelta(days=days)), transaction() as session:
            outings.forget_names(session, clock.now())
            rows = session.execute(text("SELECT names FROM rewards_booking ORDER BY booked_at"))
            return sorted(tuple(found) for (found,) in rows)

    assert names(29) == [("张三", "李四"), ("王五",)]
    assert names(33) == [(), ()]
    assert kept.places == 2


def test_an_outing_keeps_to_capacity_season_and_its_organisers(zhou, li) -> None:
    opened(zhou, 40, capacity=60)
    with pytest.raises(Invalid) as refusal:
        opened(zhou, 30, capacity=60)
    assert refusal.value.faults[0].values == {"left": 20}
    opened(zhou, 30, hours=48)
    with pytest.raises(Invalid) as refusal:
        opened(zhou, 5, hours=24 * 90)
    assert [fault.code for fault in refusal.value.faults] == ["out_of_season"]
    now = clock.now()
    draft = OutingDraft(base(), now + timedelta(hours=5), now + timedelta(hours=6), 3)
    with pytest.raises(NoSuchBase), transaction() as session:
        outings.open_outing(session, li.actor, uuid4(), draft, now)


def test_a_base_of_unknown_capacity_takes_nobody(zhou) -> None:
    now = clock.now()
    draft = OutingDraft(base(), now + timedelta(hours=5), now + timedelta(hours=6), 3)
    with pytest.raises(Invalid) as refusal, transaction() as session:
        outings.open_outing(session, zhou.actor, uuid4(), draft, now)
    assert [fault.code for fault in refusal.value.faults] == ["capacity_unknown"]


@pytest.fixture
def at_the_base(zhou, li, noon: datetime):
    with transaction() as session:
        places.ensure_place(session, base(), Spot(CENTRE, 200), clock.now())
    outing_id = opened(zhou)
    card = booked(li, outing_id)
    with clock.stopped(noon + timedelta(hours=24)):
        yield card.booking_id


def agree(one: SignedIn) -> None:
    purpose = consents.Purpose.LOCATION
    with transaction() as session:
        consents.give(
            session, one.actor, one.person_id, purpose, TEXTS[purpose].hash, "page", clock.now()
        )


def checked_in(by: SignedIn, booking_id: UUID, here: Place, accuracy_m: int = 10):
    with transaction() as session:
        return outings.check_in(session, by.actor, booking_id, here, accuracy_m, clock.now())


def test_one_checks_in_at_the_base_and_only_the_distance_is_kept(li, at_the_base) -> None:
    with pytest.raises(ConsentMissing):
        checked_in(li, at_the_base, CENTRE)
    agree(li)
    card = checked_in(li, at_the_base, CENTRE)
    assert (card.came, card.came_by, card.metres_away) == ((1,), "place", 0)
    assert checked_in(li, at_the_base, CENTRE) == card


def test_a_shifted_map_turns_nobody_away(li, at_the_base) -> None:
    agree(li)
    north, east = to_gcj02(float(CENTRE.latitude), float(CENTRE.longitude))
    shifted = Place(Decimal(str(round(north, 6))), Decimal(str(round(east, 6))), None)
    assert checked_in(li, at_the_base, shifted).came_by == "place"


def test_nobody_checks_in_from_elsewhere_or_too_late(li, at_the_base) -> None:
    agree(li)
    with pytest.raises(NotThere):
        checked_in(li, at_the_base, Place(Decimal("26.80"), Decimal("117.4712")), 99_999)
    with clock.stopped(clock.now() + timedelta(hours=3)), pytest.raises(NotTheTime):
        checked_in(li, at_the_base, CENTRE)
    with pytest.raises(NoSuchBooking):
        checked_in(person("路人"), at_the_base, CENTRE)


def test_another_content_under_the_same_name_is_refused(zhou, li) -> None:
    name, first, second = uuid4(), opened(zhou), opened(zhou, hours=30)
    booked(li, first, name=name)
    with pytest.raises(NameTaken):
        booked(li, second, name=name)


def test_the_pages_book_list_and_cancel_without_script(client, zhou, li) -> None:
    client.set_cookie("puhui_session", zhou.token)
    with transaction() as session:
        outings.note_capacity(session, zhou.actor, base(), 60, clock.now())
    form = {"form_name": str(uuid4()), "base_id": str(base()), "day": "2026-03-14",
            "starts": "09:00", "ends": "11:00", "places": "2"}  # fmt: skip
    faulty = client.post("/outings/new", data={**form, "ends": "08:00"})
    assert (faulty.status_code, "十二小时以内" in faulty.text) == (422, True)
    sent = client.post("/outings/new", data=form)
    assert sent.status_code == 303
    page = sent.location
    client.set_cookie("puhui_session", li.token)
    assert "2 / 2" in client.get("/outings").text
    booking = str(uuid4())
    for _ in range(2):
        assert client.post(f"{page}/book", data={"form_name": booking}).status_code == 303
    assert "1 / 2" in client.get(page).text
    client.set_cookie("puhui_session", zhou.token)
    assert "李雷" in client.get(page).text
    client.set_cookie("puhui_session", li.token)
    assert "李雷" not in client.get(page).text
    assert client.post(f"{page}/bookings/{booking}/cancellation").status_code == 303
    assert "2 / 2" in client.get(page).text
