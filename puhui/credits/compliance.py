"""How much of Fujian's offset credits an enterprise may surrender for its emissions.

《福建省碳排放权抵消管理办法（试行）》, articles 3 and 4: one tonne offsets one tonne; forestry
credits may cover a tenth of the confirmed emissions, other credits a twentieth, all together a
tenth. What has been surrendered so is out of the market for good: an operator cancels its serials
with the reason `compliance`, under these caps, and no event can buy them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Cap(StrEnum):
    """A limit on what may be surrendered."""

    FOREST = "forest"
    OTHER = "other"
    TOTAL = "total"


CAPS_PERCENT: Mapping[Cap, int] = {Cap.FOREST: 10, Cap.OTHER: 5, Cap.TOTAL: 10}
"""Article 4: of the emissions that were confirmed for the year, in per cent."""


@dataclass(frozen=True)
class Surrender:
    """What an enterprise wants to surrender for a year. Everything in tonnes of CO2e."""

    confirmed_t: Decimal
    forest_t: Decimal
    other_t: Decimal

    def __post_init__(self) -> None:
        assert min(self.confirmed_t, self.forest_t, self.other_t) >= 0, self


def exceeded(surrender: Surrender) -> tuple[Cap, ...]:
    """Return the caps that the surrender breaks; none when it is allowed."""
    wanted = {
        Cap.FOREST: surrender.forest_t,
        Cap.OTHER: surrender.other_t,
        Cap.TOTAL: surrender.forest_t + surrender.other_t,
    }
    return tuple(
        cap
        for cap, percent in CAPS_PERCENT.items()
        if wanted[cap] * 100 > surrender.confirmed_t * percent
    )
