"""What the rules decided of plantings, claims, labels and shops."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from puhui.rewards.model.decision import Decision
from puhui.rewards.signal import Outcome, Signal, signal_of


@dataclass(frozen=True)
class DecisionCard:
    """What the rules decided, by which rule and thresholds, and from what."""

    outcome: Outcome
    rule: str
    thresholds: str
    score: int
    signals: tuple[Signal, ...]
    inputs: Mapping[str, Any]
    decided_at: datetime


def decision_card(row: Decision) -> DecisionCard:
    """Return a decision as those see it whom it concerns."""
    return DecisionCard(
        Outcome(row.outcome),
        row.rule,
        row.thresholds,
        row.score,
        tuple(signal_of(kept) for kept in row.signals),
        row.inputs,
        row.decided_at,
    )
