"""What a calculation takes for granted, under a name that never changes its meaning."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Ruleset:
    """Constants of a calculation. A change of any of them is another ruleset with another id."""

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


_BAMBOO_CARBON = Decimal("0.492")
"""van den Oever, Wageningen Food & Biobased Research report 2545 (2024), table 6,
doi 10.18174/647711."""
_WIDEST_GAP = Decimal("0.02")

BAMBOO_AR6 = Ruleset(
    id="iso14067-bamboo@2026.1",
    gwp="AR6",
    # IPCC AR6 WG1, table 7.15, GWP100.
    ch4_fossil=Decimal("29.8"),
    ch4_biogenic=Decimal("27.0"),
    n2o=Decimal("273"),
    bamboo_carbon=_BAMBOO_CARBON,
    widest_gap=_WIDEST_GAP,
)
BAMBOO_AR5 = Ruleset(
    id="iso14067-bamboo-ar5@2026.1",
    gwp="AR5",
    # IPCC AR5 WG1, table 8.7, GWP100 without feedbacks; fossil methane with its own CO2.
    ch4_fossil=Decimal("30"),
    ch4_biogenic=Decimal("28"),
    n2o=Decimal("265"),
    bamboo_carbon=_BAMBOO_CARBON,
    widest_gap=_WIDEST_GAP,
)

RULESETS = {ruleset.id: ruleset for ruleset in (BAMBOO_AR6, BAMBOO_AR5)}
