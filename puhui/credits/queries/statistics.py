"""Sums over all credits and all retirements, as the public reads them.

They are read from what is kept: the ledger's balances, and a tally of the retirements. So they take
as long for a million retirements as for one. Invariants (C3, C5-tally) and a test hold both against
the blocks and the retirements themselves.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    String,
    case,
    cast,
    func,
    literal,
    select,
)
from sqlalchemy.orm import Session

from puhui.credits.batch import Encumbrance
from puhui.credits.kind import Kind
from puhui.credits.model import Batch, Block, Project, Tally
from puhui.ledger.account import CREDIT_KG
from puhui.ledger.queries import holding

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


_OWNER = literal("batch:") + cast(Batch.batch_id, String)


def _at(purpose: str) -> ColumnElement[int]:
    """Return the kilograms of a batch that stand there in the ledger."""
    return func.coalesce(holding(_OWNER, CREDIT_KG, purpose), 0).label(purpose)


def _kept(why: str) -> ColumnElement[int]:
    """Return the kilograms of a batch that are held for no buyer."""
    serials = select(func.sum(func.upper(Block.serials) - func.lower(Block.serials)))
    kept = serials.where(Block.batch_id == Batch.batch_id, Block.kept == why)
    return (func.coalesce(kept.scalar_subquery(), 0) * Batch.granularity_kg).label(why)


def _stocks(session: Session) -> Iterator[tuple[str, str, tuple[str, str], int, Counter[str]]]:
    """Yield kind, county, its place in both languages, vintage, and kilograms by where they are.

    From the ledger, which the audit (C3) holds against the blocks: what was retired piece by
    piece is one balance there.
    """
    batch = (
        select(
            Batch.kind,
            Project.county_code,
            Project.place,
            Project.place_en,
            func.date_part("year", Batch.period_ends).cast(BigInteger).label("vintage"),
            (Batch.encumbrance != Encumbrance.NONE).label("encumbered"),
            *(_at(purpose) for purpose in ("available", "held", "retired", "cancelled")),
            *(_kept(why) for why in ("encumbrance", "reserve")),
        )
        .join(Project, Project.project_id == Batch.project_id)
        .cte("batch")
        .prefix_with("MATERIALIZED")  # else each is looked up wherever it is spoken of
    ).c
    kg = {
        "for_sale": case((batch.encumbered, 0), else_=batch.available),
        "encumbered": case((batch.encumbered, batch.available), else_=0) + batch.encumbrance,
        "held": batch.held - batch.encumbrance - batch.reserve,
        "reserve": batch.reserve,
        "retired": batch.retired,
        "cancelled": batch.cancelled,
    }
    query = select(
        batch.kind,
        batch.county_code,
        func.max(batch.place),
        func.max(batch.place_en),
        batch.vintage,
        *(cast(func.sum(kg[place]), BigInteger) for place in PLACES),
    ).group_by(batch.kind, batch.county_code, batch.vintage)
    for kind, county, place, place_en, vintage, *found in session.execute(query):
        kg_there = Counter(dict(zip(PLACES, found, strict=True)))
        yield kind, county, (place, place_en), vintage, kg_there


_RETIRED = select(
    Tally.purpose_kind,
    Tally.year,
    cast(func.sum(Tally.retirements), BigInteger),
    cast(func.sum(Tally.quantity_kg), BigInteger),
).group_by(Tally.purpose_kind, Tally.year)


def statistics(session: Session) -> Statistics:
    """Return all sums, as they stand in the caller's view."""
    groups: dict[str, dict[str, Counter[str]]] = {"kind": {}, "county": {}, "vintage": {}}
    places: dict[str, tuple[str, str]] = {}
    total = Counter[str]()
    for kind, county, place, vintage, kg in _stocks(session):
        total.update(kg)
        known = places.get(county, ("", ""))
        places[county] = (max(known[0], place[0]), max(known[1], place[1]))
        for by, name in (("kind", kind), ("county", county), ("vintage", str(vintage))):
            groups[by].setdefault(name, Counter()).update(kg)
    purposes, years = dict[str, Counter[str]](), dict[str, Counter[str]]()
    for purpose, year, count, retired_kg in session.execute(_RETIRED):
        for of, name in ((purposes, purpose), (years, str(year))):
            of.setdefault(name, Counter()).update({"count": count, "kg": retired_kg})
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
