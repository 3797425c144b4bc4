"""Bundles under coupled wishes, beside sorting the same lots by price.

Four lengths, so that growth shows. A race of one client, since choosing needs no database.
"""

from datetime import date
from random import Random
from uuid import UUID

from puhui.credits.bundle import choose
from puhui.credits.errors import NotEnoughCredits
from puhui.credits.kind import RULES, Kind
from puhui.credits.wish import Lot, Prefer, Wishes
from puhui.settings import Settings
from tests.bench.race import Result, Runner, Step, race

LENGTHS = (10, 100, 1_000, 10_000)
NEED_KG = 139_560
SHARES = {"county_shares": {"350721": 30}, "vintage_shares": {2020: 25}}
WISHES = {
    "price alone": Wishes(),
    "shares of a county and a vintage": Wishes(**SHARES),
    "few batches, 5 % dearer": Wishes(prefer=Prefer.FEWEST, dearer_percent=5),
    "many households, 5 % dearer": Wishes(prefer=Prefer.HOUSEHOLDS, dearer_percent=5),
    "shares and households": Wishes(prefer=Prefer.HOUSEHOLDS, dearer_percent=5, **SHARES),
}


def market(length: int) -> list[Lot]:
    """Return lots of all kinds, up to 500 t each, three to a project; the same every time."""
    dice = Random(1)
    lots = []
    for number in range(length):
        kind = dice.choice(list(Kind))
        granule = RULES[kind].granularity_kg
        lots.append(
            Lot(
                UUID(int=number + 1),
                kind,
                dice.choice(["350428", "350429", "350721", "350123", "350702"]),
                date(dice.choice([2018, 2019, 2020, 2021]), 12, 31),
                dice.randint(1_000, 500_000) // granule * granule,
                dice.randint(1_000, 10_000),
                UUID(int=10**6 + number // 3),
                number // 3 * 37 % 1_500,
            )
        )
    return lots


def races(_: Settings) -> list[Result]:
    """Run the races of bundles."""
    results = []
    for length in LENGTHS:
        lots = market(length)

        def by_price(_: int, lots: list[Lot] = lots) -> Step:
            return lambda: sorted(lots, key=lambda lot: lot.price_fen_per_t)

        for name, wishes in WISHES.items():
            try:
                found = choose(NEED_KG, lots, wishes)
            except NotEnoughCredits:
                continue

            def chosen(_: int, lots: list[Lot] = lots, wishes: Wishes = wishes) -> Step:
                return lambda: choose(NEED_KG, lots, wishes)

            proven = "proven" if found.proven else "not proven"
            results += race(
                f"{length:,} batches, {name} ({proven})",
                [Runner("sorted by price", by_price), Runner("puhui", chosen)],
                clients=(1,),
                rounds=1,
                seconds=0.5,
            )
    return results
