"""What a factor is, as a value that assessments keep."""

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from puhui.kernel.text import N_

Pedigree = tuple[int, int, int, int, int]
"""Scores from 1 (best) to 5 of `PEDIGREE_PARTS`, in that order."""

PEDIGREE_PARTS = ("reliability", "completeness", "temporal", "geographical", "technological")

PEDIGREE_NAMES = {
    "reliability": N_("可靠性"),
    "completeness": N_("完整性"),
    "temporal": N_("时间代表性"),
    "geographical": N_("地域代表性"),
    "technological": N_("技术代表性"),
}


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


class Geography(StrEnum):
    """How large a place the data behind a figure were taken from; a code alone does not tell."""

    WORLD = "world"
    COUNTRY = "country"
    GRID_REGION = "grid_region"
    """Several provinces on one regional grid."""
    PROVINCE = "province"
    CITY = "city"
    SITE = "site"
    """One works or one study: the region code says where it stands."""


GEOGRAPHY_NAMES = {
    Geography.WORLD: N_("全球"),
    Geography.COUNTRY: N_("全国"),
    Geography.GRID_REGION: N_("区域电网"),
    Geography.PROVINCE: N_("全省"),
    Geography.CITY: N_("一座城市"),
    Geography.SITE: N_("单个工厂或研究"),
}


class ImportState(StrEnum):
    """What has become of a file of factors."""

    DRAFT = "draft"
    """It passed every gate and waits for an operator to publish it."""
    PUBLISHED = "published"
    QUARANTINED = "quarantined"
    """It has faults; nothing of it was taken in."""


IMPORT_STATE_NAMES = {
    ImportState.DRAFT: N_("待发布"),
    ImportState.PUBLISHED: N_("已发布"),
    ImportState.QUARANTINED: N_("隔离"),
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
    geography: Geography | None = None
    """What place the data speak for; None when the source does not say."""
    pedigree: Pedigree | None = None
    """Data quality as judged by us for a product made in China; None when nobody has judged."""
    gsd: Decimal | None = None
    """Geometric standard deviation, where the source itself gives an interval: with limits of
    95 % at `low` and `high` it is (high / low) ** (1 / 3.92)."""
    proxy: str | None = None
    """Why this figure of something similar may stand in; None for a factor of the thing itself."""

    @property
    def citation(self) -> str:
        """Return key and version, as an assessment keeps them: `grid.cn@2024.1`."""
        return f"{self.key}@{self.version}"


def is_judged(factor: Factor) -> bool:
    """Whether anything was judged of the data behind it."""
    return factor != unjudged(factor)


def unjudged(factor: Factor) -> Factor:
    """Return the factor as its certificate alone has it."""
    return replace(factor, geography=None, pedigree=None, gsd=None)
