"""Products, inventories, footprints, labels, serials: state, and the transitions they allow."""

from puhui.footprint.model.claim import ClaimDevice, Scan, VainTry
from puhui.footprint.model.footprint import Citation, Footprint
from puhui.footprint.model.label import Label
from puhui.footprint.model.product import InventoryRow, Product
from puhui.footprint.model.renewal import Finding
from puhui.footprint.model.serial import Batch, Serial, TakeBack, WrongPin
from puhui.footprint.model.verification import Attachment, PolicyRow, ProductChange, Review

__all__ = [
    "Attachment",
    "Batch",
    "Citation",
    "ClaimDevice",
    "Finding",
    "Footprint",
    "InventoryRow",
    "Label",
    "PolicyRow",
    "Product",
    "ProductChange",
    "Review",
    "Scan",
    "Serial",
    "TakeBack",
    "VainTry",
    "WrongPin",
]
