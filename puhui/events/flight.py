"""Flights as others compute them, so that their published figures can be computed again.

Our own estimates use `travel` and the factor library. These two ways are for checking what
others have printed: factors by bands of distance, whose borders make a longer flight cheaper,
and the fuel of a type of aircraft shared out over its seats.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from itertools import pairwise

from puhui.events.city import table
from puhui.kernel.quantity import EXACT, Co2e, Distance, Mass

_KG = Decimal(1)


@dataclass(frozen=True)
class Step:
    """From this distance on, one way, a passenger-kilometre counts `kg_per_pkm`."""

    from_km: Decimal
    kg_per_pkm: Decimal


@dataclass(frozen=True)
class Jump:
    """A border at which the figure leaps: just below it, and on it. Of a return trip."""

    at_km: Decimal
    below: Co2e
    on: Co2e

    @property
    def falls(self) -> bool:
        """Whether the longer flight counts less, so that nobody should compare by it."""
        return self.on < self.below


@dataclass(frozen=True)
class Curve:
    """Factors by bands of distance, nearest first, each times one multiplier."""

    steps: tuple[Step, ...]
    multiplier: Decimal
    """What the source multiplies by for the effect at altitude; 1 for nothing."""

    def __post_init__(self) -> None:
        borders = [step.from_km for step in self.steps]
        assert borders[:1] == [Decimal(0)], borders
        assert all(a < b for a, b in pairwise(borders)), borders

    def return_trip(self, one_way: Distance) -> Co2e:
        """Return what one passenger's way there and back counts."""
        step = [step for step in self.steps if step.from_km <= one_way.value][-1]
        return self._of(one_way.value, step)

    def jumps(self) -> tuple[Jump, ...]:
        """Return the borders at which the figure is not continuous."""
        found = []
        for before, after in pairwise(self.steps):
            jump = Jump(
                after.from_km, self._of(after.from_km, before), self._of(after.from_km, after)
            )
            if jump.on != jump.below:
                found.append(jump)
        return tuple(found)

    def _of(self, one_way_km: Decimal, step: Step) -> Co2e:
        per_km = EXACT.multiply(step.kg_per_pkm, self.multiplier)
        return Co2e(EXACT.multiply(EXACT.multiply(one_way_km, Decimal(2)), per_km))


@cache
def curve(name: str) -> Curve:
    """Return a published curve of `flight_bands.csv`."""
    rows = [row for row in table("flight_bands.csv") if row["curve"] == name]
    (multiplier,) = {Decimal(row["multiplier"]) for row in rows}
    steps = (Step(Decimal(row["from_km"]), Decimal(row["kg_per_pkm"])) for row in rows)
    return Curve(tuple(sorted(steps, key=lambda step: step.from_km)), multiplier)


@dataclass(frozen=True)
class Aircraft:
    """What a type of aircraft burns: for landing and take-off, and above them by distance."""

    landing_and_takeoff: Mass
    """Fuel of the cycle."""
    cruise: tuple[tuple[Decimal, Mass], ...]
    """Nautical miles and the fuel of climb, cruise and descent over them, nearest first."""
    landing_and_takeoff_nm: Decimal = Decimal(0)
    """How many miles of the way the landing and take-off cycle covers."""

    def fuel(self, great_circle_nm: Decimal, distance_factor: Decimal = Decimal(1)) -> Mass:
        """Return the fuel of one flight, to the kilogram, between two published distances.

        Google, Travel Impact Model 3.0.0 (CC BY 4.0): the way is the great circle times a
        factor, less the miles of the landing and take-off cycle; fuel grows linearly between
        two rows of the table.

        Raises:
            ValueError: the table does not reach that far; nothing is guessed beyond it.
        """
        flown = EXACT.subtract(
            EXACT.multiply(great_circle_nm, distance_factor), self.landing_and_takeoff_nm
        )
        for (near, less), (far, more) in pairwise(self.cruise):
            if near <= flown <= far:
                along = EXACT.divide(EXACT.subtract(flown, near), EXACT.subtract(far, near))
                burnt = less + (more - less) * along
                return Mass(_rounded(burnt.value) + self.landing_and_takeoff.value)
        raise ValueError(flown)


@dataclass(frozen=True)
class Fuel:
    """Kilograms of CO2e for a kilogram of fuel: to make it, and to burn it."""

    well_to_tank: Decimal
    tank_to_wake: Decimal

    def emission(self, burnt: Mass) -> Co2e:
        """Return what making and burning the fuel emits, to the kilogram."""
        each = EXACT.add(self.well_to_tank, self.tank_to_wake)
        return Co2e(_rounded(EXACT.multiply(burnt.value, each)))


def passengers_part(flight: Co2e, cargo_mass_fraction: Decimal) -> Co2e:
    """Return what the passengers answer for, to the kilogram: all but the cargo's mass."""
    return Co2e(_rounded(EXACT.multiply(flight.value, 1 - cargo_mass_fraction)))


def equivalent_seats(seats: Mapping[str, int], weights: Mapping[str, Decimal]) -> Decimal:
    """Return the seats counted in economy seats, by the weight of each class."""
    return sum((weights[cabin] * count for cabin, count in seats.items()), Decimal(0))


def by_cabin(
    passengers: Co2e,
    seats: Mapping[str, int],
    weights: Mapping[str, Decimal],
    load_factor: Decimal,
) -> Mapping[str, Co2e]:
    """Return kilograms for each passenger of a class, whether or not it has seats.

    Google, Travel Impact Model 3.0.0: shared over equivalent economy seats, times the weight of
    the class, over the share of seats that are taken.
    """
    assert 0 < load_factor <= 1, load_factor
    economy = EXACT.divide(passengers.value, equivalent_seats(seats, weights))
    taken = EXACT.divide(economy, load_factor)
    return {cabin: Co2e(EXACT.multiply(taken, weight)) for cabin, weight in weights.items()}


def cruise_table(rows: Mapping[str, Decimal | int]) -> Sequence[tuple[Decimal, Mass]]:
    """Return nautical miles and fuel in kilograms, nearest first, of a table as it is printed."""
    return sorted((Decimal(nm), Mass(Decimal(kg))) for nm, kg in rows.items())


def _rounded(kg: Decimal) -> Decimal:
    # The model rounds each step to the kilogram; whoever does not misses its figures.
    return kg.quantize(_KG, ROUND_HALF_UP, EXACT)
