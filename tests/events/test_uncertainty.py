"""How sure an estimate is: by line in closed arithmetic, in total by draws that anyone repeats."""

from decimal import Decimal
from math import exp, log, sqrt

import pytest

from puhui.events.activity import Level, Source
from puhui.events.commands import estimate_file
from puhui.events.document import recompute
from puhui.events.estimate import Line, Mark
from puhui.events.response import Response
from puhui.events.uncertainty import Spread, change, judged, spreads, together
from puhui.factors.factor import Boundary, Factor, Gases
from puhui.kernel.quantity import Co2e
from tests.events.test_estimate_file import described, kilowatt_hours, written


def factor(key: str = "power", *, year: int = 2026, region: str = "CN", **said) -> Factor:
    return Factor(
        key, f"{year}.1", key, "甲", "A", Decimal(1), "kWh", Gases.CO2E, Boundary.COMBUSTION,
        False, region, year, "a test", **said,
    )  # fmt: skip


def line(kg: int, used: Factor, *marks: Mark, level: Level = Level.MEASURED, **said) -> Line:
    source = said.pop("source", Source.VENUE_ENERGY)
    return Line(source, "electricity", Decimal(kg), "kWh", used, level, marks, **said)


def test_a_lines_interval_is_kilograms_over_and_times_the_spread() -> None:
    spread = Spread("amount", Decimal("0.3"), Decimal("0.4"))
    low, high = spread.within(Decimal(100))
    wide = exp(1.96 * sqrt(0.3**2 + 0.4**2))  # 1.96 × 0.5
    assert float(low) == pytest.approx(100 / wide, abs=1e-5)
    assert float(high) == pytest.approx(100 * wide, abs=1e-5)


def test_a_published_spread_counts_before_anybodys_judgement() -> None:
    told = factor(gsd=Decimal("1.5"), pedigree=(5, 5, 5, 5, 5))
    (found,) = spreads([line(1, told)], 2026, "CN", None)
    assert float(found.factor_sigma) == pytest.approx(log(1.5), abs=1e-9)


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (line(1, factor(), level=Level.MEASURED), line(1, factor(), level=Level.ACTIVITY)),
        (line(1, factor(), level=Level.ACTIVITY), line(1, factor(), level=Level.DEFAULT)),
        (line(1, factor(year=2026)), line(1, factor(year=2009))),
        (line(1, factor()), line(1, factor(region="GB"), Mark.OTHER_REGION)),
        (line(1, factor(pedigree=(1, 1, 1, 1, 1))), line(1, factor())),
    ],
)
def test_better_data_have_a_narrower_interval(better: Line, worse: Line) -> None:
    one, other = spreads([better, worse], 2026, "CN", None)
    assert one.within(Decimal(1))[1] < other.within(Decimal(1))[1]


def test_a_factor_that_stands_twice_is_drawn_once() -> None:
    sure, unsure = Decimal(0), Decimal("0.4")
    halves = [line(50, factor()), line(50, factor())]
    twice = together(halves, [Spread("a", sure, unsure), Spread("b", sure, unsure)])
    assert twice == together([line(100, factor())], [Spread("a", sure, unsure)])
    apart = together(
        [line(50, factor("one")), line(50, factor("other"))],
        [Spread("a", sure, unsure), Spread("b", sure, unsure)],
    )
    # Two factors that are off independently even out in part.
    assert twice.low < apart.low < apart.high < twice.high


def test_what_two_sums_share_cancels_in_their_difference() -> None:
    lines = [line(100, factor("shared")), line(20, factor("changed"))]
    found = spreads(lines, 2026, "CN", None)
    same = change((lines, found), (lines, found))
    assert (same.low, same.high) == (0, 0)
    gone = change((lines, found), (lines[:1], found[:1]))
    assert gone.low < gone.median < gone.high < 0


def test_those_who_did_not_answer_are_as_unsure_as_the_sample_says() -> None:
    marks = (Mark.EXTRAPOLATED,)
    lines = [line(100, factor(), *marks, level=Level.DEFAULT, source=Source.TRAVEL)]

    def spread_of(margin: str | None) -> Decimal:
        told = None if margin is None else Co2e(Decimal(margin))
        answered = Response(5, 10, Co2e(Decimal(200)), told)
        return spreads(lines, 2026, "CN", answered)[0].amount_sigma

    # A margin of 98 kg is a standard error of 50 kg: half of the hundred that were extrapolated.
    level = spread_of("0")
    expected = sqrt(float(level) ** 2 + log(1 + 0.5**2))
    assert float(spread_of("98")) == pytest.approx(expected, abs=1e-9)
    assert spread_of("0") < spread_of(None)


def test_a_document_tells_all_that_it_takes_to_draw_again(tmp_path) -> None:
    told = described(2026, Source.VENUE_ENERGY, inventory=kilowatt_hours("1000"))
    document, annex = estimate_file(written(told, tmp_path))
    assert recompute(document, annex) == []
    unsure = document["uncertainty"]
    assert (unsure["seed"], unsure["draws"]) == (20190529, 10_000)
    assert Decimal(unsure["low_kg"]) < Decimal("421.1") < Decimal(unsure["high_kg"])
    # One line: its own interval and the drawn one agree to what 10,000 draws can tell.
    (only,) = unsure["lines"]
    assert float(unsure["high_kg"]) == pytest.approx(float(only["high_kg"]), rel=0.03)
    forged = {**document, "uncertainty": {**unsure, "high_kg": "421.2"}}
    assert recompute(forged) == [
        f"uncertainty: high_kg 421.2, computed {unsure['high_kg']}",
    ]
    # What is counted does not move with it.
    assert (document["total_kg"], document["need_kg"]) == ("421.1", 422)


def test_no_lines_are_no_kilograms() -> None:
    told = judged([], 2026, "CN", None)
    assert (told["low_kg"], told["high_kg"], told["lines"]) == ("0", "0", [])
