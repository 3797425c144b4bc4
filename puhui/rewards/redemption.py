"""A redemption (兑换): points given for one offer, its code, and what becomes of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from puhui.kernel.clock import CHINA
from puhui.kernel.text import N_
from puhui.rewards.offer import Delivery

CODE_LENGTH = 10
"""Letters of a code: 50 bits, so that guessing finds nothing before the limit of tries ends it."""
LONGEST_REASON = 300
LONGEST_TRACKING = 60


class RedemptionState(StrEnum):
    """Where a redemption stands. It only goes forward; the last four are final."""

    ISSUED = "issued"
    SENT = "sent"
    HANDED_OVER = "handed_over"
    DELIVERED = "delivered"
    REFUNDED = "refunded"
    LAPSED = "lapsed"
    """Its code was not used in time, and the offer had said that nothing comes back then."""

    @property
    def is_open(self) -> bool:
        """Whether something is still to come."""
        return self in (RedemptionState.ISSUED, RedemptionState.SENT)


class RefundGround(StrEnum):
    """Who or what gave the points back."""

    PARTNER = "partner"
    OPERATOR = "operator"
    UNUSED = "unused"
    """The code was not used in time; the buyer could have."""
    UNSENT = "unsent"
    """The partner did not send it in time."""
    ERASED = "erased"
    """Whoever redeemed it was erased before it was fetched or sent."""


STATE_NAMES = {
    RedemptionState.ISSUED: N_("已兑换"),
    RedemptionState.SENT: N_("已寄出"),
    RedemptionState.HANDED_OVER: N_("已交付"),
    RedemptionState.DELIVERED: N_("已签收"),
    RedemptionState.REFUNDED: N_("已退还"),
    RedemptionState.LAPSED: N_("已过期"),
}

GROUND_NAMES = {
    RefundGround.PARTNER: N_("商户退还"),
    RefundGround.OPERATOR: N_("运营方退还"),
    RefundGround.UNUSED: N_("兑换码到期没有使用，自动退还"),
    RefundGround.UNSENT: N_("到期没有寄出，自动退还"),
    RefundGround.ERASED: N_("兑换人已注销，自动退还"),
}


@dataclass(frozen=True)
class Address:
    """Where something is sent. Kept sealed, and deleted some days after it has arrived."""

    recipient: str
    phone: str
    place: str


@dataclass(frozen=True)
class RedemptionDraft:
    """What somebody wants: an offer on the terms they were shown."""

    offer_id: UUID
    version_id: UUID
    address: Address | None = None


class StepTaken(NamedTuple):
    """A step of a redemption's way, and whether it has been reached."""

    state: RedemptionState
    reached: bool


def renewed(
    points: int, lots: Iterable[tuple[date, int]], balance: int, today: date, grace_days: int
) -> int:
    """Return how many of the points that come back need a new last day.

    `lots` are the last day and the points of those that have matured, in the order of their days,
    and `balance` is what the wallet holds before they come back. Points that end first are spent
    first, so coming back makes spent points of the latest lots unspent, as if they had never been
    spent. What by that ended already, or ends before `grace_days` from `today` are over, is the
    number sought: it lies before the lots that last long enough.
    """
    living = [(day, each) for day, each in lots if day >= today]
    spent = max(0, sum(each for _, each in living) - balance)
    soon = sum(each for day, each in living if day < today + timedelta(days=grace_days))
    return min(points, max(0, min(spent, soon) - spent + points))


def steps(delivery: Delivery, state: RedemptionState) -> list[StepTaken]:
    """Return the way of a redemption, each step with whether it has been reached."""
    last = RedemptionState.HANDED_OVER
    way = [RedemptionState.ISSUED, last]
    if delivery is Delivery.SENT:
        way = [RedemptionState.ISSUED, RedemptionState.SENT, RedemptionState.DELIVERED]
    if state in way:
        return [StepTaken(step, way.index(step) <= way.index(state)) for step in way]
    return [StepTaken(RedemptionState.ISSUED, True), StepTaken(state, True)]


def spaced(code: str) -> str:
    """Return a code in two halves, as people read it."""
    return f"{code[: CODE_LENGTH // 2]}-{code[CODE_LENGTH // 2 :]}"


def month_of(day: date) -> tuple[date, date]:
    """Return the first day of a month and of the one after it."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1)


def begin_of(day: date) -> datetime:
    """Return when a day begins in China."""
    return datetime(day.year, day.month, day.day, tzinfo=CHINA)
