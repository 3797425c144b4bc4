"""What everybody may count: points given, waiting, spent, expired, taken back, moved by hand.

What was ever issued is all in one of the places that are counted here (`Totals.accounted`).
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from puhui.ledger import queries as ledger
from puhui.ledger.account import POINT, POINTS_ISSUED
from puhui.rewards.adjustment import AdjustmentState
from puhui.rewards.model.adjustment import Adjustment
from puhui.rewards.model.cause import Cause, Donation
from puhui.rewards.model.offer import Offer
from puhui.rewards.model.points import Award, Reversal
from puhui.rewards.model.redemption import Redemption
from puhui.rewards.offer import OfferKind
from puhui.rewards.redemption import RedemptionState


@dataclass(frozen=True)
class Given:
    """What one rule's key has given, in all."""

    key: str
    awards: int
    points: int


@dataclass(frozen=True)
class Spent:
    """What was redeemed for one kind of offer, refunds aside."""

    kind: OfferKind
    redemptions: int
    points: int


@dataclass(frozen=True)
class Donated:
    """What one cause was given."""

    cause_id: UUID
    name_zh: str
    name_en: str
    donations: int
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
    issued: int
    """Everything ever given out."""
    spent_by_kind: tuple[Spent, ...]
    donated: int
    donated_by_cause: tuple[Donated, ...]
    withheld: int
    """Points of refunds that went back for awards reversed meanwhile."""

    @property
    def outstanding(self) -> int:
        """Return what people hold, to be spent now or later."""
        return self.in_wallets + self.pending

    @property
    def accounted(self) -> int:
        """Return the sum of all that became of points: what was issued, to the last one."""
        gone = self.expired + self.taken_back + self.taken_by_hand + self.withheld
        return self.outstanding + self.spent + self.donated + gone


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
        ledger.issued(session, POINTS_ISSUED),
        _spent(session),
        held.get("donated", 0),
        _donated(session),
        returned.get("refunded", 0),
    )


def _spent(session: Session) -> tuple[Spent, ...]:
    rows = session.execute(
        select(Offer.kind, func.count(), func.sum(Redemption.points))
        .join(Redemption, Redemption.offer_id == Offer.offer_id)
        .where(Redemption.state != RedemptionState.REFUNDED)
        .group_by(Offer.kind)
        .order_by(Offer.kind)
    )
    return tuple(Spent(OfferKind(kind), number, int(points)) for kind, number, points in rows)


def _donated(session: Session) -> tuple[Donated, ...]:
    rows = session.execute(
        select(Cause, func.count(), func.sum(Donation.points))
        .join(Donation, Donation.cause_id == Cause.cause_id)
        .group_by(Cause.cause_id)
        .order_by(Cause.published_at, Cause.cause_id)
    )
    return tuple(
        Donated(cause.cause_id, cause.name_zh, cause.name_en, number, int(points))
        for cause, number, points in rows
    )


def _given(session: Session) -> tuple[Given, ...]:
    rows = session.execute(
        select(Award.rule_key, func.count(), func.sum(Award.points))
        .group_by(Award.rule_key)
        .order_by(Award.rule_key)
    )
    return tuple(Given(key, number, int(points)) for key, number, points in rows)
