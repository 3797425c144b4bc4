"""Who uses a factor: asked of packages that this one must not know.

A feature offers a finder; the composition root hands all of them over.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Use:
    """One thing that was computed with a factor."""

    kind: str
    """What it is, as a Chinese sentence to be translated: 碳标签, 活动排放估算."""
    name: str
    address: str | None
    """Where it can be seen, if it is anybody's to see."""


@dataclass(frozen=True)
class Uses:
    """How many there are, and the first of them."""

    count: int
    some: Sequence[Use]


Finder = Callable[[Session, str, int], Uses]
"""Takes a citation (`grid.cn@2024.1`) and how many to name at most."""
MOST = 100


def all_uses(session: Session, citation: str, finders: Sequence[Finder]) -> Uses:
    """Return what every finder knows, together."""
    found = [finder(session, citation, MOST) for finder in finders]
    return Uses(
        sum(uses.count for uses in found), [use for uses in found for use in uses.some][:MOST]
    )
