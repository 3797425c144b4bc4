"""Attendee lists as they come: read, checked, and reduced to what the sum needs.

Real lists have titles above the headings, empty lines, three encodings, people who registered
twice, and cities with and without 市. What cannot be read for certain is either a fault, told by
row and all at once, or a question that a person decides. Names, telephone numbers and addresses
serve to find people who stand there twice, and are forgotten with the file.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from puhui.events.attendee_file import MOST_BYTES, MOST_ROWS, table_of
from puhui.events.attendee_words import UnknownMode, mode_of
from puhui.events.city import Gazetteer
from puhui.events.estimate import Group
from puhui.events.travel import Mode
from puhui.kernel.city import City
from puhui.kernel.errors import Fault, Invalid
from puhui.kernel.text import N_

__all__ = [
    "MOST_BYTES",
    "AttendeeList",
    "Part",
    "Question",
    "Reading",
    "decide",
    "in_order",
    "read",
]

MOST_PEOPLE = 1_000_000
_LONGEST_PLACE = 60
_LONGEST_REMARK = 200

_TOTAL = re.compile(
    r"(合计|总计|小计|共计|总人数|(grand |sub)?total|sum)\s*([:：(（\d].*)?"
    r"|共\s*\d+\s*(人|位|名).*",
    re.I,
)
_REMARK = re.compile(
    r"(备注|说明|附注|注|制表人?|填表人?|审核人?|填报单位|填表日期|联系人|notes?|remarks?)\s*[:：].*",
    re.I | re.S,
)
_FIRST_LETTERS = frozenset("合总小共备说附注制填审联TtSsGgNnRr")
"""With which sums and remarks begin: most cells need no closer look."""
_RANGES = {"nights": (0, 366), "people": (1, 100_000), "sharing": (1, 60)}
_WHOLE = re.compile(r"(\d{1,6})(\.0+)?\s*(晚|夜|天|人|位|间|nights?|people|pax)?", re.I)
_BLANKS = re.compile(r"\s+")
_NO_DIGIT = re.compile(r"\D")


@dataclass(frozen=True)
class Question:
    """A place that names no city, or several, and the people who gave it."""

    written: str
    rows: tuple[int, ...]
    candidates: tuple[str, ...]
    """Codes of cities that it may mean."""
    parts: tuple["Part", ...]


@dataclass(frozen=True)
class Part:
    """A row whose city is yet to be decided."""

    row: int
    mode: Mode | None
    people: int
    nights: int | None
    sharing: int


@dataclass(frozen=True)
class AttendeeList:
    """What a file said, without anybody in it. `groups` and `questions` hold everyone once."""

    rows: int
    """Lines with people, duplicates included."""
    merged: int
    """Lines that were somebody a second time."""
    groups: tuple[Group, ...]
    questions: tuple[Question, ...]
    columns: tuple[str, ...]
    """What was understood: field names, in the file's order."""

    @property
    def people(self) -> int:
        """Return how many people it holds, undecided ones included."""
        return sum(g.people for g in self.groups) + sum(
            part.people for question in self.questions for part in question.parts
        )


class _Person(NamedTuple):
    row: int
    place: str
    mode: Mode | None
    people: int
    nights: int | None
    sharing: int | None


def read(file: bytes, cities: Gazetteer, venue: City) -> AttendeeList:
    """Return the list in a CSV or xlsx file.

    Whoever is online, or came on foot and named no city, makes no trip: they count at the venue.

    Raises:
        Invalid: the file cannot be read, or lines are faulty; every one is named.
    """
    reading = Reading(file, cities, venue)
    reading.go_on(reading.length)
    return reading.finished()


