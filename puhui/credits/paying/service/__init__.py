"""Take money in and say what becomes of it.

Locks are taken in one order: a hold's row, then its order's or its money's.
"""

from puhui.credits.paying.service.bank import Matched, import_bank_file
from puhui.credits.paying.service.invoice import (
    ask_invoice,
    forget_contacts,
    issue_invoice,
    reject_invoice,
)
from puhui.credits.paying.service.order import (
    ask_order,
    check_orders,
    forget_nonces,
    hear,
    order_placed,
    order_refused,
    order_to_check,
    order_to_place,
    take_notice,
)
from puhui.credits.paying.service.receipt import Received, receive, use_receipt
from puhui.credits.paying.service.refund import (
    ask_refund,
    confirm_refund,
    refund_refused,
    refund_sent,
    refund_to_send,
    set_aside,
    withdraw_refund,
)
from puhui.credits.paying.service.seller import agree, cancel_payout, record_payout

__all__ = [
    "Matched",
    "Received",
    "agree",
    "ask_invoice",
    "ask_order",
    "ask_refund",
    "cancel_payout",
    "check_orders",
    "confirm_refund",
    "forget_contacts",
    "forget_nonces",
    "hear",
    "import_bank_file",
    "issue_invoice",
    "order_placed",
    "order_refused",
    "order_to_check",
    "order_to_place",
    "receive",
    "record_payout",
    "refund_refused",
    "refund_sent",
    "refund_to_send",
    "reject_invoice",
    "set_aside",
    "take_notice",
    "use_receipt",
    "withdraw_refund",
]
