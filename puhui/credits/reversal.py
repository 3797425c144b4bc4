"""What a forest has lost after its removals were issued: fires, fellings, pests."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from puhui.kernel.text import N_


class Cause(StrEnum):
    """Why the carbon is in the air again."""

    FIRE = "fire"
    FELLING = "felling"
    PEST = "pest"
    OTHER = "other"


CAUSES: dict[Cause, tuple[str, str]] = {
    Cause.FIRE: (N_("火灾"), "Fire"),
    Cause.FELLING: (N_("采伐"), "Felling"),
    Cause.PEST: (N_("病虫害"), "Pests"),
    Cause.OTHER: (N_("其他"), "Other"),
}


@dataclass(frozen=True)
class ReversalDraft:
    """A reversal as an operator reports it. `lost_kg` is kilograms of CO2e."""

    cause: Cause
    happened_on: date
    lost_kg: int
    says_zh: str
    says_en: str
    source: str
    """Where it can be read."""


@dataclass(frozen=True)
class Reversal:
    """A reversal in a project of which credits were retired."""

    project_code: str
    project_name: str
    project_name_en: str
    what: ReversalDraft
    covered_kg: int = 0
    """What a reserve has made good."""

    @property
    def uncovered_kg(self) -> int:
        """What nothing has made good."""
        return self.what.lost_kg - self.covered_kg
