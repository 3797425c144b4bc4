"""A reserve: a share of each issuance that is never sold and covers what the forest may lose.

The last numbers of an issuance go in, rounded up to whole granules: a reserve is rather a little
too large. A loss is covered out of the reserves of the project's batches whose removals it can
have touched, the oldest period first, with whole granules, and never with more than is there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from puhui.credits.kind import Kind

WHOLE_BP = 10_000


@dataclass(frozen=True)
class ReserveDraft:
    """How much of each further issuance of a kind, or of a project, goes into its reserve."""

    kind: Kind | None
    project_code: str | None
    share_bp: int
    """In hundredths of a per cent."""
    source: str

    def __post_init__(self) -> None:
        assert (self.kind is None) != (self.project_code is None), self
        assert 0 <= self.share_bp <= WHOLE_BP, self.share_bp


@dataclass(frozen=True)
class Reserve:
    """What lies in the reserve of a batch."""

    batch_id: UUID
    period_ends: date
    granularity_kg: int
    reserved_kg: int


def reserved_of(count: int, share_bp: int) -> int:
    """Return how many of `count` serials go into the reserve."""
    assert count > 0 and 0 <= share_bp <= WHOLE_BP, (count, share_bp)
    return -(-count * share_bp // WHOLE_BP)


def covered(lost_kg: int, reserves: Sequence[Reserve]) -> dict[UUID, int]:
    """Return what of each batch's reserve, in kilograms, covers a loss.

    Together min(loss, reserves), but for the last granule, which is whole.
    """
    assert lost_kg > 0, lost_kg
    taken: dict[UUID, int] = {}
    for each in sorted(reserves, key=lambda each: (each.period_ends, each.batch_id)):
        wanted = -(-lost_kg // each.granularity_kg) * each.granularity_kg
        kg = min(wanted, each.reserved_kg)
        if kg:
            taken[each.batch_id] = kg
            lost_kg -= kg
        if lost_kg <= 0:
            break
    return taken
