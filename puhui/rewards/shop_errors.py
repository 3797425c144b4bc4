"""What the shop refuses."""

from puhui.kernel.errors import Conflict, Exhausted, Forbidden, NotFound
from puhui.kernel.text import N_


class NoSuchOffer(NotFound):
    """There is no such offer, or it is not the asker's to see."""

    code, title = "no_such_offer", N_("没有找到这个兑换品")


class NoSuchRedemption(NotFound):
    """There is no such redemption, or it is not the asker's to see."""

    code, title = "no_such_redemption", N_("没有找到这次兑换")


class NoSuchCause(NotFound):
    """There is no such cause."""

    code, title = "no_such_cause", N_("没有找到这个公益项目")


class NoSuchDonation(NotFound):
    """There is no donation under this code."""

    code, title = "no_such_donation", N_("没有找到这张捐赠证书，请核对编号")


class OfferDecided(Conflict):
    """These terms were published or refused before."""

    code, title = "offer_decided", N_("这个版本已经有了决定")


class OwnOffer(Forbidden):
    """Nobody publishes what their own organisation offers."""

    code, title = "own_offer", N_("不能审批本组织的兑换品")


class BelowTaken(Conflict):
    """More have been redeemed than there would be."""

    code, title = "below_taken", N_("数量不能少于已兑换的数量")


class SoldOut(Conflict):
    """Nothing is left of it."""

    code, title = "sold_out", N_("已兑完")


class OfferOver(Conflict):
    """It can no longer be redeemed, or not yet."""

    code, title = "offer_over", N_("这个兑换品已下架或已截止")


class OfferChanged(Conflict):
    """Other terms were published since they were shown."""

    code, title = "offer_changed", N_("兑换品的内容已经更新，请看过新的内容再兑换")


class EnoughRedeemed(Conflict):
    """The person has redeemed as many as one person can."""

    code, title = "enough_redeemed", N_("已达到每人可兑换的数量")


class AccountTooYoung(Conflict):
    """The account was opened too recently."""

    code, title = "account_too_young", N_("账户开通满规定天数后才能兑换")


class TooManyOnDevice(Conflict):
    """Too many people use the same device."""

    code, title = "too_many_on_device", N_("同一设备上使用的账户过多，暂不能兑换，请联系运营方")


class MonthIsFull(Conflict):
    """A child has spent what a child can spend in a month."""

    code, title = "month_is_full", N_("未满十四周岁的用户本月可兑换的积分已用完")


class NothingSentToMinors(Conflict):
    """Nobody's address is kept below 14."""

    code, title = (
        "nothing_sent_to_minors",
        N_("不为未满十四周岁的用户保存地址，请选择到店自取的兑换品"),
    )


class CodeRefused(Conflict):
    """No redemption of this partner has that code."""

    code, title = "code_refused", N_("兑换码不对，请核对")


class CodeUsed(Conflict):
    """The code was used, or the redemption ended otherwise."""

    code, title = "code_used", N_("这个兑换码已经用过或已失效")


class CodeOver(Conflict):
    """The code was not used in time."""

    code, title = "code_over", N_("这个兑换码已过期")


class TooManyCodes(Exhausted):
    """Too many wrong codes."""

    code, title = "too_many_codes", N_("输错的兑换码太多，请稍后再试")


class RedemptionOver(Conflict):
    """What is to be done with it can no longer be done."""

    code, title = "redemption_over", N_("这次兑换的状态不能这样更改")


class CauseOver(Conflict):
    """The cause takes no more points."""

    code, title = "cause_over", N_("这个公益项目已经结束")
