"""Who did not answer is extrapolated, and how sure that is stands beside it."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from puhui.events.activity import Source
from puhui.events.city import gazetteer
from puhui.events.commands import estimate_file
from puhui.events.document import recompute
from puhui.events.estimate import Bound, Group, Plan, amounts, choose, compute
from puhui.events.response import Response, response_of
from puhui.events.travel import Mode
from puhui.factors.library import read
from puhui.factors.service import shipped
from puhui.kernel.quantity import Co2e
from tests.events.test_estimate_file import described, written

FACTORS = [row.factor for file, text in shipped() for row in read(file, text)[0]]
SANMING, FUZHOU = (gazetteer().by_code(code) for code in ("350400", "350100"))
DAY = date(2026, 3, 4)


def answered(attendees: int, *groups: Group) -> Response:
    bounds = tuple(Bound(s, s is Source.TRAVEL, "另行核算") for s in Source)
    plan = Plan(SANMING, DAY, DAY, attendees, bounds, groups)
    choices = {need: choose(need, FACTORS, 2026) for need in {a.need for a in amounts(plan)}}
    found = response_of(plan, compute(plan, choices))
    assert found is not None
    return found


def test_whoever_did_not_answer_counts_like_the_average() -> None:
    by_rail = Group(FUZHOU, Mode.HIGH_SPEED_RAIL, 5)
    at_home = Group(SANMING, Mode.WALK, 5)
    all_ten = answered(10, by_rail, at_home)
    half = answered(20, by_rail, at_home)
    assert (all_ten.rate_percent, all_ten.margin) == (100, Co2e.zero())
    assert (half.rate_percent, half.travel) == (50, all_ten.travel * 2)
    # Five of x kg and five of none: s² = x²·10/36, so 1.96·√(20·10·s²/10) = 1.96·x·√(200/36).
    each = all_ten.travel.value / 5
    by_hand = Decimal("1.96") * each * (Decimal(200) / 36).sqrt()
    assert abs(half.margin.value - by_hand) <= Decimal("0.000001")


def test_people_who_all_travel_alike_leave_no_doubt_and_one_alone_tells_none() -> None:
    alike = Group(FUZHOU, Mode.HIGH_SPEED_RAIL, 4)
    assert answered(8, alike).margin == Co2e.zero()
    assert answered(8, replace(alike, people=1)).margin is None


def test_460_answers_of_541() -> None:
    # MNE 2025 counted 460 valid answers of 541 attendees and extrapolated to all.
    found = answered(541, Group(FUZHOU, Mode.HIGH_SPEED_RAIL, 400), Group(FUZHOU, Mode.CAR, 60))
    assert found.rate_percent == Decimal("85.03")
    more = answered(541, Group(FUZHOU, Mode.HIGH_SPEED_RAIL, 420), Group(FUZHOU, Mode.CAR, 63))
    assert more.margin < found.margin


def test_the_document_says_so_and_a_changed_digit_is_seen(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("城市,交通方式\n福州,高铁\n厦门,自驾\n", encoding="utf-8")
    told = described(2026, Source.TRAVEL, attendees="list.csv")
    document, annex = estimate_file(written(told, tmp_path))
    assert document["response"]["rate_percent"] == "20"
    assert Decimal(document["response"]["margin_kg"]) > 0
    assert document["response"]["travel_kg"] == document["sources"]["travel"]
    assert recompute(document, annex) == []
    wrong = json.loads(json.dumps(document))
    wrong["response"]["margin_kg"] = "0"
    assert [found.split(":")[0] for found in recompute(wrong, annex)] == ["response"]
