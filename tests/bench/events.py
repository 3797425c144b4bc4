"""Attendee lists, answers and the estimate over them, beside cells, a count and bare products.

Two lengths, so that growth shows: ten times the people should cost ten times the time to read,
and hardly more to estimate, since people of one city and mode are one group.
"""

import csv
from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO

from openpyxl import Workbook
from python_calamine import load_workbook

from puhui.events.activity import Source
from puhui.events.answers import combine
from puhui.events.attendee_list import AttendeeList, read
from puhui.events.city import gazetteer
from puhui.events.estimate import Bound, Group, Plan, amounts, choose, compute
from puhui.factors.library import read as read_library
from puhui.factors.service import shipped
from puhui.kernel.city import City
from puhui.settings import Settings
from tests.bench.race import Result, Runner, Step, race

LENGTHS = (5_000, 50_000)
HEADINGS = ("姓名", "手机", "出发城市", "交通方式", "住宿晚数")
MODES = ("高铁", "飞机", "自驾", "", "大巴")
DAY = date(2026, 9, 19)


def attendees(length: int) -> list[list[str]]:
    """Return a list as registration gives it; every tenth person stands there twice."""
    cities = [city.name_zh for city in gazetteer() if city.country == "CN"]
    rows = [
        [
            f"代表{number}",
            f"138{number:08d}",
            cities[number * 7 % len(cities)],
            MODES[number % 5],
            str(number % 4),
        ]
        for number in range(length - length // 10)
    ]
    return [list(HEADINGS), *rows, *rows[: length // 10]]


def as_csv(rows: list[list[str]], encoding: str = "gb18030") -> bytes:
    """Return the rows as the usual spreadsheet saves them."""
    text = StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode(encoding)


def as_workbook(rows: list[list[str]]) -> bytes:
    """Return the rows as an xlsx file."""
    book, file = Workbook(write_only=True), BytesIO()
    sheet = book.create_sheet()
    for row in rows:
        sheet.append(row)
    book.save(file)
    return file.getvalue()


def plan_of(listed: AttendeeList, venue: City) -> Plan:
    """Return an event of the list's people with travel and lodging inside its boundary."""
    counted = {Source.TRAVEL, Source.LODGING}
    return Plan(
        venue,
        DAY,
        DAY,
        listed.people,
        tuple(Bound(source, source in counted, "另行核算") for source in Source),
        listed.groups,
        (),
        Decimal(2),
    )


def races(_: Settings) -> list[Result]:
    """Run the races of events."""
    cities = gazetteer()
    venue = cities.by_code("350400")
    assert venue is not None
    factors = [row.factor for file, text in shipped() for row in read_library(file, text)[0]]
    results = []
    for length in LENGTHS:
        rows = attendees(length)
        text, book = as_csv(rows), as_workbook(rows)
        listed = read(text, cities, venue)
        assert listed.people == length - length // 10
        assert read(book, cities, venue) == listed
        plan = plan_of(listed, venue)
        choices = {need: choose(need, factors, 2026) for need in {a.need for a in amounts(plan)}}
        trips = [(Decimal(number), Decimal("0.0953")) for number in range(length)]

        def cells(_: int, text: bytes = text) -> Step:
            return lambda: list(csv.reader(StringIO(text.decode("gb18030"))))

        def sheet(_: int, book: bytes = book) -> Step:
            return lambda: load_workbook(BytesIO(book)).get_sheet_by_index(0).to_python()

        def taken_in(_: int, file: bytes = text) -> Step:
            return lambda: read(file, cities, venue)

        def from_workbook(_: int, file: bytes = book) -> Step:
            return lambda: read(file, cities, venue)

        def products(_: int, trips: list[tuple[Decimal, Decimal]] = trips) -> Step:
            return lambda: sum((km * each for km, each in trips), Decimal(0))

        told = [replace(group, people=1) for group in listed.groups[::2]]

        def counted(_: int, listed: AttendeeList = listed) -> Step:
            return lambda: Counter((g.city.code, g.mode) for g in listed.groups)

        def seated(_: int, listed: AttendeeList = listed, told: list[Group] = told) -> Step:
            return lambda: combine(listed.groups, told, listed.people)

        def estimated(_: int, plan: Plan = plan, choices: dict = choices) -> Step:
            return lambda: compute(plan, choices).total

        for name, runners in (
            (f"{length:,} attendees, CSV", (("cells", cells), ("puhui", taken_in))),
            (f"{length:,} attendees, xlsx", (("cells", sheet), ("puhui", from_workbook))),
            (f"answers among {length:,}", (("one count", counted), ("puhui", seated))),
            (f"estimate of {length:,}", (("products", products), ("puhui", estimated))),
        ):
            results += race(
                name,
                [Runner(runner, prepare) for runner, prepare in runners],
                clients=(1,),
                rounds=3,
                seconds=1.0,
            )
    return results
