"""What the ledger refuses."""

from puhui.kernel.errors import Conflict
from puhui.kernel.text import N_


class InsufficientBalance(Conflict):
    """The source account would fall below zero."""

    code, title = "insufficient_balance", N_("余额不足")


class TransferDiffers(Conflict):
    """A transfer of this id exists and moved something else."""

    code, title = "transfer_differs", N_("同一编号的记账内容不同")
