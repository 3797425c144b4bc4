"""What this package refuses."""

from puhui.kernel.errors import Conflict, Exhausted, NotFound
from puhui.kernel.text import N_


class NotACalculation(Conflict):
    """The file is not a calculation of ours, or of a ruleset that this version does not know."""

    code, title = "not_a_calculation", N_("这不是可复算的碳足迹计算书")


class NoInventory(Conflict):
    """The product has no inventory yet."""

    code, title = "no_inventory", N_("这个产品还没有清单")


class NameTaken(Conflict):
    """The name belongs to something else."""

    code, title = "name_taken", N_("同一编号已用于内容不同的请求")


class Stale(Conflict):
    """It was changed by somebody since the asker read it."""

    code, title = "stale", N_("内容已被他人修改，请刷新后再提交")


class AlreadyDecided(Conflict):
    """The footprint has been verified or refused already."""

    code, title = "already_decided", N_("这一版碳足迹已经有核查结论")


class NotSubmitted(Conflict):
    """The footprint has not been handed to verifiers."""

    code, title = "not_submitted", N_("这一版碳足迹尚未提交核查")


class NotReviewed(Conflict):
    """Nobody has been through the checklist yet."""

    code, title = "not_reviewed", N_("先逐点完成核查表，再作核查结论")


class NoMoreEvidence(Conflict):
    """The footprint has its decision; what it was decided upon stays as it was."""

    code, title = "no_more_evidence", N_("这一版碳足迹已有核查结论，不能再附文件")


class NotFinished(Conflict):
    """The run has not seen every label yet."""

    code, title = "not_finished", N_("还没有看完所有标签")


class NotVerified(Conflict):
    """Only a verified footprint gets a label."""

    code, title = "not_verified", N_("只有通过核查的碳足迹才能签发标签")


class ClaimsNeutrality(Conflict):
    """A text that the label would show says more than a footprint can."""

    code, title = "claims_neutrality", N_("标签文字不能声称产品无碳或已抵消，请改写后重新核查")


class OwnProduct(Conflict):
    """A verifier belongs to the organisation that made the product."""

    code, title = "own_product", N_("核查员不能核查本单位的产品")


class LabelEnded(Conflict):
    """The label has expired or has been withdrawn."""

    code, title = "label_ended", N_("标签已过期或已撤销")


class SecretsLeft(Conflict):
    """The batch's secrets left before: they leave once and are not kept."""

    code, title = (
        "secrets_left",
        N_("这一批的密码文件已经下载过，不再保存；若已遗失，请作废未出厂的序列码并重新印制"),
    )


class NotPrinted(Conflict):
    """The batch is still being made, or its secrets have not left yet."""

    code, title = "not_printed", N_("这一批序列码尚未印制完成或密码文件尚未下载")


class BatchVoid(Conflict):
    """The batch was voided."""

    code, title = "batch_void", N_("这一批序列码已作废")


class ClaimRefused(NotFound):
    """The code and the PIN do not belong to a serial that can be claimed. Says no more."""

    code, title = "claim_refused", N_("标签码或密码不正确")


class AlreadyClaimed(Conflict):
    """Whoever holds the right PIN may know that it was used."""

    code, title = "already_claimed", N_("这个序列码已经领取过")


class NotSoldYet(Conflict):
    """The shop has not reported the sale."""

    code, title = "not_sold_yet", N_("商家尚未登记售出，请稍后再试")


class TooManyTries(Exhausted):
    """Five wrong PINs for a label, or twenty for a person, within their windows."""

    code, title = "too_many_tries", N_("错误次数过多，请过后再试")
