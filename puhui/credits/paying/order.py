"""Orders with the payment gateway: their states, and when to ask again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID


class OrderState(StrEnum):
    """`asked`: written down, the gateway may or may not know it. `open`: it can be paid."""

    ASKED = "asked"
    OPEN = "open"
    PAID = "paid"
    CLOSED = "closed"
    REFUSED = "refused"


LIVE = frozenset({OrderState.ASKED, OrderState.OPEN})
SHORTEST = timedelta(minutes=1)
"""How long a hold must still last for an order to be worth making."""
FIRST_CHECK = timedelta(minutes=1)
CHECK_EVERY = timedelta(minutes=5)
"""How long after it was made, and then how often, the gateway is asked what became of an order.
A notification makes it needless; one that was lost does not lose the money."""


@dataclass(frozen=True)
class Order:
    """An order as its buyer sees it."""

    order_id: UUID
    hold_id: UUID
    state: OrderState
    amount_fen: int
    qr_text: str | None
    h5_url: str | None
    made_at: datetime
    expires_at: datetime
    fault: str | None

    @property
    def number(self) -> str:
        """What the gateway knows it by: 32 letters and digits."""
        return self.order_id.hex


def number_of(order_id: UUID) -> str:
    """Return what the gateway knows an order by."""
    return order_id.hex


def order_of(number: str) -> UUID | None:
    """Return the order that the gateway means, or None."""
    try:
        found = UUID(hex=number)
    except ValueError:
        return None
    return found if found.hex == number else None
