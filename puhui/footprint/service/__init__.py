"""Use cases: a product and its inventory, its footprint, its label, its serials."""

from puhui.footprint.service.batch import (
    Secrets,
    begin_batch,
    resume_batch,
    ship_batch,
    stop_batch,
    take_secrets,
    void_batch,
)
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
from puhui.footprint.service.shop import (
    return_serials,
    sell_serials,
    ship_serials,
    take_back_serials,
)

__all__ = [
    "Claimed",
    "Secrets",
    "begin_batch",
    "change_product",
    "claim_serial",
    "decide_footprint",
    "declare_footprint",
    "issue_label",
    "preview",
    "product_for_change",
    "put_inventory",
    "register_product",
    "resume_batch",
    "return_serials",
    "sell_serials",
    "ship_batch",
    "ship_serials",
    "stop_batch",
    "submit_footprint",
    "take_back_serials",
    "take_secrets",
    "void_batch",
    "withdraw_label",
]
