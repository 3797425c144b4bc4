"""Import credits, hold them for a purpose, take payment, retire them.

Locks are taken in one order everywhere: a hold's row, then blocks batch by batch, then ledger
accounts by name, each transaction making one ledger transfer.
"""

from puhui.credits.service.batch import import_batch, import_file
from puhui.credits.service.cancellation import cancel
from puhui.credits.service.encumbrance import encumber, encumber_part, free_part
from puhui.credits.service.hold import (
    announce_transfer,
    confirm_payment,
    expire_holds,
    hold,
    propose,
    propose_for_budget,
    release,
)
from puhui.credits.service.project import attach_document, revise_project, set_reserve
from puhui.credits.service.purchase import buy, buy_personally
from puhui.credits.service.retirement import (
    correct,
    forget_beneficiary,
    forget_person,
    retire,
    seal,
)
from puhui.credits.service.reversal import disclose_reversal
from puhui.credits.service.sponsor import name_sponsors

__all__ = [
    "announce_transfer",
    "attach_document",
    "buy",
    "buy_personally",
    "cancel",
    "confirm_payment",
    "correct",
    "disclose_reversal",
    "encumber",
    "encumber_part",
    "expire_holds",
    "forget_beneficiary",
    "forget_person",
    "free_part",
    "hold",
    "import_batch",
    "import_file",
    "name_sponsors",
    "propose",
    "propose_for_budget",
    "release",
    "retire",
    "revise_project",
    "seal",
    "set_reserve",
]
