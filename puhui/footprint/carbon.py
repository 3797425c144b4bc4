"""Biogenic carbon in a product (EN 16449)."""

from decimal import Decimal
from fractions import Fraction

from puhui.kernel.quantity import EXACT

CO2_OF_CARBON = Fraction(44, 12)


def dry_mass(mass_kg: Fraction, moisture_percent: Decimal) -> Fraction:
    """Return the oven-dry mass, in kilograms.

    Moisture is on dry basis, water over oven-dry wood, so the divisor is 1 + w/100. Taking the
    wet-basis product 1 - w/100 instead is the usual mistake and loses 1.4 % at 12 %.
    """
    return mass_kg / (1 + Fraction(moisture_percent) / 100)


def dry_basis(wet_basis_percent: Decimal) -> Decimal:
    """Return moisture over oven-dry matter, in per cent, from moisture over the wet whole."""
    assert 0 <= wet_basis_percent < 100, wet_basis_percent
    dry = EXACT.subtract(Decimal(100), wet_basis_percent)
    return EXACT.divide(EXACT.multiply(wet_basis_percent, Decimal(100)), dry)


def co2_held(dry_kg: Fraction, carbon_fraction: Decimal) -> Fraction:
    """Return the CO2 whose carbon so much oven-dry matter holds, in kilograms."""
    return CO2_OF_CARBON * Fraction(carbon_fraction) * dry_kg


def co2_held_by_volume(
    volume_m3: Fraction,
    density: Decimal,
    moisture_percent: Decimal,
    carbon_fraction: Decimal,
    wood_share: Decimal = Decimal(1),
) -> Fraction:
    """Return the CO2 held by a volume of wood: 44/12 × cf × rho × V / (1 + w/100), in kilograms.

    `density` in kg/m3 is at the given moisture; of a panel only its `wood_share` is wood, for
    resin holds no carbon that came out of the air.
    """
    wood = volume_m3 * Fraction(wood_share)
    return co2_held(dry_mass(wood * Fraction(density), moisture_percent), carbon_fraction)
