"""Sponsors' shares are the whole of what is retired, to the last kilogram."""

import json
from itertools import pairwise
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from puhui.credits.kind import Kind
from puhui.credits.sponsor import Sponsor, allot
from puhui.db.session import transaction
from tests.makers.credits import draft, held, on_sale, organiser, paid, retired
from tests.makers.identity import person

THIRDS = [
    {"name": "海峡银行", "name_en": "Strait Bank", "percent": "33.34"},
    {"name": "某航空", "name_en": "", "percent": "33.33"},
    {"name": "某酒店", "name_en": "", "percent": "33.33"},
]


def test_the_last_kilogram_goes_to_the_largest_remainder() -> None:
    thirds = [Sponsor("甲", "", 3334), Sponsor("乙", "", 3333), Sponsor("丙", "", 3333)]
    # 33.34, 33.33 and 33.33 of 100 kg: the one left goes to the first.
    assert allot(100, thirds) == [34, 33, 33]
    assert allot(0, thirds) == [0, 0, 0]


@given(st.integers(0, 10**12), st.sets(st.integers(1, 9_999), max_size=20))
def test_kilograms_add_up_and_none_is_off_by_one(total_kg: int, cuts: set[int]) -> None:
    edges = [0, *sorted(cuts), 10_000]
    sponsors = [
        Sponsor(str(place), "", after - before)
        for place, (before, after) in enumerate(pairwise(edges))
    ]
    found = allot(total_kg, sponsors)
    assert sum(found) == total_kg
    for kg, each in zip(found, sponsors, strict=True):
        assert abs(kg * 10_000 - total_kg * each.share_bp) < 10_000


def test_the_certificate_prints_shares_that_add_up(client, noon, settle) -> None:
    on_sale(draft(Kind.FOREST_TICKET, 5_000, 1_400))
    who = organiser()
    hold = held(who, 1_000)
    url = f"/api/credits/holds/{hold.hold_id}/sponsors"
    for _ in range(2):
        assert client.put(url, json={"sponsors": THIRDS}, headers=who.headers).status_code == 200
    short = client.put(url, json={"sponsors": THIRDS[:2]}, headers=who.headers)
    assert (short.status_code, short.json["errors"][0]["field"]) == (422, "sponsors")
    other = organiser(where="别的组委会")
    assert client.put(url, json={"sponsors": THIRDS}, headers=other.headers).status_code == 404
    done = retired(paid(hold))
    late = client.put(url, json={"sponsors": []}, headers=who.headers)
    assert (late.status_code, late.json["code"]) == (409, "hold_over")

    told = json.loads(client.get(f"/c/{done.certificate_code}.json").data)["document"]
    assert [each["kg"] for each in told["sponsors"]] == ["334", "333", "333"]
    assert sum(int(each["kg"]) for each in told["sponsors"]) == int(told["retired_kg"])
    page = client.get(f"/c/{done.certificate_code}").get_data(as_text=True)
    assert "33.34% · 334 kg" in page
    assert client.get(f"/c/{done.certificate_code}.pdf").data.startswith(b"%PDF")


def test_the_page_takes_a_line_for_each(client, noon) -> None:
    on_sale(draft(Kind.FOREST_TICKET, 5_000, 1_400))
    who = organiser()
    url = f"/holds/{held(who, 1_000).hold_id}"
    lines = "海峡银行, Strait Bank, 62.5\n某航空，37.5%"
    sent = client.post(f"{url}/sponsors", data={"sponsors": lines}, headers=who.headers)
    assert (sent.status_code, sent.location) == (303, url)
    page = client.get(url, headers=who.headers).get_data(as_text=True)
    assert "<strong>62.5%</strong>" in page
    for wrong in (
        "海峡银行",
        "海峡银行, 99.99",
        "甲, 50\n甲, 50",
        "甲, 100.001",
        "甲, 0\n乙, 100",
    ):
        refused = client.post(f"{url}/sponsors", data={"sponsors": wrong}, headers=who.headers)
        assert refused.status_code == 422, wrong
        assert "合计应为 100%" in refused.get_data(as_text=True)


def test_a_person_has_no_sponsors(client, noon) -> None:
    on_sale(draft(Kind.ONE_YUAN, 500, 10_000))
    buyer, name = person("陈小满"), uuid4()
    url = f"/api/credits/personal-purchases/{name}"
    assert client.put(url, json={"yuan": 1}, headers=buyer.headers).status_code == 201
    url = f"/api/credits/holds/{name}/sponsors"
    answer = client.put(url, json={"sponsors": THIRDS}, headers=buyer.headers)
    assert (answer.status_code, answer.json["code"]) == (409, "no_sponsors")


def test_the_database_refuses_shares_that_are_not_the_whole(database: Engine, noon) -> None:
    on_sale(draft(Kind.FOREST_TICKET, 5_000, 1_400))
    hold = held(organiser(), 1_000)
    with pytest.raises(IntegrityError, match="not 100"), transaction() as session:
        session.execute(
            text("INSERT INTO credits_sponsor VALUES (:hold, 0, '某公司', '', 9999)"),
            {"hold": hold.hold_id},
        )
