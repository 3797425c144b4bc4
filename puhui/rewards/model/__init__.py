"""What rewards keep, by noun; all of it together, since tables refer to one another by name."""

from puhui.rewards.model import (
    adjustment,
    base,
    decision,
    duty,
    outing,
    planting,
    points,
    report,
    rule,
    second_look,
    standing,
    survival,
    team,
)

__all__ = [
    "adjustment",
    "base",
    "decision",
    "duty",
    "outing",
    "planting",
    "points",
    "report",
    "rule",
    "second_look",
    "standing",
    "survival",
    "team",
]
