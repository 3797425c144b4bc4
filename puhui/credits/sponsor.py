"""Who pays for a retirement: shares that are the whole of it, to the last kilogram."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from puhui.kernel.quantity import plain

WHOLE_BP = 10_000
"""The whole, in hundredths of a per cent."""


@dataclass(frozen=True)
class Sponsor:
    """An organisation that carries a share of what is retired."""

    name: str
    name_en: str
    share_bp: int
    """In hundredths of a per cent."""

    @property
    def percent(self) -> Decimal:
        """The share in per cent."""
        return Decimal(self.share_bp) / 100

    @property
    def written(self) -> str:
        """The share in per cent, as decimal digits."""
        return plain(self.percent)


def are_whole(sponsors: Sequence[Sponsor]) -> bool:
    """Tell whether the shares are 100 %, each more than nothing, and each name is there once."""
    return (
        sum(each.share_bp for each in sponsors) == WHOLE_BP
        and all(each.share_bp > 0 for each in sponsors)
        and len({each.name for each in sponsors}) == len(sponsors)
    )


def allot(total_kg: int, sponsors: Sequence[Sponsor]) -> list[int]:
    """Return each sponsor's kilograms, which add up to `total_kg`.

    Whole kilograms by largest remainder (Hamilton's method); of equal remainders the one named
    first has it.
    """
    assert are_whole(sponsors), sponsors
    parts = [divmod(total_kg * each.share_bp, WHOLE_BP) for each in sponsors]
    kilograms = [whole for whole, _ in parts]
    left = total_kg - sum(kilograms)
    by_remainder = sorted(range(len(parts)), key=lambda place: (-parts[place][1], place))
    for place in by_remainder[:left]:
        kilograms[place] += 1
    return kilograms
