"""Products, inventories, footprints, labels, serials: state, and the transitions they allow."""

from puhui.footprint.model.footprint import Footprint
from puhui.footprint.model.label import Label
from puhui.footprint.model.product import InventoryRow, Product
from puhui.footprint.model.serial import Batch, Serial, TakeBack, WrongPin

__all__ = [
    "Batch",
    "Footprint",
    "InventoryRow",
    "Label",
    "Product",
    "Serial",
    "TakeBack",
    "WrongPin",
]
