"""What a verifier says of a footprint."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """The two ways it can go."""

    VERIFIED = "verified"
    REFUSED = "refused"


@dataclass(frozen=True)
class Reason:
    """Why it was refused: about one line of the inventory, or the whole when `row` is None."""

    row: int | None
    reason: str
