"""Pages of rewards, by noun; each module hangs its own on the blueprint."""

from puhui.rewards.pages import (
    base,
    duty,
    offline,
    outing,
    planting,
    points,
    ranking,
    report,
    rule,
    second_look,
    stand,
    survival,
    team,
    total,
)
from puhui.rewards.pages.blueprint import pages

__all__ = [
    "base",
    "duty",
    "offline",
    "outing",
    "pages",
    "planting",
    "points",
    "ranking",
    "report",
    "rule",
    "second_look",
    "stand",
    "survival",
    "team",
    "total",
]
