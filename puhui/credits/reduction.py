"""Leave out what no best bundle buys, with a proof: so that a large market is a small program.

Three arguments, each of which keeps a best bundle among what is left.

*Pools.* Lots of one granularity that serve the same wished shares differ in price alone. Of such a
class a best bundle buys the cheapest granules first, and never more than the need rounded up: what
lies beyond could go back, since every wished share is a part of the need, and prices are positive.
So of each class only the cheapest lots that cover the need matter, and lots of one price are one
pool.

*A floor on what things cost.* Give each condition (the need, each share) a price y ≥ 0 per tonne.
A bundle of x kilograms costs Σ price·x = Σ y·(what serves it) + Σ (price - y)·x, and that is at
least F = Σ y·least - Σ max(0, y - price)·available, with the y of a lot being the sum over the
conditions that it serves. Buying q kilograms of a lot whose price is beyond its y costs at least
F + (price - y)·q. Whatever makes that more than may be spent is left out. This holds for any y
whatever; the best are those of the linear program, and rounding them to whole fen keeps the
arithmetic exact.

*Few lots.* Where lots are counted, a lot may stand in for another of its class that is no cheaper
and no larger. If some bundle of k lots is known, a lot that k others could stand in for is not
needed: one of them is not in the bundle yet.
"""

from bisect import bisect_left, insort
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from puhui.credits.wish import Group, Lot

Class = tuple[object, ...]


@dataclass(frozen=True)
class Pool:
    """Lots that differ in nothing that matters, in order of preference."""

    places: tuple[int, ...]
    granularity_kg: int
    price_fen_per_t: int
    most_kg: int
    """What a best bundle buys of it at most."""
    serves: frozenset[int]
    """The numbers of the wished shares that it serves."""


def up(need_kg: int, granularity_kg: int) -> int:
    """Return the need rounded up to what a lot divides into."""
    return -(-need_kg // granularity_kg) * granularity_kg


def serving(lots: Sequence[Lot], groups: Sequence[Group]) -> list[frozenset[int]]:
    """Return for each lot the numbers of the wished shares that it serves."""
    found: list[set[int]] = [set() for _ in lots]
    for number, group in enumerate(groups):
        for place in group.places:
            found[place].add(number)
    return [frozenset(numbers) for numbers in found]


def pools(
    need_kg: int,
    lots: Sequence[Lot],
    groups: Sequence[Group],
    apart: Mapping[int, object] | None = None,
) -> list[Pool]:
    """Return the lots, which are in order of price, as pools; what is never bought is left out.

    Lots with different values in `apart` are never one pool, and of those with a value nothing
    is left out.
    """
    apart = apart or {}
    serves = serving(lots, groups)
    covered: dict[Class, int] = {}
    found: dict[Class, tuple[list[int], int]] = {}
    for place, lot in enumerate(lots):
        kind: Class = (lot.granularity_kg, serves[place], apart.get(place))
        enough = up(need_kg, lot.granularity_kg)
        if place not in apart and covered.get(kind, 0) >= enough:
            continue
        covered[kind] = covered.get(kind, 0) + lot.available_kg
        places, kg = found.setdefault((*kind, lot.price_fen_per_t), ([], 0))
        places.append(place)
        found[*kind, lot.price_fen_per_t] = places, kg + lot.available_kg
    return [
        Pool(
            tuple(places),
            lots[places[0]].granularity_kg,
            lots[places[0]].price_fen_per_t,
            min(kg, up(need_kg, lots[places[0]].granularity_kg)),
            serves[places[0]],
        )
        for places, kg in found.values()
    ]


def spread(pool: Pool, kg: int, lots: Sequence[Lot]) -> dict[int, int]:
    """Return what is bought of each lot of a pool, by its place: the first lots first."""
    taken: dict[int, int] = {}
    for place in pool.places:
        part = min(kg, lots[place].available_kg)
        if part:
            taken[place] = part
            kg -= part
    assert kg == 0, (pool, kg)
    return taken


@dataclass(frozen=True)
class Floor:
    """What any bundle costs at least, and by how much each lot is beyond its worth.

    In fen per 1,000: kilograms times fen per tonne.
    """

    least: int
    beyond: tuple[int, ...]
    """For each lot: how many fen per tonne its price is beyond what it serves; 0 if it is not."""


def floor(
    need_kg: int, lots: Sequence[Lot], groups: Sequence[Group], worth: Sequence[int]
) -> Floor:
    """Return the floor that whole prices ≥ 0 give: of the need first, then of each share."""
    assert len(worth) == len(groups) + 1 and min(worth) >= 0, worth
    serves = serving(lots, groups)
    least = worth[0] * need_kg + sum(
        y * group.least_kg(need_kg) for y, group in zip(worth[1:], groups, strict=True)
    )
    beyond = []
    for lot, numbers in zip(lots, serves, strict=True):
        y = worth[0] + sum(worth[number + 1] for number in numbers)
        if y > lot.price_fen_per_t:
            available = min(lot.available_kg, up(need_kg, lot.granularity_kg))
            least -= (y - lot.price_fen_per_t) * available
        beyond.append(max(0, lot.price_fen_per_t - y))
    return Floor(least, tuple(beyond))


def most_of_each(need_kg: int, lots: Sequence[Lot], low: Floor, allowed: int) -> list[int]:
    """Return what can be bought of each lot, in kilograms, when all may cost `allowed`."""
    spare = allowed - low.least
    found = []
    for lot, beyond in zip(lots, low.beyond, strict=True):
        most = min(lot.available_kg, up(need_kg, lot.granularity_kg))
        if beyond:
            most = min(most, spare // beyond)
        found.append(most // lot.granularity_kg * lot.granularity_kg)
    return found


def can_be_reached(
    least_kg: int, places: Sequence[int], most: Sequence[int], low: Floor, allowed: int
) -> bool:
    """Whether so many kilograms of these lots can be bought when all may cost `allowed`."""
    spare = allowed - low.least
    for place in sorted(places, key=lambda place: low.beyond[place]):
        part = min(least_kg, most[place])
        spare -= part * low.beyond[place]
        least_kg -= part
    return least_kg <= 0 and spare >= 0


def needed_for_few(
    places: Sequence[int],
    most: Sequence[int],
    lots: Sequence[Lot],
    serves: Sequence[frozenset[int]],
    count: int,
) -> list[int]:
    """Return the lots, given in order of price, of which a best bundle of at most `count` lots
    can be made: those that fewer than `count` others of their class could stand in for."""
    sizes: dict[Class, list[int]] = {}
    kept = []
    for place in places:
        before = sizes.setdefault((lots[place].granularity_kg, serves[place]), [])
        # All before it are no dearer; those at least as large could stand in for it.
        if len(before) - bisect_left(before, most[place]) < count:
            kept.append(place)
        insort(before, most[place])
    return kept
