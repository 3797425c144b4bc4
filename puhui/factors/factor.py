"""What a factor is, as a value that assessments keep."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from puhui.kernel.text import N_


class Gases(StrEnum):
    """What the kilograms count."""

    CO2E = "CO2e"
    """All greenhouse gases, weighted by GWP100."""
    CO2 = "CO2"
    """Carbon dioxide alone."""
    CH4 = "CH4"
    """Methane alone, in kilograms of methane; a ruleset weighs it."""
    N2O = "N2O"
    """Nitrous oxide alone, in kilograms of it; a ruleset weighs it."""


class Boundary(StrEnum):
    """How much of the life cycle the figure covers. Boundaries are never mixed silently."""

    LIFE_CYCLE = "life_cycle"
    """Cradle to grave of the thing used up, e.g. one kWh with all upstream."""
    CRADLE_TO_GATE = "cradle_to_gate"
    COMBUSTION = "combustion"
    """Direct emission where the fuel burns (tank to wheel)."""
    UPSTREAM = "upstream"
    """Everything before the fuel burns (well to tank)."""
    GENERATION = "generation"
    """Direct CO2 of power stations, without upstream."""
    TREATMENT = "treatment"
    """Waste or water, from collection to its end."""


BOUNDARY_NAMES = {
    Boundary.LIFE_CYCLE: N_("从摇篮到坟墓"),
    Boundary.CRADLE_TO_GATE: N_("从摇篮到大门"),
    Boundary.COMBUSTION: N_("仅燃烧或行驶"),
    Boundary.UPSTREAM: N_("仅燃烧之前的上游"),
    Boundary.GENERATION: N_("仅发电环节"),
    Boundary.TREATMENT: N_("废物与污水处置"),
}


@dataclass(frozen=True)
class Factor:
    """`kg_per_unit` kilograms of `gases` for one `unit` of an activity, and where that is from."""

    key: str
    version: str
    subject: str
    """What activity it is about; rows of one subject complete or rival each other."""
    name_zh: str
    name_en: str
    kg_per_unit: Decimal
    unit: str
    gases: Gases
    boundary: Boundary
    biogenic: bool
    """Whether the carbon came out of the air within living memory; kept apart from fossil."""
    region: str
    """ISO 3166: `CN`, `CN-FJ`, `GB`; `001` for the world."""
    year: int
    """The year that the data describe."""
    source: str
    """Publisher, title, table or id, page."""

    @property
    def citation(self) -> str:
        """Return key and version, as an assessment keeps them: `grid.cn@2024.1`."""
        return f"{self.key}@{self.version}"