class Reading:
    """A list that is being read, so many lines at a time."""

    def __init__(self, file: bytes, cities: Gazetteer, venue: City) -> None:
        """Open the file.

        Raises:
            Invalid: it cannot be read.
        """
        self._table = table_of(file)
        self._cities, self._venue = cities, venue
        self._column = {field: column for column, field in self._table.columns.items()}
        self._faults = list(self._table.faults)
        self._known: dict[tuple[str, ...], _Person] = {}
        self._single: list[_Person] = []
        self._rows = 0
        self.length = self._table.length
        """Lines below the headings, empty ones included."""
        self.done = 0

    def go_on(self, most: int) -> None:
        """Read the next lines, up to `most`."""
        begin = self._table.start + 1 + self.done
        for place, cells in enumerate(self._table.rows[begin : begin + most], start=begin):
            if self._rows == MOST_ROWS and not _is_none(cells, self._column.get("number")):
                self._refuse(
                    "too_many_rows", N_("超过 %(most)s 行，请分批核算"), place + 1, most=MOST_ROWS
                )
                self.done = self.length
                return
            self._line(place + 1, cells)
        self.done = min(self.done + most, self.length)

    def finished(self) -> AttendeeList:
        """Return the list, once every line has been read.

        Raises:
            Invalid: lines are faulty; every one is named.
        """
        assert self.done == self.length, (self.done, self.length)
        people = [*self._single, *self._known.values()]
        if not self._rows and not self._faults:
            self._faults.append(Fault("no_rows", N_("名单里没有人"), field="file"))
        if sum(person.people for person in people) > MOST_PEOPLE:
            self._faults.append(
                Fault("too_many_people", N_("总人数过多，请核对人数一列"), field="people")
            )
        if self._faults:
            raise Invalid(sorted(self._faults, key=lambda fault: fault.row or 0))
        trips: Counter[tuple[str, Mode | None, int | None, int]] = Counter()
        asked: dict[str, list[Part]] = {}
        for person in people:
            if self._city(person.place, person.mode) is None:
                part = Part(
                    person.row, person.mode, person.people, person.nights, person.sharing or 1
                )
                asked.setdefault(person.place, []).append(part)
            else:
                trips[person.place, person.mode, person.nights, person.sharing or 1] += (
                    person.people
                )
        groups: Counter[Group] = Counter()
        for (place, mode, nights, sharing), count in trips.items():
            city = self._city(place, mode)
            assert city is not None, place
            groups[Group(city, mode, 0, nights, sharing)] += count
        return AttendeeList(
            rows=self._rows,
            merged=self._rows - len(people),
            groups=in_order(replace(group, people=count) for group, count in groups.items()),
            questions=tuple(self._question(each, parts) for each, parts in sorted(asked.items())),
            columns=tuple(self._column),
        )

    def _city(self, place: str, mode: Mode | None) -> City | None:
        """Return the one city that is meant, or None if that is to be decided."""
        if mode is Mode.ONLINE or (mode is Mode.WALK and not place):
            return self._venue
        found = self._cities.find(place)
        return found[0] if len(found) == 1 else None

    def _question(self, written: str, parts: list[Part]) -> Question:
        parts.sort(key=lambda part: part.row)
        candidates = self._cities.find(written) or self._cities.like(written)
        return Question(
            written,
            tuple(part.row for part in parts),
            tuple(city.code for city in candidates),
            tuple(parts),
        )

    def _line(self, row: int, cells: Sequence[str]) -> None:
        if _is_none(cells, self._column.get("number")):
            return
        self._rows += 1
        told = {
            field: _clean(cells[column])
            for field, column in self._column.items()
            if column < len(cells)
        }
        numbers = [self._number(row, told.get(field, ""), field) for field in _RANGES]
        person = _Person(
            row=row,
            place=self._place(row, told),
            mode=self._mode(row, told.get("mode", "")),
            people=numbers[1] or 1,
            nights=numbers[0],
            sharing=numbers[2],
        )
        key = self._key(told, cells)
        if key is None:
            self._single.append(person)
            return
        known = self._known.get(key)
        if known is None:
            self._known[key] = person
        elif field := _differs(known, person, self._cities):
            self._refuse(
                "duplicate_differs",
                N_("与第 %(other)s 行是同一人，但内容不同：请保留正确的一行"),
                row,
                field,
                other=known.row,
            )
        else:
            self._known[key] = _joined(known, person, self._cities)

    def _refuse(
        self, code: str, message: str, row: int, field: str | None = None, **values: object
    ) -> None:
        self._faults.append(Fault(code, message, row, field, values))

    def _place(self, row: int, told: Mapping[str, str]) -> str:
        place = told.get("city", "")
        if region := told.get("province") or told.get("country"):
            place = place if place.startswith(region) else f"{region} {place}".strip()
        if len(place) > _LONGEST_PLACE:
            self._refuse("too_long", N_("出发城市过长"), row, "city")
        return place

    def _mode(self, row: int, cell: str) -> Mode | None:
        try:
            return mode_of(cell)
        except UnknownMode:
            message = N_("不认识交通方式“%(value)s”")
            self._refuse("unknown_mode", message, row, "mode", value=cell[:40])
            return None

    def _number(self, row: int, cell: str, field: str) -> int | None:
        """Return a whole number such as `2`, `2晚` or `3人`; None for an empty cell."""
        if (number := _whole(cell)) is None:
            return None
        least, most = _RANGES[field]
        if not least <= number <= most:
            message = N_("“%(value)s”不是 %(least)s 到 %(most)s 之间的整数")
            self._refuse(
                "not_a_number", message, row, field, value=cell[:40], least=least, most=most
            )
            return None
        return number

    def _key(self, told: Mapping[str, str], cells: Sequence[str]) -> tuple[str, ...] | None:
        """Return what two lines about the same person have in common; None if nothing tells.

        One telephone may stand for a whole delegation, so it counts together with the name.
        """
        name = _BLANKS.sub("", told.get("name", "")).casefold()
        phone = _NO_DIGIT.sub("", told.get("phone", ""))[-11:]
        if len(phone) >= 7:
            return "phone", phone, name
        if "@" in (email := told.get("email", "").casefold()):
            return "email", email, name
        if name:
            number = self._column.get("number")
            return (
                "line",
                *(_clean(cell) for column, cell in enumerate(cells) if column != number),
            )
        return None


