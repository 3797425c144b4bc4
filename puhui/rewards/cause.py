"""A cause (公益项目): who carries it out, and in words what a point does there.

A point given is a sign of support. It is no sum of money and no kilogram of carbon, so the words
may speak of neither.
"""

import re
from dataclasses import dataclass
from uuid import UUID

from puhui.kernel.errors import Fault
from puhui.kernel.text import N_
from puhui.rewards.offer import priced

LONGEST_NAME = 60
LONGEST_WORDS = 500
MOST_POINTS = 1_000_000

_MASS = re.compile(
    r"公斤|千克|吨|克(?=碳|二氧化碳|CO)|二氧化碳|碳信用|碳汇|碳中和|碳减排|抵消"
    r"|\bkg\b|\d\s*k?g\b|\bton(?:ne)?s?\b|co2|carbon credit|offset",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class CauseDraft:
    """A cause as an operator publishes it."""

    organisation_id: UUID
    """Who carries it out."""
    name_zh: str
    name_en: str
    says_zh: str
    """What a point does there."""
    says_en: str


@dataclass(frozen=True)
class DonationDraft:
    """Points to be given to a cause."""

    cause_id: UUID
    points: int


def judge(draft: CauseDraft) -> list[Fault]:
    """Return everything that the words of a cause must not say."""
    texts = {field: getattr(draft, field) for field in ("name_zh", "name_en", "says_zh", "says_en")}
    faults = priced(texts)
    message = N_("积分不是碳，请不要写重量或碳信用（%(found)s）")
    faults += [
        Fault("weighed", message, None, field, {"found": found[0]})
        for field, text in texts.items()
        if (found := _MASS.search(text)) is not None
    ]
    return faults
