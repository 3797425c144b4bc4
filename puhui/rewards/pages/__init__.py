"""Pages of rewards, by noun; each module hangs its own on the blueprint."""

from puhui.rewards.pages import (
    base,
    claim,
    duty,
    outing,
    planting,
    points,
    report,
    rule,
    second_look,
    survival,
    total,
)
from puhui.rewards.pages.blueprint import pages

__all__ = [
    "base",
    "claim",
    "duty",
    "outing",
    "pages",
    "planting",
    "points",
    "report",
    "rule",
    "second_look",
    "survival",
    "total",
]
