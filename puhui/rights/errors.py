"""What is refused about people's own data."""

from puhui.kernel.errors import Conflict, Exhausted, NotFound
from puhui.kernel.text import N_


class NoSuchExport(NotFound):
    """There is no such export, or it is somebody else's."""

    code, title = "no_such_export", N_("没有找到这份资料")


class ExportNotReady(Conflict):
    """The file is still being made."""

    code, title = "export_not_ready", N_("资料还在整理，请稍后再来")


class ExportGone(NotFound):
    """The file was deleted when its days were over."""

    code, title = "export_gone", N_("下载期限已过，文件已删除，请重新索取")


class TooManyExports(Exhausted):
    """More exports in a day than anybody needs."""

    title = N_("今天索取的次数太多，请明天再试")


class NameTaken(Conflict):
    """The name was used for something else."""

    code, title = "name_taken", N_("同一编号已用于内容不同的请求")


class ErasureAsked(Conflict):
    """The person has asked before."""

    code, title = "erasure_asked", N_("已经提出过注销")


class NoErasure(NotFound):
    """Nobody has asked for it."""

    code, title = "no_erasure", N_("没有提出过注销")


class ErasureBegun(Conflict):
    """The day has passed; there is no way back."""

    code, title = "erasure_begun", N_("注销已经开始，不能收回")