def _clean(cell: str) -> str:
    """Return a cell with full-width letters and digits as the usual ones, without blanks around."""
    return cell.strip() if cell.isascii() else unicodedata.normalize("NFKC", cell).strip()


def _is_none(cells: Sequence[str], number: int | None) -> bool:
    """Whether a line holds nobody: it is empty but for its number, a sum, or a remark."""
    said = False
    for column, cell in enumerate(cells):
        if not cell or cell.isspace():
            continue
        text = cell.strip()
        may_be_none = text[0] in _FIRST_LETTERS and len(text) <= _LONGEST_REMARK
        if may_be_none and (_TOTAL.fullmatch(text) or (not said and _REMARK.fullmatch(text))):
            return True
        said = said or column != number
    return not said


@lru_cache(maxsize=4096)
def _whole(cell: str) -> int | None:
    """Return the whole number in a cell, None where nothing is told, -1 for anything else."""
    if not cell or cell in {"-", "—", "/"}:
        return None
    match = _WHOLE.fullmatch(cell)
    return int(match[1]) if match and match[1].isascii() else -1


def decide(
    listed: AttendeeList, decisions: Mapping[str, City | Mapping[int, City]]
) -> AttendeeList:
    """Return the list with some questions answered: by what was written, or row by row."""
    groups: Counter[Group] = Counter()
    for group in listed.groups:
        groups[replace(group, people=0)] += group.people
    left = []
    for question in listed.questions:
        answer = decisions.get(question.written)
        open_parts = []
        for part in question.parts:
            city = answer.get(part.row) if isinstance(answer, Mapping) else answer
            if city is None:
                open_parts.append(part)
            else:
                groups[Group(city, part.mode, 0, part.nights, part.sharing)] += part.people
        if open_parts:
            rows = tuple(part.row for part in open_parts)
            left.append(replace(question, rows=rows, parts=tuple(open_parts)))
    return replace(
        listed,
        groups=in_order(replace(group, people=people) for group, people in groups.items()),
        questions=tuple(left),
    )


def in_order(groups: Iterable[Group]) -> tuple[Group, ...]:
    """Return the groups sorted, so that the order of rows leaves no trace."""
    return tuple(
        sorted(
            groups,
            key=lambda g: (
                g.city.code,
                str(g.mode or ""),
                -1 if g.nights is None else g.nights,
                g.sharing,
            ),
        )
    )


def _differs(one: _Person, other: _Person, cities: Gazetteer) -> str | None:
    """Return the field in which two lines about one person contradict each other."""
    for field in ("mode", "nights", "sharing"):
        told = {getattr(one, field), getattr(other, field)} - {None}
        if len(told) > 1:
            return field
    if one.people != other.people:
        return "people"
    if one.place and other.place and one.place != other.place:
        places = [{city.code for city in cities.find(p.place)} for p in (one, other)]
        if len(places[0] & places[1]) != 1:
            return "city"
    return None


def _joined(one: _Person, other: _Person, cities: Gazetteer) -> _Person:
    """Return the two lines as one: what either says, and the clearer of two names of a place."""
    clearest = min(
        (one.place, other.place),
        key=lambda place: (not place, len(cities.find(place)) != 1, place),
    )
    return one._replace(
        row=min(one.row, other.row),
        place=clearest,
        mode=one.mode or other.mode,
        nights=one.nights if one.nights is not None else other.nights,
        sharing=one.sharing or other.sharing,
    )
