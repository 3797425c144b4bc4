"""Events are compared like with like, and where nothing is alike nothing is said."""

from decimal import Decimal

import pytest

from puhui.events.activity import Level, Source
from puhui.events.benchmark import (
    Benchmark,
    Unlike,
    as_document,
    benchmarks,
    compared,
    intensity,
)
from puhui.events.estimate import Estimate, Line, Sensitivity
from puhui.factors.factor import Boundary, Factor, Gases
from puhui.kernel.quantity import Co2e


def line(source: Source, activity: str, kg: int) -> Line:
    one = Factor(
        "one", "2026.1", "one", "甲", "A", Decimal(1), "kg", Gases.CO2E, Boundary.COMBUSTION,
        False, "CN", 2026, "a test",
    )  # fmt: skip
    return Line(source, activity, Decimal(kg), "kg", one, Level.ACTIVITY)


FLIGHTS = line(Source.TRAVEL, "air_international", 10_000)
ROOMS = line(Source.LODGING, "room_night", 5_000)


def estimate(*lines: Line, forced: int | None = None) -> Estimate:
    sensitivities = ()
    if forced is not None:
        sensitivities = (Sensitivity("radiative_forcing", Co2e(Decimal(forced)), "a test"),)
    return Estimate(lines, sensitivities)


def benchmark(**said) -> Benchmark:
    told = {
        "key": "one",
        "name_zh": "甲",
        "name_en": "A",
        "year": 2020,
        "days": 4,
        "low_kg": Decimal(1000),
        "high_kg": Decimal(2000),
        "sources": frozenset({Source.TRAVEL}),
        "is_international": True,
        "with_forcing": False,
        "source": "a test",
        **said,
    }
    return Benchmark(**told)


def of(said: Benchmark, ours: Estimate):
    (found,) = compared(ours, 10, 2, [said])
    return found


def test_the_figure_is_of_the_same_sources_and_convention() -> None:
    found = of(benchmark(), estimate(FLIGHTS, ROOMS, forced=22_000))
    # 10,000 kg of travel by 10 people in 2 days; rooms are outside the benchmark's boundary.
    assert (found.person_kg, found.person_day_kg) == (Decimal("1000.000"), Decimal("500.000"))
    assert (found.their_day_low_kg, found.their_day_high_kg) == (Decimal(250), Decimal(500))
    forced = of(benchmark(with_forcing=True), estimate(FLIGHTS, ROOMS, forced=22_000))
    # With the effect at altitude the total is 22,000 kg, 7,000 kg more than 15,000 kg.
    assert forced.person_kg == Decimal("1700.000")


@pytest.mark.parametrize(
    ("said", "lines", "reason"),
    [
        ({"sources": None}, (FLIGHTS,), Unlike.BOUNDARY_UNKNOWN),
        (
            {"sources": frozenset({Source.TRAVEL, Source.CATERING})},
            (FLIGHTS,),
            Unlike.BOUNDARY_DIFFERS,
        ),
        ({"is_international": False}, (FLIGHTS,), Unlike.SCOPE_DIFFERS),
        ({"with_forcing": None}, (FLIGHTS,), Unlike.FORCING_UNKNOWN),
        (
            {"with_forcing": True},
            (FLIGHTS, line(Source.FREIGHT, "air_freight", 1)),
            Unlike.FORCING_UNKNOWN,
        ),
    ],
)
def test_what_is_not_alike_is_not_compared(said, lines, reason) -> None:
    found = of(benchmark(**said), estimate(*lines))
    assert reason in found.unlike
    assert found.person_kg is None


def test_without_their_days_only_a_persons_kilograms_are_compared() -> None:
    found = of(benchmark(days=None), estimate(FLIGHTS))
    assert (found.person_kg, found.person_day_kg) == (Decimal("1000.000"), None)
    assert found.unlike == (Unlike.DAYS_UNKNOWN,)


def test_every_published_event_has_a_source_and_a_figure() -> None:
    for each in benchmarks():
        assert each.source, each
        assert 0 < each.low_kg <= each.high_kg, each
    agu = {each.key: each for each in benchmarks()}["agu-2019"]
    # 69,334.0 t over 24,008 people (domain: 2.9 t per scientist).
    assert agu.low_kg == Decimal("2887.954")


def test_a_domestic_meeting_finds_nothing_alike_and_is_told_so() -> None:
    rail = line(Source.TRAVEL, "high_speed_rail", 1_000)
    told = as_document(estimate(rail), 10, 2)
    assert told["kg_per_participant_day"] == "50"
    assert all(each["ours_kg"] is None and each["unlike"] for each in told["benchmarks"])


def test_grams_for_a_person_and_day() -> None:
    assert intensity(Decimal(1000), 3, 2) == Decimal("166.667")
