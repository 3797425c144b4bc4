"""What everybody may count: points given, waiting, spent, expired, taken back, moved by hand."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from puhui.ledger import queries as ledger
from puhui.ledger.account import POINT, POINTS_ISSUED
from puhui.rewards.adjustment import AdjustmentState
from puhui.rewards.model.adjustment import Adjustment
from puhui.rewards.model.points import Award, Reversal


@dataclass(frozen=True)
class Given:
    """What one rule's key has given, in all."""

    key: str
    awards: int
    points: int


@dataclass(frozen=True)
class Totals:
    """The public count of points. Nobody in it is named."""

    given: tuple[Given, ...]
    in_wallets: int
    pending: int
    spent: int
    expired: int
    forfeited: int
    """Left behind by people who asked to be erased."""
    reversals: int
    taken_back: int
    uncovered: int
    """Points that should have been taken back and had been spent; nobody is asked for them."""
    adjustments: int
    """Decisions of two operators."""
    given_by_hand: int
    taken_by_hand: int


def totals(session: Session) -> Totals:
    """Return the public count of points as it stands."""
    held = ledger.totals(session, POINT)
    returned = ledger.returned(session, POINTS_ISSUED)
    reversals, due, taken = session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(Reversal.points), 0),
            func.coalesce(func.sum(Reversal.taken), 0),
        )
    ).one()
    by_hand = Adjustment.moved
    adjustments, plus, minus = session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(by_hand).filter(by_hand > 0), 0),
            func.coalesce(func.sum(-by_hand).filter(by_hand < 0), 0),
        ).where(Adjustment.state == AdjustmentState.APPROVED)
    ).one()
    return Totals(
        _given(session),
        held.get("wallet", 0),
        held.get("pending", 0),
        held.get("redeemed", 0),
        returned.get("expired", 0),
        returned.get("forfeited", 0),
        reversals,
        int(taken),
        int(due - taken),
        adjustments,
        int(plus),
        int(minus),
    )


def _given(session: Session) -> tuple[Given, ...]:
    rows = session.execute(
        select(Award.rule_key, func.count(), func.sum(Award.points))
        .group_by(Award.rule_key)
        .order_by(Award.rule_key)
    )
    return tuple(Given(key, number, int(points)) for key, number, points in rows)
