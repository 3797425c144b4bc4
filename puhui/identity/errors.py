"""What identity refuses."""

from puhui.kernel.errors import Conflict, Exhausted, Forbidden, NotFound, Unavailable
from puhui.kernel.text import N_


class CodeWrong(Forbidden):
    """The one-time code is wrong, too old, used, or was never asked for: one answer for all."""

    code, title = "code_wrong", N_("验证码不正确或已失效")


class TicketWrong(Forbidden):
    """The right to register that a correct code gave is unknown or too old."""

    code, title = "ticket_wrong", N_("登记已超时，请重新获取验证码")


class PasswordWrong(Forbidden):
    """Phone number and password do not belong together, or nobody has the number."""

    code, title = "password_wrong", N_("手机号或密码不正确")


class TooManyTries(Exhausted):
    """A limit against guessing or flooding is reached."""

    code, title = "too_many_tries", N_("操作过于频繁，请稍后再试")


class NotFresh(Forbidden):
    """The change asks for somebody who signed in minutes ago."""

    code, title = "sign_in_again", N_("为了安全，请重新登录后再修改")


class CodeNameTaken(Conflict):
    """The name given to this request for a code was used for another phone number."""

    code, title = "name_taken", N_("同一编号已用于内容不同的请求")


class NoNumber(Conflict):
    """There is no phone number to send a code to."""

    code, title = "no_number", N_("没有手机号，无法用验证码确认")


class SenderMissing(Unavailable):
    """No way to send a text message is set up."""

    code, title = "sender_missing", N_("短信服务尚未配置")


class ConsentMissing(Forbidden):
    """The person has not agreed to this purpose, or has withdrawn."""

    code, title = "consent_missing", N_("尚未获得本人同意")


class ConsentTextChanged(Conflict):
    """The text was changed after it was shown: agreeing to it would be agreeing unseen."""

    code, title = "consent_text_changed", N_("说明文字已更新，请阅读后再确认")


class NotForMinors(Forbidden):
    """Nobody under 14 takes part in this, whoever agrees."""

    code, title = "not_for_minors", N_("未满十四周岁不能开启此项")


class NotForTheYoung(Forbidden):
    """Nobody who may be under 18 is shown to others with what they have done."""

    code, title = "not_for_the_young", N_("未满十八周岁不能开启此项")


class GuardianCodeWrong(Forbidden):
    """The child's number and code do not belong together, or no child waits there."""

    code, title = "guardian_code_wrong", N_("孩子的手机号或确认码不正确")


class GuardianNotAdult(Forbidden):
    """A guardian is at least 18 years old and is not waiting for one."""

    code, title = "guardian_not_adult", N_("监护人须年满十八周岁")


class UsccTaken(Conflict):
    """Another organisation is registered under this code."""

    code, title = "uscc_taken", N_("该统一社会信用代码已登记")


class OrganisationDiffers(Conflict):
    """The organisation of this name has another content."""

    code, title = "name_taken", N_("同一编号已用于内容不同的请求")


class RoleNotApproved(Conflict):
    """The organisation has not been approved for this role."""

    code, title = "role_not_approved", N_("该机构尚未获准设置此角色")


class LastAdministrator(Conflict):
    """An organisation keeps at least one administrator."""

    code, title = "last_administrator", N_("机构须至少保留一名管理员")


class InvitationClosed(Conflict):
    """The invitation was answered, withdrawn, or is too old."""

    code, title = "invitation_closed", N_("邀请已失效")


class PersonUnknown(NotFound):
    """No such person."""

    code, title = "person_unknown", N_("没有这个人")


class PersonDisabled(Forbidden):
    """The person has been shut out by an operator."""

    code, title = "person_disabled", N_("您已被停用，请联系平台")


class OwnOrganisation(Forbidden):
    """An operator does not decide about an organisation that they belong to."""

    code, title = "own_organisation", N_("不能审批自己所在的机构")


class ClientDiffers(Conflict):
    """The name of this machine was used for another one."""

    code, title = "name_taken", N_("同一编号已用于内容不同的请求")
