"""What an expert assumes where nothing is published: a multiplier, with who says so and why.

None is shipped. An operator enters it, each change is a new version, and wherever it is used the
line says so and the document carries it whole.
"""

from dataclasses import dataclass
from decimal import Decimal

from puhui.kernel.errors import Fault
from puhui.kernel.text import N_

ACTIVITIES = frozenset({"room_night"})
"""What may be multiplied: hotels differ by stars, and no figure for China says by how much."""
HIGHEST = 10


@dataclass(frozen=True)
class AssumptionDraft:
    """An assumption as an operator enters it."""

    key: str
    activity: str
    multiplier: Decimal
    name_zh: str
    name_en: str
    basis: str
    """Who judged it, on what grounds, when."""


@dataclass(frozen=True)
class Assumption:
    """One version of an assumption."""

    key: str
    version: int
    activity: str
    multiplier: Decimal
    name_zh: str
    name_en: str
    basis: str

    @property
    def citation(self) -> str:
        """Return key and version, as a document keeps them: `hotel.star-5@2`."""
        return f"{self.key}@{self.version}"


def faults_of_assumption(draft: AssumptionDraft) -> list[Fault]:
    """Return everything that is wrong with an assumption."""
    if draft.activity in ACTIVITIES:
        return []
    return [Fault("not_to_be_assumed", N_("只有酒店客房可以按专家假设调整"), field="activity")]
