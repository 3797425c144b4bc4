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

Shares of a county or a vintage, and preferences, tie lots together; `optimum` solves for these.

A budget asks the other way round. What the cheapest bundle costs never falls as the need grows,
since a bundle for more kilograms serves fewer too; so the largest need that a budget covers is
found by halving, and buying for it spends the budget best.

Costs are compared in fen per 1,000 (kilograms times fen per tonne), so without rounding; the
bundle's total is rounded up once, to the fen, and the lines share it out so that they add up.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from uuid import UUID

from puhui.credits import optimum
from puhui.credits.errors import BudgetTooSmall, NotEnoughCredits
from puhui.credits.kind import RULES, Kind
from puhui.credits.wish import Group
from puhui.credits.wish import Lot as Lot
from puhui.credits.wish import Prefer as Prefer
from puhui.credits.wish import Wishes as Wishes
from puhui.kernel.text import N_

GRANULARITIES = (1, 10, 1000)
KG_PER_TONNE = 1000


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
    left_kg: int | None = None
    """What the batch still has on sale afterwards; None once the offer is no longer fresh."""


@dataclass(frozen=True)
class Proposal:
    """What to buy for a need. The lines add up to the totals; surplus serves nothing else."""

    need_kg: int
    lines: tuple[Line, ...]
    total_fen: int
    greedy_fen: int
    """What buying lot after lot by price alone would cost."""
    proven: bool = True
    """Whether no bundle serves the wishes better; False where the search was too long."""
    at_least_fen: int | None = None
    """Where nothing is proven: what any bundle that honours the shares costs at least."""

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


def choose(
    need_kg: int, lots: Sequence[Lot], wishes: Wishes | None = None, most_fen: int | None = None
) -> Proposal:
    """Return the cheapest lines that cover `need_kg` and honour the wishes.

    The same lots in any order give the same proposal: of equal prices the older credits come
    first, and of equally cheap candidates the one with less surplus, then of fewer lots.
    `most_fen` bounds what a preference may cost.

    Raises:
        NotEnoughCredits: what may be bought does not cover the need, or not a wished share.
    """
    assert need_kg > 0, need_kg
    wishes = wishes or Wishes()
    ordered = _in_order(lots, wishes)
    taken: Mapping[int, int]
    proven, at_least_fen = True, None
    if wishes.is_simple:
        taken = _exactly(need_kg, ordered, wishes)
    else:
        answer = optimum.solve(need_kg, ordered, wishes, most_fen)
        taken, proven = answer.taken, answer.proven
        at_least_fen = None if proven else _fen(answer.least)
    groups = wishes.groups(ordered)
    greedy = by_price(need_kg, ordered, groups)
    lines = _lines(need_kg, ordered, taken, groups, wishes)
    total_fen = sum(line.cost_fen for line in lines)
    return Proposal(need_kg, tuple(lines), total_fen, _fen(greedy), proven, at_least_fen)


def choose_for_budget(
    budget_fen: int, lots: Sequence[Lot], wishes: Wishes | None = None
) -> Proposal:
    """Return the bundle that covers the most kilograms for at most `budget_fen`.

    Raises:
        BudgetTooSmall: it does not pay for a single granule under these wishes.
    """
    assert budget_fen > 0, budget_fen
    wishes = wishes or Wishes()
    ordered = _in_order(lots, wishes)
    if wishes.is_simple:
        need_kg = _largest_need(budget_fen, ordered, wishes)
    else:
        need_kg = optimum.largest_need(budget_fen, ordered, wishes)
    if not need_kg:
        raise BudgetTooSmall(budget_fen=budget_fen)
    return choose(need_kg, ordered, wishes, budget_fen)


def _in_order(lots: Sequence[Lot], wishes: Wishes) -> list[Lot]:
    """Return the lots that may be bought, in order of preference."""
    return sorted(
        (lot for lot in lots if lot.available_kg and wishes.allow(lot)),
        key=lambda lot: (lot.price_fen_per_t, lot.period_ends, lot.batch_id),
    )


