"""Sums over all credits and all retirements, as the public reads them.

Every table adds up to the ledger's own sums; an invariant and a test compare the two.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from puhui.credits.kind import Kind

PLACES = ("for_sale", "encumbered", "held", "reserve", "retired", "cancelled")
"""Where issued kilograms can be: each is in one of these places.

`for_sale` and the available part of `encumbered` are what the ledger calls available; `held` by
buyers, `reserve` and the kept part of `encumbered` are what it calls held.
"""


@dataclass(frozen=True)
class Stock:
    """Kilograms of one group by place."""

    name: str
    """A kind, a county's code, or a year."""
    place: str
    """Where a county lies, in the words of one of its projects; else empty."""
    place_en: str
    kg: Mapping[str, int]

    @property
    def issued_kg(self) -> int:
        """What was issued."""
        return sum(self.kg.values())


@dataclass(frozen=True)
class Retired:
    """What was retired for one purpose, or in one year."""

    name: str
    count: int
    kg: int


@dataclass(frozen=True)
class Statistics:
    """Sums in kilograms of CO2e."""

    total: Stock
    by_kind: Sequence[Stock]
    by_county: Sequence[Stock]
    by_vintage: Sequence[Stock]
    retired_by_purpose: Sequence[Retired]
    retired_by_year: Sequence[Retired]


# One pass over the blocks, down to one row a batch and fate, before anything is joined.
_STOCK = text("""
    WITH fate AS (
      SELECT batch_id, state, kept, sum(upper(serials) - lower(serials)) AS counted
        FROM credits_block GROUP BY batch_id, state, kept)
    SELECT kind, county_code, max(place) AS place, max(place_en) AS place_en,
           CAST(date_part('year', period_ends) AS int),
           CASE WHEN kept = 'encumbrance' OR state = 'available' AND encumbrance <> 'none'
                THEN 'encumbered'
                WHEN state = 'available' THEN 'for_sale'
                WHEN kept = 'reserve' THEN 'reserve' ELSE state END AS fate,
           CAST(sum(counted * granularity_kg) AS bigint)
      FROM fate JOIN credits_batch USING (batch_id) JOIN credits_project USING (project_id)
     GROUP BY 1, 2, 5, 6""")
_RETIRED = text("""
    SELECT purpose_kind,
           CAST(date_part('year', retired_at AT TIME ZONE 'Asia/Shanghai') AS int) AS year,
           count(*), CAST(sum(quantity_kg) AS bigint)
      FROM credits_retirement GROUP BY 1, 2""")


def statistics(session: Session) -> Statistics:
    """Return all sums, as they stand in the caller's view."""
    groups: dict[str, dict[str, Counter[str]]] = {"kind": {}, "county": {}, "vintage": {}}
    places: dict[str, tuple[str, str]] = {}
    total = Counter[str]()
    for kind, county, *place, vintage, fate, kg in session.execute(_STOCK):
        total[fate] += kg
        known = places.get(county, ("", ""))
        places[county] = (max(known[0], place[0]), max(known[1], place[1]))
        for by, name in (("kind", kind), ("county", county), ("vintage", str(vintage))):
            groups[by].setdefault(name, Counter())[fate] += kg
    purposes, years = dict[str, Counter[str]](), dict[str, Counter[str]]()
    for purpose, year, count, kg in session.execute(_RETIRED):
        for of, name in ((purposes, purpose), (years, str(year))):
            of.setdefault(name, Counter()).update({"count": count, "kg": kg})
    kinds = [str(kind) for kind in Kind]
    return Statistics(
        _stock("", total),
        [_stock(name, groups["kind"][name]) for name in kinds if name in groups["kind"]],
        [_stock(name, kg, *places[name]) for name, kg in sorted(groups["county"].items())],
        [_stock(name, kg) for name, kg in sorted(groups["vintage"].items())],
        _retired(purposes, key=lambda each: (-each.kg, each.name)),
        _retired(years, key=lambda each: (each.name,)),
    )


def _stock(name: str, kg: Counter[str], place: str = "", place_en: str = "") -> Stock:
    return Stock(name, place, place_en, {each: kg[each] for each in PLACES})


def _retired(groups: Mapping[str, Counter[str]], key: Callable[[Retired], Any]) -> list[Retired]:
    return sorted((Retired(name, of["count"], of["kg"]) for name, of in groups.items()), key=key)
