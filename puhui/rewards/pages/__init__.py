"""Pages of rewards, by noun; each module hangs its own on the blueprint."""

from puhui.rewards.pages import base, duty, planting, points, report, rule, total
from puhui.rewards.pages.blueprint import pages

__all__ = ["base", "duty", "pages", "planting", "points", "report", "rule", "total"]
