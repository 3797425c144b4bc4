"""How an event compares with published ones: like with like only, else nothing is said.

A benchmark is like an event when both count the same sources, both are international or both are
not, and flights count, or do not count, their effect at altitude in both. The event's figure is
then taken over the benchmark's sources alone. What a publication does not say is never guessed:
the benchmark is named, with what is missing, and not compared.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from functools import cache
from typing import Any

from puhui.events.activity import Source
from puhui.events.city import table
from puhui.events.estimate import Estimate
from puhui.kernel.quantity import EXACT, plain
from puhui.kernel.text import N_

PLACES = 3
"""Decimals of a kilogram for one person: grams."""


class Unlike(StrEnum):
    """Why a benchmark is not compared."""

    BOUNDARY_UNKNOWN = "boundary_unknown"
    BOUNDARY_DIFFERS = "boundary_differs"
    SCOPE_DIFFERS = "scope_differs"
    FORCING_UNKNOWN = "forcing_unknown"
    DAYS_UNKNOWN = "days_unknown"
    """The kilograms for a person are compared, those for a day are not."""


UNLIKE_NAMES: Mapping[Unlike, str] = {
    Unlike.BOUNDARY_UNKNOWN: N_("没有公布核算边界"),
    Unlike.BOUNDARY_DIFFERS: N_("包含本活动未纳入的来源"),
    Unlike.SCOPE_DIFFERS: N_("参会者来源范围不同（国际／国内）"),
    Unlike.FORCING_UNKNOWN: N_("没有说明航空是否计入高空辐射强迫"),
    Unlike.DAYS_UNKNOWN: N_("没有公布天数，只比较人均"),
}


@dataclass(frozen=True)
class Benchmark:
    """A published event, or range of events: kilograms of CO2e for one participant."""

    key: str
    name_zh: str
    name_en: str
    year: int
    days: int | None
    low_kg: Decimal
    high_kg: Decimal
    sources: frozenset[Source] | None
    """What is counted; None where the publication does not say."""
    is_international: bool
    with_forcing: bool | None
    source: str


@dataclass(frozen=True)
class Comparison:
    """A benchmark beside an event; the event's figures are None where the two are not alike."""

    benchmark: Benchmark
    unlike: tuple[Unlike, ...]
    person_kg: Decimal | None
    """Of the event, for one participant, over the benchmark's sources and in its convention."""
    person_day_kg: Decimal | None
    their_day_low_kg: Decimal | None
    their_day_high_kg: Decimal | None


@cache
def benchmarks() -> tuple[Benchmark, ...]:
    """Return the published events that the product knows."""
    return tuple(_read(row) for row in table("benchmarks.csv"))


def intensity(kg: Decimal, people: int, days: int = 1) -> Decimal:
    """Return kilograms for one participant, or for one participant and day, to the gram."""
    return _kept(EXACT.divide(kg, Decimal(people * days)))


def compared(
    estimate: Estimate, people: int, days: int, among: Sequence[Benchmark] | None = None
) -> tuple[Comparison, ...]:
    """Return every benchmark beside an event of so many people and days, the alike first."""
    found = [
        _beside(benchmark, estimate, people, days)
        for benchmark in (benchmarks() if among is None else among)
    ]
    return tuple(sorted(found, key=lambda each: each.person_kg is None))


def as_document(estimate: Estimate, people: int, days: int) -> dict[str, Any]:
    """Return the intensity and its comparisons as a document holds them."""
    total = estimate.total.value
    return {
        "kg_per_participant": plain(intensity(total, people)),
        "kg_per_participant_day": plain(intensity(total, people, days)),
        "benchmarks": [
            {
                "benchmark": each.benchmark.key,
                "name_zh": each.benchmark.name_zh,
                "name_en": each.benchmark.name_en,
                "year": each.benchmark.year,
                "source": each.benchmark.source,
                "sources": None
                if each.benchmark.sources is None
                else sorted(each.benchmark.sources),
                "low_kg": plain(each.benchmark.low_kg),
                "high_kg": plain(each.benchmark.high_kg),
                "day_low_kg": _or_none(each.their_day_low_kg),
                "day_high_kg": _or_none(each.their_day_high_kg),
                "ours_kg": _or_none(each.person_kg),
                "ours_day_kg": _or_none(each.person_day_kg),
                "unlike": [str(reason) for reason in each.unlike],
            }
            for each in compared(estimate, people, days)
        ],
    }


