"""Choose credits for a need: the cheapest that covers it, exactly, and say why.

Credits divide unevenly: some by the kilogram, some by ten, some by the tonne. Whoever needs
1,400 kg may buy two tonnes of one kind, or one tonne and 400 kg of a dearer one, and which is
cheaper cannot be seen from prices alone.

Why the result is the cheapest. The granularities form a chain in which each divides the next
(`GRANULARITIES`); let s be the smallest, S the next, N the need rounded up to s, and r the
remainder of N by S. Whatever is bought in larger granules is a multiple y of S. Given y, a
cheapest choice buys max(0, N - y) in granules of s, the cheapest of them first, since one
granule is as good as another. So it buys either nothing in s, or an amount that leaves the
remainder r. In the first case the need is N rounded up to S. In the second, the r cheapest are
bought for certain, and of the rest a cheapest choice uses whole packs of S, again the cheapest
first: packs of ascending cost, which are then nothing but granules of S. Either way one
granularity is gone and the same argument holds for the next; at the last, the cheapest granules
that cover the need are the answer. Two cases at each of two borders make four candidates, and
the cheapest of these is the cheapest of all. A wish for a share of a kind buys that share's
cheapest granules for certain, which by the same exchange costs nothing beyond the wish.

Costs are compared in fen per 1,000 (kilograms times fen per tonne), so without rounding; the
bundle's total is rounded up once, to the fen, and the lines share it out so that they add up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import product
from uuid import UUID

from puhui.credits.errors import NotEnoughCredits
from puhui.credits.kind import RULES, Kind
from puhui.kernel.text import N_

GRANULARITIES = (1, 10, 1000)
KG_PER_TONNE = 1000


@dataclass(frozen=True)
class Lot:
    """What can be bought of a batch now. `price_fen_per_t` is in fen per tonne of CO2e."""

    batch_id: UUID
    kind: Kind
    county_code: str
    period_ends: date
    available_kg: int
    price_fen_per_t: int

    def __post_init__(self) -> None:
        assert self.available_kg >= 0, self.available_kg
        assert self.available_kg % self.granularity_kg == 0, self
        assert self.price_fen_per_t > 0, self.price_fen_per_t

    @property
    def granularity_kg(self) -> int:
        """The least that can be bought of it."""
        return RULES[self.kind].granularity_kg


@dataclass(frozen=True)
class Wishes:
    """What the buyer wants beyond a low price. Empty means: anything."""

    kinds: tuple[Kind, ...] = ()
    """Only these kinds."""
    counties: tuple[str, ...] = ()
    """Only from these counties or cities: codes of GB/T 2260, or their beginnings."""
    shares: Mapping[Kind, int] = field(default_factory=dict)
    """At least so many per cent of the need from a kind."""
    highest_fen_per_t: int | None = None

    def __post_init__(self) -> None:
        assert all(0 < share <= 100 for share in self.shares.values()), self.shares
        assert sum(self.shares.values()) <= 100, self.shares

    def allow(self, lot: Lot) -> bool:
        """Whether the lot may be bought at all."""
        return (
            (not self.kinds or lot.kind in self.kinds)
            and (not self.counties or lot.county_code.startswith(self.counties))
            and (self.highest_fen_per_t is None or lot.price_fen_per_t <= self.highest_fen_per_t)
        )


@dataclass(frozen=True)
class Why:
    """One reason, as a Chinese sentence with places for values."""

    message: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """So many kilograms of a batch, at a price."""

    batch_id: UUID
    kind: Kind
    quantity_kg: int
    price_fen_per_t: int
    cost_fen: int
    why: tuple[Why, ...]


@dataclass(frozen=True)
class Proposal:
    """What to buy for a need. The lines add up to the totals; surplus serves nothing else."""

    need_kg: int
    lines: tuple[Line, ...]
    total_fen: int
    greedy_fen: int
    """What buying lot after lot by price alone would cost."""

    @property
    def total_kg(self) -> int:
        """What is bought, in kilograms."""
        return sum(line.quantity_kg for line in self.lines)

    @property
    def surplus_kg(self) -> int:
        """What is bought beyond the need because credits do not divide further."""
        return self.total_kg - self.need_kg


Amounts = dict[UUID, int]


@dataclass(frozen=True)
class _Run:
    """`count` equal packs; `parts` are the kilograms that each takes of each lot."""

    cost: int
    count: int
    parts: tuple[tuple[int, int], ...]
    """(place of the lot in order of preference, kilograms)"""


def choose(need_kg: int, lots: Sequence[Lot], wishes: Wishes | None = None) -> Proposal:
    """Return the cheapest lines that cover `need_kg` and honour the wishes.

    The same lots in any order give the same proposal: of equal prices the older credits come
    first, and of equally cheap candidates the one with less surplus, then of fewer lots.

    Raises:
        NotEnoughCredits: what may be bought does not cover the need, or not a kind's share.
    """
    assert need_kg > 0, need_kg
    wishes = wishes or Wishes()
    ordered = sorted(
        (lot for lot in lots if lot.available_kg and wishes.allow(lot)),
        key=lambda lot: (lot.price_fen_per_t, lot.period_ends, lot.batch_id),
    )
    shared = _shares(need_kg, ordered, wishes)
    left = need_kg - sum(shared.values())
    taken = dict(shared)
    greedy = sum(kg * ordered[place].price_fen_per_t for place, kg in shared.items())
    if left > 0:
        remaining = [lot.available_kg - shared.get(place, 0) for place, lot in enumerate(ordered)]
        for place, kg in _cheapest(left, ordered, remaining).items():
            taken[place] = taken.get(place, 0) + kg
        greedy += by_price(left, ordered, remaining)
    lines = _lines(need_kg, ordered, taken, shared, wishes)
    total_fen = sum(line.cost_fen for line in lines)
    return Proposal(need_kg, tuple(lines), total_fen, _fen(greedy))


def by_price(need_kg: int, ordered: Sequence[Lot], remaining: Sequence[int]) -> int:
    """Return what it costs, in fen per 1,000, to empty lot after lot until the need is covered.

    The simple way, kept for comparison: it buys a whole tonne where a few kilograms are lacking.
    The lots stand in order of price; `remaining` says what is left of each, in kilograms.
    """
    cost = 0
    for lot, left_kg in zip(ordered, remaining, strict=True):
        if need_kg <= 0:
            break
        kg = min(left_kg, _up(need_kg, lot.granularity_kg))
        cost += kg * lot.price_fen_per_t
        need_kg -= kg
    assert need_kg <= 0, need_kg
    return cost


def _shares(need_kg: int, ordered: Sequence[Lot], wishes: Wishes) -> dict[int, int]:
    """Return what the wished shares take of each lot, by its place."""
    taken: dict[int, int] = {}
    for kind, percent in sorted(wishes.shares.items()):
        left = _up(-(-need_kg * percent // 100), RULES[kind].granularity_kg)
        for place, lot in enumerate(ordered):
            if lot.kind is kind and left > 0:
                taken[place] = min(lot.available_kg, left)
                left -= taken[place]
        if left > 0:
            raise NotEnoughCredits(need_kg=need_kg, lacking_kg=left, kind=kind.value)
    return taken


def _cheapest(need_kg: int, ordered: Sequence[Lot], remaining: Sequence[int]) -> dict[int, int]:
    """Return the cheapest amounts that cover the need, by place of lot."""
    runs: dict[int, list[_Run]] = {granularity: [] for granularity in GRANULARITIES}
    for place, lot in enumerate(ordered):
        granularity = lot.granularity_kg
        if remaining[place]:
            runs[granularity].append(
                _Run(
                    granularity * lot.price_fen_per_t,
                    remaining[place] // granularity,
                    ((place, granularity),),
                )
            )
    found = [
        (cost, sum(amounts.values()), len(amounts), sorted(amounts.items()), amounts)
        for rounding in product((False, True), repeat=len(GRANULARITIES) - 1)
        if (candidate := _candidate(need_kg, runs, rounding)) is not None
        for cost, amounts in [candidate]
    ]
    if not found:
        raise NotEnoughCredits(need_kg=need_kg, lacking_kg=max(0, need_kg - sum(remaining)))
    return min(found)[-1]


def _candidate(
    need_kg: int, runs: Mapping[int, Sequence[_Run]], rounding: tuple[bool, ...]
) -> tuple[int, dict[int, int]] | None:
    """Return cost and amounts when at each border the need is rounded up, or met exactly."""
    cost, amounts = 0, dict[int, int]()
    packs: list[_Run] = []
    for border, granularity in enumerate(GRANULARITIES):
        pool = sorted([*packs, *runs[granularity]], key=lambda run: (run.cost, run.parts))
        need_kg = _up(need_kg, granularity)
        if border == len(rounding):
            wanted = need_kg // granularity
        elif rounding[border]:
            packs = []
            continue
        else:
            wanted = need_kg % GRANULARITIES[border + 1] // granularity
        need_kg -= wanted * granularity
        spent, rest = _take(wanted, pool, amounts)
        if rest is None:
            return None
        cost += spent
        if border < len(rounding):
            packs = _packed(rest, GRANULARITIES[border + 1] // granularity)
    return cost, amounts


def _take(
    wanted: int, pool: Sequence[_Run], amounts: dict[int, int]
) -> tuple[int, list[_Run] | None]:
    """Take the cheapest packs of the pool into `amounts`; return their cost and what is left."""
    cost = 0
    for at, run in enumerate(pool):
        count = min(wanted, run.count)
        if count:
            cost += count * run.cost
            for place, kg in run.parts:
                amounts[place] = amounts.get(place, 0) + count * kg
        wanted -= count
        if not wanted:
            rest = [_Run(run.cost, run.count - count, run.parts)] if run.count > count else []
            return cost, [*rest, *pool[at + 1 :]]
    return cost, None if wanted else []


def _packed(runs: Sequence[_Run], size: int) -> list[_Run]:
    """Return packs of `size` from runs of ascending cost; an incomplete last one is left out."""
    packs: list[_Run] = []
    open_cost, open_count, open_parts = 0, 0, dict[int, int]()
    for run in runs:
        count = run.count
        if open_count:
            fill = min(count, size - open_count)
            open_cost, open_count, count = (
                open_cost + fill * run.cost,
                open_count + fill,
                count - fill,
            )
            for place, kg in run.parts:
                open_parts[place] = open_parts.get(place, 0) + fill * kg
            if open_count == size:
                packs.append(_Run(open_cost, 1, tuple(sorted(open_parts.items()))))
                open_cost, open_count, open_parts = 0, 0, {}
        whole, over = divmod(count, size)
        if whole:
            parts = tuple((place, kg * size) for place, kg in run.parts)
            packs.append(_Run(run.cost * size, whole, parts))
        if over:
            open_cost, open_count = over * run.cost, over
            open_parts = {place: kg * over for place, kg in run.parts}
    return packs


def _lines(
    need_kg: int,
    ordered: Sequence[Lot],
    taken: Mapping[int, int],
    shared: Mapping[int, int],
    wishes: Wishes,
) -> list[Line]:
    surplus_kg = sum(taken.values()) - need_kg
    coarsest = max((ordered[place].granularity_kg for place in taken), default=1)
    lines: list[Line] = []
    exact = paid = 0
    for place, kg in sorted(taken.items()):
        lot = ordered[place]
        exact += kg * lot.price_fen_per_t
        cost = _fen(exact) - paid
        paid += cost
        why = [Why(_PRICE, {"price": yuan(lot.price_fen_per_t)})]
        if place in shared:
            why.append(Why(_SHARE, {"percent": str(wishes.shares[lot.kind])}))
        if lot.granularity_kg < coarsest:
            why.append(Why(_REMAINDER, {"granularity": str(lot.granularity_kg)}))
        if place == max(taken) and surplus_kg:
            why.append(
                Why(_UP, {"granularity": str(lot.granularity_kg), "surplus": str(surplus_kg)})
            )
        lines.append(Line(lot.batch_id, lot.kind, kg, lot.price_fen_per_t, cost, tuple(why)))
    return lines


def yuan(fen: int) -> str:
    """Return an amount of fen in yuan, with two decimals."""
    return f"{fen // 100}.{fen % 100:02d}"


def _fen(per_thousand: int) -> int:
    return -(-per_thousand // KG_PER_TONNE)


def _up(amount: int, step: int) -> int:
    return -(-amount // step) * step


_PRICE = N_("单价每吨 %(price)s 元")
_SHARE = N_("按意愿，此类不少于所需的 %(percent)s%%")
_REMAINDER = N_("以 %(granularity)s 千克为单位补足余数，比多购一整吨便宜")
_UP = N_("最小单位 %(granularity)s 千克，向上取整，多出 %(surplus)s 千克，不能另作他用")
