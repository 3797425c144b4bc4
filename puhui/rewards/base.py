"""What a planting base (义务植树基地) is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from puhui.kernel.errors import Fault
from puhui.kernel.text import N_
from puhui.rewards.species import Species

_COUNTY = re.compile(r"[1-8][0-9]{3}(?!00)[0-9]{2}")
MOST_AREA_M2 = 1_000_000_000


@dataclass(frozen=True)
class BaseDraft:
    """A place where citizens may plant, as an operator registers it."""

    name_zh: str
    name_en: str
    county_code: str
    """GB/T 2260, six digits, of a county or district."""
    address_zh: str
    address_en: str
    area_m2: int
    species: tuple[str, ...]
    season_from: int
    """Month, 1 to 12, in which planting begins."""
    season_until: int
    organisation_id: UUID | None = None
    """Who looks after it."""


def judge(draft: BaseDraft, species: Mapping[str, Species]) -> list[Fault]:
    """Return everything that cannot be right with a base."""
    faults = []
    if not _COUNTY.fullmatch(draft.county_code):
        faults.append(
            Fault("bad_county", N_("应为县级行政区划代码（GB/T 2260，六位）"), field="county_code")
        )
    if not 1 <= draft.area_m2 <= MOST_AREA_M2:
        faults.append(Fault("bad_area", N_("面积应为正数（平方米）"), field="area_m2"))
    unknown = [key for key in draft.species if key not in species]
    if unknown:
        faults.append(
            Fault(
                "unknown_species",
                N_("树种目录里没有：%(species)s"),
                field="species",
                values={"species": ", ".join(unknown)},
            )
        )
    if not draft.species:
        faults.append(Fault("species_missing", N_("请至少选择一个树种"), field="species"))
    for field, month in (
        ("season_from", draft.season_from),
        ("season_until", draft.season_until),
    ):
        if not 1 <= month <= 12:
            faults.append(Fault("bad_month", N_("月份应在 1 到 12 之间"), field=field))
    return faults
