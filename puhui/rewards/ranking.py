"""Rankings: who stands where, and over what span of time.

People stand in one if they agree and are surely 18; teams if their lead agrees; counties as they
are. Teams and counties of fewer than five people stand in none. People and teams are ranked by
points of their own verified deeds, so neither by what was bought or donated nor by what was put
right by hand; counties by verified trees.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from puhui.kernel.text import N_

TOP = 100
"""How many stand on the list; everyone else learns their own place."""
LEAST_PEOPLE = 5
"""With fewer, a figure could be somebody's."""
EVER = "all"
_PERIOD = re.compile("all|20[0-9]{2}(-(0[1-9]|1[0-2]))?")


class Board(StrEnum):
    """Who is ranked."""

    PEOPLE = "people"
    TEAMS = "teams"
    COUNTIES = "counties"


BOARD_NAMES: dict[Board, str] = {
    Board.PEOPLE: N_("个人榜"),
    Board.TEAMS: N_("团队榜"),
    Board.COUNTIES: N_("县区榜"),
}


@dataclass(frozen=True)
class Place:
    """A place in a ranking. Whoever has as much stands as high, and the next as many lower."""

    rank: int
    score: int


def is_period(text: str) -> bool:
    """Whether the text names a month (2026-03), a year (2026) or all time (all)."""
    return _PERIOD.fullmatch(text) is not None


def periods(day: date) -> tuple[str, str, str]:
    """Return the month, the year, and all time, for a day."""
    return f"{day:%Y-%m}", f"{day:%Y}", EVER


def places(scores: Sequence[int]) -> list[Place]:
    """Return the places of scores, the highest first: 5, 3, 3, 1 stand first, second twice, fourth.

    The scores must come in order.
    """
    found: list[Place] = []
    for number, score in enumerate(scores, start=1):
        assert not found or score <= found[-1].score, scores
        is_tie = bool(found) and found[-1].score == score
        found.append(Place(found[-1].rank if is_tie else number, score))
    return found
