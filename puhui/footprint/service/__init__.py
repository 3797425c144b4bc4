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
from puhui.footprint.service.change import declare_change
from puhui.footprint.service.claim import Claimed, claim_serial
from puhui.footprint.service.ending import end_for_factor, set_policy
from puhui.footprint.service.evidence import attach_document
from puhui.footprint.service.footprint import declare_footprint, preview
from puhui.footprint.service.label import issue_label, withdraw_label
from puhui.footprint.service.product import (
    change_product,
    product_for_change,
    put_inventory,
    register_product,
)
from puhui.footprint.service.scan import forget, note_scan
from puhui.footprint.service.shop import (
    return_serials,
    sell_serials,
    ship_serials,
    take_back_serials,
)
from puhui.footprint.service.verification import (
    decide_footprint,
    review_footprint,
    submit_footprint,
)
from puhui.footprint.service.what_if import what_if

__all__ = [
    "Claimed",
    "Secrets",
    "attach_document",
    "begin_batch",
    "change_product",
    "claim_serial",
    "decide_footprint",
    "declare_change",
    "declare_footprint",
    "end_for_factor",
    "forget",
    "issue_label",
    "note_scan",
    "preview",
    "product_for_change",
    "put_inventory",
    "register_product",
    "resume_batch",
    "return_serials",
    "review_footprint",
    "sell_serials",
    "set_policy",
    "ship_batch",
    "ship_serials",
    "stop_batch",
    "submit_footprint",
    "take_back_serials",
    "take_secrets",
    "void_batch",
    "what_if",
    "withdraw_label",
]
