"""Refusals of the register."""

from puhui.kernel.errors import Conflict, NotFound
from puhui.kernel.text import N_


class NoSuchEntry(NotFound):
    """The register has no such entry."""

    code, title = "no_such_entry", N_("登记簿中没有这条记录")


class NotYetSigned(Conflict):
    """The entry is written, but no signed checkpoint covers it yet."""

    code, title = "entry_not_yet_signed", N_("记录已写入，尚待签名，请稍后再试")


class EntryDiffers(Conflict):
    """The register says something else about this subject, and what it says is final."""

    code, title = "entry_differs", N_("登记簿中已有关于同一事项的不同记录")


class RolledBack(Conflict):
    """The log is shorter than, or differs from, one that this signer has signed."""

    code, title = "register_rolled_back", N_("登记簿与最后一次签名的内容不一致，已停止签名")
