"""Import credits, hold them for a purpose, take payment, retire them.

Locks are taken in one order everywhere: a hold's row, then blocks batch by batch, then ledger
accounts by name, each transaction making one ledger transfer.
"""

from puhui.credits.service.batch import encumber, import_batch, import_file
from puhui.credits.service.hold import (
    announce_transfer,
    confirm_payment,
    expire_holds,
    hold,
    propose,
    propose_for_budget,
    release,
)
from puhui.credits.service.purchase import buy, buy_personally
from puhui.credits.service.retirement import correct, forget_beneficiary, retire, seal
from puhui.credits.service.reversal import disclose_reversal
from puhui.credits.service.sponsor import name_sponsors

__all__ = [
    "announce_transfer",
    "buy",
    "buy_personally",
    "confirm_payment",
    "correct",
    "disclose_reversal",
    "encumber",
    "expire_holds",
    "forget_beneficiary",
    "hold",
    "import_batch",
    "import_file",
    "name_sponsors",
    "propose",
    "propose_for_budget",
    "release",
    "retire",
    "seal",
]
