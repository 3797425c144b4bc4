"""A claimed unit whose points may have to wait, and what somebody decides of it."""

from enum import StrEnum

from puhui.kernel.errors import Fault
from puhui.kernel.text import N_

MOST_WORDS = 500


class ClaimState(StrEnum):
    """What became of a claim."""

    ACCEPTED = "accepted"
    """The rules let it pass."""
    HELD = "held"
    """Its points do not mature until somebody has looked at it."""
    RELEASED = "released"
    """Somebody looked, and let it go on."""
    REFUSED = "refused"
    """By the rules or by somebody; its points were taken back."""
    RETURNED = "returned"
    """The unit went back to the shop."""


class HeldFor(StrEnum):
    """What made a claim wait."""

    RULES = "rules"
    """What lies beside the claim itself."""
    LABEL = "label"
    """Many people tried the same unit afterwards."""
    SHOP = "shop"
    """All claims of the shop wait."""


def judge_words(words: str) -> list[Fault]:
    """Return what is wrong with the words that go with a decision or an appeal."""
    if not words.strip() or len(words) > MOST_WORDS:
        return [Fault("words_missing", N_("请写明理由"), field="words")]
    return []
