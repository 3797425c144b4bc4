"""What the data beside a photograph suggest. A signal never refuses; it tells a verifier.

The ids are those of the fraud rules P2 to P12; thresholds are their defaults.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from puhui.kernel.clock import day_of
from puhui.kernel.text import N_
from puhui.rewards.planting import PlantingDraft, in_season
from puhui.rewards.points import Said

TREES_PER_PHOTO = 5
STALE = timedelta(hours=24)
AHEAD = timedelta(minutes=10)


@dataclass(frozen=True)
class Signal:
    """One thing to look at twice; `message` has `%(name)s` places for `values`."""

    id: str
    message: str
    values: dict[str, object] = field(default_factory=dict)

    @property
    def said(self) -> Said:
        """Return it as a sentence."""
        return Said(self.message, self.values)


@dataclass(frozen=True)
class Shot:
    """What matters here of a photograph: when it was taken, and whether another looks like it."""

    taken_at: datetime | None
    received_at: datetime
    nearest: int | None = None
    """Bits by which the nearest other photograph differs, of 256."""


def signals(
    draft: PlantingDraft,
    shots: Sequence[Shot],
    base_species: Sequence[str],
    season: tuple[int, int],
) -> list[Signal]:
    """Return what a verifier should look at twice, the gravest first."""
    found = []
    nearest = min((shot.nearest for shot in shots if shot.nearest is not None), default=None)
    if nearest is not None:
        found.append(
            Signal("P2", N_("与另一张照片几乎相同（相差 %(bits)s / 256 位）"), {"bits": nearest})
        )
    times = [(shot.taken_at, shot.received_at) for shot in shots]
    if any(taken is not None and taken > received + AHEAD for taken, received in times):
        found.append(Signal("P4", N_("照片记录的拍摄时间晚于上传时间")))
    if any(taken is not None and received - taken > STALE for taken, received in times):
        found.append(Signal("P4", N_("照片在上传前一天以上拍摄")))
    if any(taken is not None and day_of(taken) != draft.planted_on for taken, _ in times):
        found.append(Signal("P4", N_("照片的拍摄日期与登记的植树日期不同")))
    if all(taken is None for taken, _ in times):
        found.append(Signal("P5", N_("照片里没有拍摄时间（微信等会去除，属常见情况）")))
    if draft.trees > TREES_PER_PHOTO * len(shots):
        found.append(
            Signal("P12", N_("平均每 %(trees)s 株不到一张照片"), {"trees": TREES_PER_PHOTO})
        )
    if draft.species not in base_species:
        found.append(Signal("P12", N_("树种不在该基地的树种名录中")))
    if not in_season(draft.planted_on.month, *season):
        found.append(Signal("P12", N_("植树日期不在该基地的植树季")))
    return found
