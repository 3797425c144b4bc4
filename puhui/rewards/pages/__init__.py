"""Pages of rewards, by noun; each module hangs its own on the blueprint."""

from puhui.rewards.pages import (
    base,
    cause,
    claim,
    duty,
    outing,
    partner,
    planting,
    points,
    redemption,
    report,
    rule,
    second_look,
    shop,
    survival,
    total,
)
from puhui.rewards.pages.blueprint import pages

__all__ = [
    "base",
    "cause",
    "claim",
    "duty",
    "outing",
    "pages",
    "partner",
    "planting",
    "points",
    "redemption",
    "report",
    "rule",
    "second_look",
    "shop",
    "survival",
    "total",
]
