"""How a unit may be claimed, and what is known beside a claim."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

WINDOW = timedelta(hours=24)
"""In which a person's tries and claims, and the people at one label, are counted together."""
SHOP_WINDOW = timedelta(days=30)
"""Of the sales by which a shop is looked at."""
REMEMBERED = timedelta(days=30)
"""How long devices, wrong PINs and vain tries are kept; no window they are counted in is longer."""


@dataclass(frozen=True)
class ClaimLimits:
    """What bounds a claim; whoever runs the platform may set it otherwise."""

    tries_of_label: int = 5
    """Wrong PINs of one label within `tries_hours`, after which it can be claimed no more."""
    tries_hours: int = 24
    tries_of_person: int = 20
    claims_of_person: int = 50
    """Claims within the window that a person is allowed at all; far fewer are looked at twice."""
    days_without_shop: int = 3
    """Days after shipping from which a unit counts as sold although no shop has said so."""
    fast_minutes: int = 10
    """Minutes after its sale within which a claim is fast."""
    closed_from: int = 23
    """Hour in China at which shops have closed."""
    closed_until: int = 6


USUAL = ClaimLimits()


@dataclass(frozen=True)
class Circumstances:
    """A claim with what else its buyer, its device, its label and its shop did."""

    serial_id: UUID
    person_id: UUID
    product_id: UUID
    shop_id: UUID | None
    label_code: str
    claimed_at: datetime
    sold_at: datetime | None
    first_scan_at: datetime | None
    first_scan_city: str | None
    tries: int
    label_people: int
    buyer_day: int
    buyer_product_hour: int
    device_day: int
    device_people: int
    shop_sold: int
    shop_claimed: int
    shop_claimed_by_buyer: int
    shop_claimed_fast: int
    shop_claimed_closed: int
    """Of the fast ones, those of hours at which shops are closed."""


def digest_of(device_id: UUID) -> bytes:
    """Return what is kept of a device."""
    return sha256(b"puhui device " + device_id.bytes).digest()
