"""Answers take the places of the people on the list; nobody is counted twice."""

from hypothesis import given
from hypothesis import strategies as st

from puhui.events.answers import Basis, Ground, combine
from puhui.events.city import gazetteer
from puhui.events.estimate import Group
from puhui.events.travel import Mode

FUZHOU, XIAMEN, SANMING, SHANGHAI = (
    gazetteer().by_code(code) for code in ("350100", "350200", "350400", "310000")
)
RAIL, CAR, AIR = Mode.HIGH_SPEED_RAIL, Mode.CAR, Mode.AIR


def people(trips) -> dict[tuple[str, Mode | None], int]:
    found: dict[tuple[str, Mode | None], int] = {}
    for group in trips.groups:
        key = group.city.name_zh, group.mode
        found[key] = found.get(key, 0) + group.people
    return found


def test_without_answers_the_list_stands_as_it_is() -> None:
    listed = [Group(FUZHOU, RAIL, 3, 1), Group(XIAMEN, None, 2)]
    trips = combine(listed, [], 5)
    assert set(trips.groups) == set(listed)
    assert trips.basis == Basis(5, 5, 0, 0)
    assert trips.basis.ground is Ground.LIST


def test_an_answer_takes_the_place_of_who_came_alike_then_of_who_did_not_say_how() -> None:
    listed = [Group(FUZHOU, RAIL, 2), Group(FUZHOU, None, 2), Group(FUZHOU, AIR, 2)]
    assert people(combine(listed, [Group(FUZHOU, RAIL, 1)], 6)) == {
        ("福州市", RAIL): 2,
        ("福州市", None): 2,
        ("福州市", AIR): 2,
    }
    # Three came by car, whom the list does not know: two untold give way, then one of the four.
    trips = combine(listed, [Group(FUZHOU, CAR, 3)], 6)
    assert people(trips)[("福州市", CAR)] == 3
    assert ("福州市", None) not in people(trips)
    assert sum(group.people for group in trips.groups) == 6
    assert trips.basis.replaced == 3


def test_somebody_from_elsewhere_was_not_on_the_list_as_long_as_people_are_lacking() -> None:
    listed = [Group(FUZHOU, RAIL, 8), Group(XIAMEN, CAR, 2)]
    trips = combine(listed, [Group(SHANGHAI, AIR, 2)], 12)
    assert people(trips) == {
        ("上海市", AIR): 2,
        ("福州市", RAIL): 8,
        ("厦门市", CAR): 2,
    }
    # Five places, all on the list: 8:2 of 10 give up 5, so 4 and 1.
    trips = combine(listed, [Group(SHANGHAI, AIR, 5)], 10)
    assert people(trips) == {("上海市", AIR): 5, ("福州市", RAIL): 4, ("厦门市", CAR): 1}
    assert trips.basis == Basis(10, 10, 5, 5)


def test_answers_alone_are_a_basis_and_more_answers_than_people_raise_the_number() -> None:
    trips = combine([], [Group(FUZHOU, RAIL, 4)], 10)
    assert (trips.basis.ground, trips.basis.rate_percent) == (Ground.ANSWERS, 40)
    trips = combine([Group(XIAMEN, CAR, 3)], [Group(FUZHOU, RAIL, 7)], 5)
    assert people(trips) == {("福州市", RAIL): 7}
    assert trips.basis.attendees == 7


GROUPS = st.lists(
    st.builds(
        Group,
        st.sampled_from([FUZHOU, XIAMEN, SANMING, SHANGHAI]),
        st.sampled_from([None, RAIL, CAR, AIR]),
        st.integers(1, 9),
        st.sampled_from([None, 0, 1]),
        st.integers(1, 2),
    ),
    max_size=8,
)


@given(GROUPS, GROUPS, st.integers(1, 90))
def test_everybody_is_counted_once_and_every_answer_counts(listed, answered, attendees) -> None:
    trips = combine(listed, answered, attendees)
    on_list, told = (sum(g.people for g in groups) for groups in (listed, answered))
    known = sum(group.people for group in trips.groups)
    assert known == on_list - trips.basis.replaced + told
    assert known <= max(attendees, on_list, told)
    assert known >= max(on_list, told)
    assert all(group.people > 0 for group in trips.groups)
    came = {}
    for group in trips.groups:
        key = group.city, group.mode, group.nights, group.sharing
        assert key not in came
        came[key] = group.people
    for group in trips.answered:
        assert came[group.city, group.mode, group.nights, group.sharing] >= group.people
    # The order in which they came leaves no trace, and what is kept gives the same again.
    assert combine(listed[::-1], answered[::-1], attendees) == trips
    assert combine(trips.listed, trips.answered, trips.basis.attendees) == trips
