"""Money that arrives: what it must be to pay for a hold, and what is odd about it if it is not."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from puhui.credits.hold import HoldState

CURRENCY = "CNY"
"""What prices are in (ISO 4217)."""


class Road(StrEnum):
    """How money reaches us."""

    BANK = "bank"
    GATEWAY = "gateway"


class Oddity(StrEnum):
    """Why money does not pay the hold that it names. The words are those of the refusals."""

    UNKNOWN_HOLD = "unknown_hold"
    WRONG_CURRENCY = "wrong_currency"
    PAID_ALREADY = "paid_already"
    HOLD_OVER = "hold_over"
    WRONG_AMOUNT = "wrong_amount"


class Fate(StrEnum):
    """What has become of money by now."""

    USED = "used"
    WAITING = "waiting"
    ASKED = "asked"
    SENDING = "sending"
    SENT = "sent"
    SET_ASIDE = "set_aside"


@dataclass(frozen=True)
class Arrival:
    """Money, as the bank or the gateway tells of it. Amounts are hundredths of the currency."""

    road: Road
    reference: str
    amount_fen: int
    paid_on: date
    currency: str = CURRENCY
    paid_at: datetime | None = None
    """The instant, if it is told."""

    def __post_init__(self) -> None:
        assert self.reference, "money has a number"
        assert self.amount_fen > 0, self.amount_fen


@dataclass(frozen=True)
class Price:
    """What a hold costs, and whether it can still be paid for."""

    hold_id: UUID
    state: HoldState
    total_fen: int
    expires_at: datetime


def oddity(arrival: Arrival, price: Price | None, now: datetime) -> Oddity | None:
    """Return why money does not pay for a hold, or None if it does.

    Money of which the instant is told is in time if that instant is: what is told of it may be
    late, as long as the hold still keeps its serials.
    """
    if price is None:
        return Oddity.UNKNOWN_HOLD
    if arrival.currency != CURRENCY:
        return Oddity.WRONG_CURRENCY
    if price.state in (HoldState.PAID, HoldState.RETIRED):
        return Oddity.PAID_ALREADY
    if price.state is not HoldState.HELD or (arrival.paid_at or now) >= price.expires_at:
        return Oddity.HOLD_OVER
    if arrival.amount_fen != price.total_fen:
        return Oddity.WRONG_AMOUNT
    return None
