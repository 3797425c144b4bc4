"""What can be bought, and what a buyer wishes beyond a low price."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID

from puhui.credits.kind import RULES, Kind


class Prefer(StrEnum):
    """What decides between bundles that cost nearly the same."""

    NOTHING = "nothing"
    HOUSEHOLDS = "households"
    """Many households behind the projects that are bought from in earnest."""
    FEWEST = "fewest"
    """Few batches, so few lines on the certificate."""


@dataclass(frozen=True)
class Lot:
    """What can be bought of a batch now. `price_fen_per_t` is in fen per tonne of CO2e."""

    batch_id: UUID
    kind: Kind
    county_code: str
    period_ends: date
    available_kg: int
    price_fen_per_t: int
    project_id: UUID | None = None
    households: int | None = None
    """How many households share the project's income, where that is on record."""

    def __post_init__(self) -> None:
        assert self.available_kg >= 0, self.available_kg
        assert self.available_kg % self.granularity_kg == 0, self
        assert self.price_fen_per_t > 0, self.price_fen_per_t

    @property
    def granularity_kg(self) -> int:
        """The least that can be bought of it."""
        return RULES[self.kind].granularity_kg

    @property
    def vintage(self) -> int:
        """The year in which its monitoring period ended."""
        return self.period_ends.year


@dataclass(frozen=True)
class Wishes:
    """What the buyer wants beyond a low price. Empty means: anything."""

    kinds: tuple[Kind, ...] = ()
    """Only these kinds."""
    counties: tuple[str, ...] = ()
    """Only from these counties or cities: codes of GB/T 2260, or their beginnings."""
    shares: Mapping[Kind, int] = field(default_factory=dict)
    """At least so many per cent of the need from a kind."""
    highest_fen_per_t: int | None = None
    county_shares: Mapping[str, int] = field(default_factory=dict)
    """At least so many per cent of the need from a county or city."""
    vintage_shares: Mapping[int, int] = field(default_factory=dict)
    """At least so many per cent of the need from credits whose period ended in a year."""
    prefer: Prefer = Prefer.NOTHING
    dearer_percent: int = 0
    """How much more than the cheapest bundle the preference may cost, in per cent."""

    def __post_init__(self) -> None:
        for shares in (self.shares, self.county_shares, self.vintage_shares):
            assert all(0 < share <= 100 for share in shares.values()), shares
        assert sum(self.shares.values()) <= 100, self.shares
        assert sum(self.vintage_shares.values()) <= 100, self.vintage_shares
        assert 0 <= self.dearer_percent <= 1000, self.dearer_percent

    @property
    def is_simple(self) -> bool:
        """Whether price and shares of kinds are all that counts: `bundle` has its proof then."""
        return not (self.county_shares or self.vintage_shares) and self.prefer is Prefer.NOTHING

    def allow(self, lot: Lot) -> bool:
        """Whether the lot may be bought at all."""
        return (
            (not self.kinds or lot.kind in self.kinds)
            and (not self.counties or lot.county_code.startswith(self.counties))
            and (self.highest_fen_per_t is None or lot.price_fen_per_t <= self.highest_fen_per_t)
        )

    def groups(self, lots: Sequence[Lot]) -> list["Group"]:
        """Return the wished shares, each with the places of the lots that serve it."""
        wished: list[tuple[str, str, int, Callable[[Lot], bool]]] = [
            *(
                ("kind", str(kind), percent, lambda lot, kind=kind: lot.kind is kind)
                for kind, percent in sorted(self.shares.items())
            ),
            *(
                ("county", at, percent, lambda lot, at=at: lot.county_code.startswith(at))
                for at, percent in sorted(self.county_shares.items())
            ),
            *(
                ("vintage", str(year), percent, lambda lot, year=year: lot.vintage == year)
                for year, percent in sorted(self.vintage_shares.items())
            ),
        ]
        return [
            Group(by, name, percent, tuple(at for at, lot in enumerate(lots) if serves(lot)))
            for by, name, percent, serves in wished
        ]


@dataclass(frozen=True)
class Group:
    """A wished share: at least `percent` of the need from the lots at `places`."""

    by: str
    """kind, county or vintage"""
    name: str
    percent: int
    places: tuple[int, ...]

    def least_kg(self, need_kg: int) -> int:
        """Return what the share comes to, rounded up to the kilogram."""
        return -(-need_kg * self.percent // 100)
