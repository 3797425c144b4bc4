"""What the public list of low- and zero-carbon labelled products says of a product.

The list is that of the province's plan for forest carbon (低（零）碳标识竹木产品清单). No official
threshold says which footprint is low, so being listed means what can be shown: computed by the
published rules, verified by another organisation, and in force. It is no grade.

Zero is narrower than low and is never bought: a whole life whose emissions add up to nothing.
Carbon that the product holds and credits that somebody retires are other books.
"""

from decimal import Decimal

from puhui.footprint.inventory import Reach


def is_zero_carbon(footprint_kg: Decimal, reach: Reach) -> bool:
    """Whether a product may be called zero-carbon: its whole life emits nothing.

    `footprint_kg` is what is emitted, in kg CO2e for one declared unit, nothing subtracted. Up to
    the factory's gate is not a whole life, whatever the figure.
    """
    return reach is Reach.CRADLE_TO_GRAVE and footprint_kg == 0
