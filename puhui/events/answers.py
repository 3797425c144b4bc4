"""Attendees who told their own trip, put in the place of what the list said.

An open link does not say which line of the list its answer belongs to, so answers take places:
each answer stands for one attendee, and for each one attendee less is counted from the list.
First gives way whoever came from the same city in the same way, then whoever came from the same
city and did not say how, then anybody of that city. An answer from a city that the list does not
name is taken for somebody who was not on it, as long as people are lacking; after that it takes a
place in proportion among all who are left. So nobody is counted twice, the number of people is
never more than registered (or answered), and the same list and answers always give the same trips.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum

from puhui.events.attendee_list import in_order
from puhui.events.estimate import Group
from puhui.kernel.quantity import EXACT
from puhui.kernel.text import N_

_HUNDREDTH = Decimal("0.01")


class Ground(StrEnum):
    """What the trips of an estimate rest on."""

    LIST = "list"
    ANSWERS = "answers"
    LIST_AND_ANSWERS = "list_and_answers"


GROUND_NAMES = {
    Ground.LIST: N_("按参会名单"),
    Ground.ANSWERS: N_("按参会者自己的填报"),
    Ground.LIST_AND_ANSWERS: N_("按参会名单，已填报的人以其填报为准"),
}


@dataclass(frozen=True)
class Basis:
    """How many people the trips come from, and from where. Numbers of people."""

    attendees: int
    listed: int
    """On the list before anybody answered."""
    answered: int
    replaced: int
    """Places on the list that answers have taken; the other answers added somebody."""

    @property
    def ground(self) -> Ground:
        """Return what the trips rest on."""
        if not self.answered:
            return Ground.LIST
        return Ground.LIST_AND_ANSWERS if self.listed else Ground.ANSWERS

    @property
    def rate_percent(self) -> Decimal:
        """Return the share of attendees who answered, in per cent to two decimals."""
        share = EXACT.divide(Decimal(self.answered * 100), Decimal(self.attendees))
        return share.quantize(_HUNDREDTH, ROUND_HALF_EVEN)


@dataclass(frozen=True)
class Trips:
    """Everybody whose trip is known, once."""

    groups: tuple[Group, ...]
    basis: Basis
    listed: tuple[Group, ...]
    answered: tuple[Group, ...]


def combine(listed: Sequence[Group], answered: Sequence[Group], attendees: int) -> Trips:
    """Return the trips of a list on which answers have taken their places.

    `attendees` is the registered number of people; more on the list, or more answers, raise it.
    """
    on_list = sum(group.people for group in listed)
    if not answered:
        everybody = _joined(listed)
        return Trips(everybody, Basis(max(attendees, on_list), on_list, 0, 0), everybody, ())
    places, answers = _by_city(listed), _by_city(answered)
    told = sum(group.people for group in answered)
    strangers = 0
    for code, theirs in answers.items():
        strangers += _seat(places.get(code, {}), theirs)
    not_listed = max(attendees - on_list, 0)
    _take([(city, way) for city in places.values() for way in city], strangers - not_listed)
    rest = [group for city in places.values() for group in _as_groups(city)]
    people = sum(group.people for group in rest) + told
    return Trips(
        groups=_joined(rest, answered),
        basis=Basis(
            attendees=max(attendees, people),
            listed=on_list,
            answered=told,
            replaced=on_list - (people - told),
        ),
        listed=_joined(listed),
        answered=_joined(answered),
    )


_City = dict[Group, int]
"""The people of one city by the way in which they come: a group of nobody stands for the way."""


def _by_city(groups: Iterable[Group]) -> dict[str, _City]:
    """Return the people of each city, cities and ways in order."""
    found: dict[str, _City] = {}
    for group in in_order(groups):
        city = found.setdefault(group.city.code, {})
        way = replace(group, people=0)
        city[way] = city.get(way, 0) + group.people
    return found


def _as_groups(city: _City) -> Iterator[Group]:
    return (replace(way, people=people) for way, people in city.items() if people)


def _joined(*parts: Iterable[Group]) -> tuple[Group, ...]:
    """Return the parts as one, in order."""
    cities = _by_city(group for part in parts for group in part)
    return tuple(group for city in cities.values() for group in _as_groups(city))


def _seat(places: _City, answers: _City) -> int:
    """Let the answers of a city take places in it, nearest first; return how many found none."""
    waiting = dict(answers)
    for fits in _NEARER:
        for answer in waiting:
            fitting = [(places, way) for way in places if fits(way, answer)]
            waiting[answer] -= _take(fitting, waiting[answer])
    return sum(waiting.values())


_NEARER: Sequence[Callable[[Group, Group], bool]] = (
    lambda way, answer: (
        (way.mode, way.nights, way.sharing) == (answer.mode, answer.nights, answer.sharing)
    ),
    lambda way, answer: way.mode == answer.mode,
    lambda way, answer: way.mode is None,
    lambda way, answer: True,
)
"""Who of a city gives way to an answer, nearest first."""


def _take(places: Sequence[tuple[_City, Group]], count: int) -> int:
    """Take up to so many people out of `places`, in proportion; return how many.

    What does not divide goes to the largest remainders, and among equals to the first.
    """
    whole = sum(city[way] for city, way in places)
    count = min(count, whole)
    if count <= 0:
        return 0
    shares = [divmod(city[way] * count, whole) for city, way in places]
    lacking = count - sum(share for share, _ in shares)
    by_remainder = sorted(range(len(places)), key=lambda place: (-shares[place][1], place))
    more = set(by_remainder[:lacking])
    for place, (city, way) in enumerate(places):
        city[way] -= shares[place][0] + (place in more)
    return count