def _largest_need(budget_fen: int, ordered: Sequence[Lot], wishes: Wishes) -> int:
    """Return the largest need whose cheapest bundle the budget pays for, by halving."""

    def pays(need_kg: int) -> bool:
        try:
            taken = _exactly(need_kg, ordered, wishes)
        except NotEnoughCredits:
            return False
        cost = sum(kg * ordered[place].price_fen_per_t for place, kg in taken.items())
        return _fen(cost) <= budget_fen

    fits, too_much = 0, sum(lot.available_kg for lot in ordered) + 1
    while too_much - fits > 1:
        middle = (fits + too_much) // 2
        fits, too_much = (middle, too_much) if pays(middle) else (fits, middle)
    return fits


def _exactly(need_kg: int, ordered: Sequence[Lot], wishes: Wishes) -> dict[int, int]:
    """Return the cheapest amounts when only prices and shares of kinds count."""
    taken = _shares(need_kg, ordered, wishes)
    left = need_kg - sum(taken.values())
    if left > 0:
        remaining = [lot.available_kg - taken.get(place, 0) for place, lot in enumerate(ordered)]
        for place, kg in _cheapest(left, ordered, remaining).items():
            taken[place] = taken.get(place, 0) + kg
    return taken


def by_price(need_kg: int, ordered: Sequence[Lot], groups: Sequence[Group] = ()) -> int:
    """Return what it costs, in fen per 1,000, to buy lot after lot in order of price.

    The simple way, kept for comparison: first for each wished share, then for the rest. It buys a
    whole tonne where a few kilograms are lacking. The lots together cover need and shares.
    """
    taken = [0] * len(ordered)

    def empty(places: Iterable[int], left: int) -> None:
        for place in places:
            if left <= 0:
                return
            lot = ordered[place]
            kg = min(lot.available_kg - taken[place], _up(left, lot.granularity_kg))
            taken[place] += kg
            left -= kg
        assert left <= 0, left

    for group in groups:
        empty(group.places, group.least_kg(need_kg) - sum(taken[place] for place in group.places))
    empty(range(len(ordered)), need_kg - sum(taken))
    return sum(kg * lot.price_fen_per_t for kg, lot in zip(taken, ordered, strict=True))


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
    groups: Sequence[Group],
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
        why += [
            Why(_SHARES[group.by], {"percent": str(group.percent), "name": group.name})
            for group in groups
            if place in group.places
        ]
        if wishes.prefer is Prefer.HOUSEHOLDS and lot.households:
            why.append(Why(_HOUSEHOLDS, {"households": str(lot.households)}))
        if lot.granularity_kg < coarsest:
            why.append(Why(_REMAINDER, {"granularity": str(lot.granularity_kg)}))
        if place == max(taken) and surplus_kg:
            why.append(
                Why(_UP, {"granularity": str(lot.granularity_kg), "surplus": str(surplus_kg)})
            )
        lines.append(
            Line(
                lot.batch_id,
                lot.kind,
                kg,
                lot.price_fen_per_t,
                cost,
                tuple(why),
                lot.available_kg - kg,
            )
        )
    return lines


def yuan(fen: int) -> str:
    """Return an amount of fen in yuan, with two decimals."""
    return f"{fen // 100}.{fen % 100:02d}"


def _fen(per_thousand: int) -> int:
    return -(-per_thousand // KG_PER_TONNE)


def _up(amount: int, step: int) -> int:
    return -(-amount // step) * step


_PRICE = N_("单价每吨 %(price)s 元")
_SHARES = {
    "kind": N_("按意愿，此类不少于所需的 %(percent)s%%"),
    "county": N_("按意愿，来自 %(name)s 的不少于所需的 %(percent)s%%"),
    "vintage": N_("按意愿，%(name)s 年份的不少于所需的 %(percent)s%%"),
}
_HOUSEHOLDS = N_("收益由 %(households)s 户共享")
_REMAINDER = N_("以 %(granularity)s 千克为单位补足余数，比多购一整吨便宜")
_UP = N_("最小单位 %(granularity)s 千克，向上取整，多出 %(surplus)s 千克，不能另作他用")
