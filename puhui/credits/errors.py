"""What credits refuses."""

from puhui.kernel.errors import Conflict, NotFound
from puhui.kernel.text import N_


class NotEnoughCredits(Conflict):
    """What is on sale does not cover the need under these wishes."""

    code, title = "not_enough_credits", N_("可售的碳信用不足")


class BudgetTooSmall(Conflict):
    """The budget does not pay for a single granule under these wishes."""

    code, title = "budget_too_small", N_("预算不够购买最小的一份碳信用")


class UnknownHold(NotFound):
    """No such hold, or it is another organisation's."""

    code, title = "unknown_hold", N_("没有找到这份预留")


class UnknownBatch(NotFound):
    """No such batch."""

    code, title = "unknown_batch", N_("没有找到这个批次")


class UnknownProject(NotFound):
    """No project has this code."""

    code, title = "unknown_project", N_("没有找到这个项目")


class UnknownCertificate(NotFound):
    """No certificate has this code."""

    code, title = "unknown_certificate", N_("没有找到这份证书")


class NameTaken(Conflict):
    """The same identifier was used before for something else."""

    code, title = "name_taken", N_("同一编号已用于内容不同的请求")


class HoldOver(Conflict):
    """The hold has expired, was released or is retired: nothing more can be done with it."""

    code, title = "hold_over", N_("这份预留已经结束")


class NotPaid(Conflict):
    """Only paid credits are retired."""

    code, title = "not_paid", N_("尚未收到货款")


class WrongAmount(Conflict):
    """The transfer is not of the price that the hold froze."""

    code, title = "wrong_amount", N_("到账金额与应付金额不符")


class OwnHold(Conflict):
    """Whoever made the hold does not confirm its payment."""

    code, title = "own_hold", N_("不能确认自己的付款")


class NoSponsors(Conflict):
    """A person who buys in their own name has no sponsors."""

    code, title = "no_sponsors", N_("个人认购没有赞助方")


class StockMoves(Conflict):
    """Others keep buying what was just chosen."""

    code, title = "stock_moves", N_("库存正在变动，请再试一次")


class SerialsNotFree(Conflict):
    """Some of the serials are held, retired, cancelled or kept for somebody already."""

    code, title = "serials_not_free", N_("所列序列号并非都可动用")


class UnknownEncumbrance(NotFound):
    """No such encumbrance of this batch, or it is of the whole batch."""

    code, title = "unknown_encumbrance", N_("没有找到这项权利限制")


class NotForCompliance(Conflict):
    """The rules of the market let no enterprise surrender credits of this kind."""

    code, title = "not_for_compliance", N_("此类碳信用不能用于履约抵消")


class CapExceeded(Conflict):
    """An enterprise may not cover so much of its emissions with credits."""

    code, title = "cap_exceeded", N_("超过了该企业当年可抵消的上限")


class OfAnotherProject(Conflict):
    """The document belongs to another project."""

    code, title = "of_another_project", N_("这份文件属于另一个项目")


class ProjectChanged(Conflict):
    """Somebody else has described the project anew in the meantime."""

    code, title = "project_changed", N_("项目信息刚刚被别人更新过，请核对后再提交")
