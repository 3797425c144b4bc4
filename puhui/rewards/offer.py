"""An offer (兑换品): what a partner gives for points, and on which terms.

Points are thanks and have no price in money, so an offer names points and nothing else.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from puhui.kernel.county import counties
from puhui.kernel.errors import Fault
from puhui.kernel.text import N_

MOST_POINTS = 1_000_000
MOST_STOCK = 1_000_000
LONGEST_NAME = 60
LONGEST_WORDS = 500
LONGEST_CODE_DAYS = 365
MOST_AHEAD = timedelta(days=3 * 366)


class OfferKind(StrEnum):
    """What is offered, for those who look for it and for the public count."""

    BAMBOO = "bamboo"
    DAILY = "daily"
    NATURE = "nature"
    TRAVEL = "travel"
    OTHER = "other"


KIND_NAMES = {
    OfferKind.BAMBOO: N_("竹木制品"),
    OfferKind.DAILY: N_("生活用品"),
    OfferKind.NATURE: N_("自然体验"),
    OfferKind.TRAVEL: N_("绿色出行"),
    OfferKind.OTHER: N_("其他兑换品"),
}


class Delivery(StrEnum):
    """How it reaches whoever redeems it."""

    PICKUP = "pickup"
    """A good, handed over for a code."""
    SENT = "sent"
    """A good, sent to an address."""
    SERVICE = "service"
    """A service, given for a code."""

    @property
    def by_code(self) -> bool:
        """Whether a code is needed to receive it."""
        return self is not Delivery.SENT


DELIVERY_NAMES = {
    Delivery.PICKUP: N_("到店自取"),
    Delivery.SENT: N_("寄送到家"),
    Delivery.SERVICE: N_("到店享受服务"),
}


class TermsState(StrEnum):
    """Where terms stand. Only published ones can be redeemed; no state is left again."""

    PROPOSED = "proposed"
    PUBLISHED = "published"
    REFUSED = "refused"


@dataclass(frozen=True)
class Terms:
    """What is offered, for how many points, where and until when: one version."""

    name_zh: str
    name_en: str
    says_zh: str
    says_en: str
    points: int
    delivery: Delivery
    county_code: str | None
    """Where it holds; None in the whole province."""
    offered_until: date
    """The last day on which it can be redeemed."""
    code_days: int
    """Days after redeeming within which it is fetched, or must have been sent."""
    returns_unused: bool
    """Whether the points come back when a code was not used in time."""
    most_each: int | None = None
    """How many one person can redeem; None for no limit."""


@dataclass(frozen=True)
class OfferDraft:
    """An offer as its partner proposes it."""

    organisation_id: UUID
    kind: OfferKind
    stock: int
    """How many there are in all, those already redeemed included."""
    terms: Terms


_MONEY = re.compile(
    r"[¥￥$€]|人民币|\d\s*(?:元|块钱)|[一二三四五六七八九十百千万两]元|\d\s*(?:yuan|rmb|cny)\b|\brmb\b",
    re.IGNORECASE,
)


def money_in(text: str) -> str | None:
    """Return the first sum of money that a text speaks of; None if it speaks of none."""
    found = _MONEY.search(text)
    return found[0] if found else None


def priced(texts: dict[str, str]) -> list[Fault]:
    """Return a fault for each text, by field, that names a sum of money beside points."""
    message = N_("积分没有价格，请不要写金额（%(found)s）")
    return [
        Fault("priced", message, None, field, {"found": found})
        for field, text in texts.items()
        if (found := money_in(text)) is not None
    ]


def judge(terms: Terms, today: date) -> list[Fault]:
    """Return everything that cannot be right with the terms of an offer."""
    faults = priced({
        field: getattr(terms, field) for field in ("name_zh", "name_en", "says_zh", "says_en")
    })  # fmt: skip
    if terms.county_code is not None and terms.county_code not in counties():
        faults.append(Fault("unknown_county", N_("没有这个县级行政区划代码"), field="county_code"))
    if terms.county_code is None and terms.delivery.by_code:
        faults.append(
            Fault("county_missing", N_("到店的兑换品须写明在哪个县（市、区）"), field="county_code")
        )
    if not today <= terms.offered_until <= today + MOST_AHEAD:
        message = N_("截止日期应在今天以后、三年以内")
        faults.append(Fault("bad_offered_until", message, field="offered_until"))
    if terms.delivery is Delivery.SENT and not terms.returns_unused:
        message = N_("到期没有寄出的，积分必须退还")
        faults.append(Fault("must_return", message, field="returns_unused"))
    return faults
