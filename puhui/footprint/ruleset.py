"""What a calculation takes for granted, under a name that never changes its meaning."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final


@dataclass(frozen=True)
class Ruleset:
    """Constants of a calculation. A change of any of them is another ruleset with another id.

    What a ruleset does not know of is None and stands in none of its documents.
    """

    id: str
    gwp: str
    """Which IPCC report the weights are from."""
    ch4_fossil: Decimal
    ch4_biogenic: Decimal
    n2o: Decimal
    bamboo_carbon: Decimal
    """Carbon in a kilogram of oven-dry bamboo, in kilograms."""
    widest_gap: Decimal
    """How much of the bamboo may go missing between going in and coming out."""
    seed: int | None = None
    draws: int | None = None
    """How the uncertainty is sampled."""
    worth_telling: Decimal | None = None
    """From how large a difference on another allocation is told in words."""


_BAMBOO_CARBON = Decimal("0.492")
"""van den Oever, Wageningen Food & Biobased Research report 2545 (2024), table 6,
doi 10.18174/647711."""
_WIDEST_GAP = Decimal("0.02")
_SAMPLING: Final[dict[str, Any]] = {"seed": 24067, "draws": 10_000, "worth_telling": Decimal("0.1")}

BAMBOO_AR6_FIRST = Ruleset(
    id="iso14067-bamboo@2026.1",
    gwp="AR6",
    # IPCC AR6 WG1, table 7.15, GWP100.
    ch4_fossil=Decimal("29.8"),
    ch4_biogenic=Decimal("27.0"),
    n2o=Decimal("273"),
    bamboo_carbon=_BAMBOO_CARBON,
    widest_gap=_WIDEST_GAP,
)
BAMBOO_AR5_FIRST = Ruleset(
    id="iso14067-bamboo-ar5@2026.1",
    gwp="AR5",
    # IPCC AR5 WG1, table 8.7, GWP100 without feedbacks; fossil methane with its own CO2.
    ch4_fossil=Decimal("30"),
    ch4_biogenic=Decimal("28"),
    n2o=Decimal("265"),
    bamboo_carbon=_BAMBOO_CARBON,
    widest_gap=_WIDEST_GAP,
)
BAMBOO_AR6 = replace(BAMBOO_AR6_FIRST, id="iso14067-bamboo@2026.2", **_SAMPLING)
BAMBOO_AR5 = replace(BAMBOO_AR5_FIRST, id="iso14067-bamboo-ar5@2026.2", **_SAMPLING)
"""The second rulesets count as the first; they add sampling, quality and sensitivity."""

RULESETS = {
    ruleset.id: ruleset for ruleset in (BAMBOO_AR6, BAMBOO_AR5, BAMBOO_AR6_FIRST, BAMBOO_AR5_FIRST)
}
GWP = {"AR6": BAMBOO_AR6, "AR5": BAMBOO_AR5}
"""The ruleset that is used today for each set of weights."""
