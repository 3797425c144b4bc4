"""One thing to look at twice, what many of them weigh together, and what follows.

Cheap signals never refuse: they add up. Only what cannot be true is refused, and a person may
appeal even that.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import Any
from uuid import UUID

from puhui.rewards.points import Said
from puhui.rewards.threshold import Thresholds


class Effect(StrEnum):
    """What one signal does, the gravest last."""

    ADD = "add"
    """It adds its score."""
    REVIEW = "review"
    """A verifier has to look, whatever the score."""
    HOLD = "hold"
    """A verifier has to look, and early."""
    REFUSE = "refuse"
    """It cannot be true."""


class Outcome(StrEnum):
    """What follows from all signals together."""

    ACCEPT = "accept"
    """Nothing stands out: it counts without a verifier; the monthly audit may still draw it."""
    SAMPLE = "sample"
    """Something stands out; the draw let it pass."""
    REVIEW = "review"
    HOLD = "hold"
    REFUSE = "refuse"


GRAVITY = tuple(Effect)


@dataclass(frozen=True)
class Signal:
    """One finding: `message` has `%(name)s` places for `values`, which are its inputs."""

    id: str
    message: str
    values: Mapping[str, Any] = field(default_factory=dict)
    effect: Effect = Effect.ADD
    score: int = 0
    limits: Mapping[str, int] = field(default_factory=dict)
    """The thresholds it was judged by."""

    @property
    def said(self) -> Said:
        """Return it as a sentence."""
        return Said(self.message, dict(self.values))

    def as_json(self) -> dict[str, Any]:
        """Return it as a decision keeps it."""
        return {
            "id": self.id,
            "message": self.message,
            "values": dict(self.values),
            "effect": str(self.effect),
            "score": self.score,
            "limits": dict(self.limits),
        }


def signal_of(kept: Mapping[str, Any]) -> Signal:
    """Return a signal as a decision kept it."""
    return Signal(
        kept["id"],
        kept["message"],
        kept["values"],
        Effect(kept["effect"]),
        kept["score"],
        kept["limits"],
    )


def by_gravity(signals: Iterable[Signal]) -> list[Signal]:
    """Return signals with the gravest first."""
    return sorted(signals, key=lambda s: (-GRAVITY.index(s.effect), -s.score, s.id))


def score(signals: Iterable[Signal]) -> int:
    """Return what the signals weigh together."""
    return sum(signal.score for signal in signals)


def weigh(signals: Sequence[Signal], limits: Thresholds, *, drawn: bool) -> Outcome:
    """Return what follows from the signals; `drawn` says how the draw went for middling risk."""
    effects = {signal.effect for signal in signals}
    total = score(signals)
    if Effect.REFUSE in effects:
        return Outcome.REFUSE
    if Effect.HOLD in effects or total >= limits["score.hold"]:
        return Outcome.HOLD
    if Effect.REVIEW in effects:
        return Outcome.REVIEW
    if total >= limits["score.sample"]:
        return Outcome.REVIEW if drawn else Outcome.SAMPLE
    return Outcome.ACCEPT


def is_drawn(seed: bytes, record_id: UUID, percent: int) -> bool:
    """Whether the draw with this seed falls on a record: on `percent` of them, evenly.

    Anyone who knows the seed can repeat it; nobody who does not can foresee it.
    """
    return int.from_bytes(sha256(seed + record_id.bytes).digest()[:8], "big") % 100 < percent
