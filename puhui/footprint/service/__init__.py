"""Use cases: a product and its inventory, its footprint, its label, its serials."""

from puhui.footprint.service.batch import Printed, print_serials, ship_batch
from puhui.footprint.service.claim import Claimed, claim_serial
from puhui.footprint.service.footprint import (
    decide_footprint,
    declare_footprint,
    preview,
    submit_footprint,
)
from puhui.footprint.service.label import issue_label, withdraw_label
from puhui.footprint.service.product import (
    change_product,
    product_for_change,
    put_inventory,
    register_product,
)
from puhui.footprint.service.shop import return_serials, sell_serials, take_back_serials
from puhui.footprint.service.what_if import what_if

__all__ = [
    "Claimed",
    "Printed",
    "change_product",
    "claim_serial",
    "decide_footprint",
    "declare_footprint",
    "issue_label",
    "preview",
    "print_serials",
    "product_for_change",
    "put_inventory",
    "register_product",
    "return_serials",
    "sell_serials",
    "ship_batch",
    "submit_footprint",
    "take_back_serials",
    "what_if",
    "withdraw_label",
]
