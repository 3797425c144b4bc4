"""JSON resources of footprint: products, inventories, footprints, labels, serials."""

from puhui.footprint.api import verification
from puhui.footprint.api.footprint import footprints
from puhui.footprint.api.inventory import inventories
from puhui.footprint.api.label import labels
from puhui.footprint.api.product import products
from puhui.footprint.api.serial import serials

blueprints = (products, footprints, labels, serials, inventories)

# Verification hangs its views on the footprints; importing it is enough.
__all__ = ["blueprints", "verification"]
