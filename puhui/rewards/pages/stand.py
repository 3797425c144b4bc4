"""The drawing of a planting on the tree's page: its trees side by side, the living and the dead."""

from dataclasses import dataclass

from puhui.rewards.pages.blueprint import pages
from puhui.rewards.queries.survivals import Life

MOST = 60
"""Trees that are drawn one by one; of more, one drawn tree stands for several."""
IN_ROW, WIDE, HIGH = 12, 26, 34


@dataclass(frozen=True)
class DrawnTree:
    """Where a tree is drawn, and whether it lives."""

    x: int
    y: int
    lives: bool


@dataclass(frozen=True)
class Stand:
    """Trees in rows, in the units of the drawing; each stands for `each` trees."""

    trees: tuple[DrawnTree, ...]
    each: int
    wide: int
    high: int


@pages.app_template_filter("stand")
def stand(life: Life) -> Stand:
    """Return the trees of a planting as they are drawn, the living first.

    Where one stands for several, a living tree is drawn only for as many that live.
    """
    each = -(-life.planted // MOST)
    count = -(-life.planted // each)
    lives = life.alive // each if life.alive < life.planted else count
    return Stand(
        tuple(
            DrawnTree(number % IN_ROW * WIDE, number // IN_ROW * HIGH, number < lives)
            for number in range(count)
        ),
        each,
        IN_ROW * WIDE,
        -(-count // IN_ROW) * HIGH,
    )
