"""What rewards keep, by noun; all of it together, since tables refer to one another by name."""

from puhui.rewards.model import (
    adjustment,
    base,
    cause,
    claim,
    decision,
    duty,
    offer,
    outing,
    planting,
    points,
    redemption,
    report,
    rule,
    second_look,
    survival,
)

__all__ = [
    "adjustment",
    "base",
    "cause",
    "claim",
    "decision",
    "duty",
    "offer",
    "outing",
    "planting",
    "points",
    "redemption",
    "report",
    "rule",
    "second_look",
    "survival",
]
