"""JSON resources of footprint: products, inventories, footprints, labels, serials."""

from puhui.footprint.api import batch, evidence, importing, verification
from puhui.footprint.api.footprint import footprints
from puhui.footprint.api.inventory import inventories
from puhui.footprint.api.label import labels
from puhui.footprint.api.product import products
from puhui.footprint.api.renewal import runs
from puhui.footprint.api.serial import serials

blueprints = (products, footprints, labels, serials, inventories, runs)

# These hang their views on other nouns' blueprints; importing them is enough.
__all__ = ["batch", "blueprints", "evidence", "importing", "verification"]
