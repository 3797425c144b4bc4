"""Biogenic carbon in a product (EN 16449)."""

from decimal import Decimal
from fractions import Fraction

CO2_OF_CARBON = Fraction(44, 12)


def dry_mass(mass_kg: Fraction, moisture_percent: Decimal) -> Fraction:
    """Return the oven-dry mass, in kilograms.

    Moisture is on dry basis, water over oven-dry wood, so the divisor is 1 + w/100. Taking the
    wet-basis product 1 - w/100 instead is the usual mistake and loses 1.4 % at 12 %.
    """
    return mass_kg / (1 + Fraction(moisture_percent) / 100)


def co2_held(dry_kg: Fraction, carbon_fraction: Decimal) -> Fraction:
    """Return the CO2 whose carbon so much oven-dry matter holds, in kilograms."""
    return CO2_OF_CARBON * Fraction(carbon_fraction) * dry_kg


def co2_held_by_volume(
    volume_m3: Fraction, density: Decimal, moisture_percent: Decimal, carbon_fraction: Decimal
) -> Fraction:
    """Return the CO2 held by a volume of wood: 44/12 × cf × rho × V / (1 + w/100), in kilograms.

    `density` in kg/m3 is at the given moisture.
    """
    return co2_held(dry_mass(volume_m3 * Fraction(density), moisture_percent), carbon_fraction)