def _beside(benchmark: Benchmark, estimate: Estimate, people: int, days: int) -> Comparison:
    unlike = list(_unlike(benchmark, estimate))
    ours = day = low = high = None
    if not unlike:
        assert benchmark.sources is not None, benchmark
        kg = sum((estimate.of_source(s).value for s in benchmark.sources), Decimal(0))
        if benchmark.with_forcing and Source.TRAVEL in benchmark.sources:
            kg = EXACT.add(kg, _forcing_of_travel(estimate))
        ours = intensity(kg, people)
        if benchmark.days is None:
            unlike.append(Unlike.DAYS_UNKNOWN)
        else:
            day = intensity(kg, people, days)
    if benchmark.days is not None:
        low = intensity(benchmark.low_kg, 1, benchmark.days)
        high = intensity(benchmark.high_kg, 1, benchmark.days)
    return Comparison(benchmark, tuple(unlike), ours, day, low, high)


def _unlike(benchmark: Benchmark, estimate: Estimate) -> list[Unlike]:
    found = []
    counted = {line.source for line in estimate.lines}
    if benchmark.sources is None:
        found.append(Unlike.BOUNDARY_UNKNOWN)
    elif not benchmark.sources <= counted:
        found.append(Unlike.BOUNDARY_DIFFERS)
    if benchmark.is_international != is_international(estimate):
        found.append(Unlike.SCOPE_DIFFERS)
    flies = any(line.activity.startswith("air_") for line in estimate.lines)
    # The sensitivity is of all flights together: with freight by air, that of people is unknown.
    mixed = any(line.activity == "air_freight" for line in estimate.lines)
    if flies and (benchmark.with_forcing is None or (benchmark.with_forcing and mixed)):
        found.append(Unlike.FORCING_UNKNOWN)
    return found


def is_international(estimate: Estimate) -> bool:
    """Whether anybody came over a border by air; by the lines, which alone are public."""
    return any(line.activity.startswith("air_international") for line in estimate.lines)


def _forcing_of_travel(estimate: Estimate) -> Decimal:
    """Return what flights would add, by the estimate's own sensitivity."""
    for sensitivity in estimate.sensitivities:
        if sensitivity.name == "radiative_forcing":
            return EXACT.subtract(sensitivity.total.value, estimate.total.value)
    return Decimal(0)


def _read(row: Mapping[str, str]) -> Benchmark:
    if row["total_kg"]:
        low = high = _kept(EXACT.divide(Decimal(row["total_kg"]), Decimal(row["people"])))
    else:
        low, high = Decimal(row["low_kg"]), Decimal(row["high_kg"])
    return Benchmark(
        key=row["key"],
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        year=int(row["year"]),
        days=int(row["days"]) if row["days"] else None,
        low_kg=low,
        high_kg=high,
        sources=frozenset(Source(s) for s in row["sources"].split(";")) if row["sources"] else None,
        is_international=row["scope"] == "international",
        with_forcing={"yes": True, "no": False}.get(row["radiative_forcing"]),
        source=row["source"],
    )


def _or_none(kg: Decimal | None) -> str | None:
    return None if kg is None else plain(kg)


def _kept(kg: Decimal) -> Decimal:
    return kg.quantize(Decimal(1).scaleb(-PLACES), ROUND_HALF_EVEN, EXACT)
