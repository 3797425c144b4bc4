"""What the organiser's desk refuses."""

from puhui.kernel.errors import Conflict, NotFound
from puhui.kernel.text import N_


class UnknownEvent(NotFound):
    """No such event, or it is not the asker's."""

    code, title = "unknown_event", N_("没有这场活动")


class NotOverYet(Conflict):
    """Actual figures cannot exist before the last day of the event."""

    code, title = "not_over_yet", N_("活动尚未结束，不能提交实际排放核算")


class NoEstimate(Conflict):
    """There is nothing to neutralise yet."""

    code, title = "no_estimate", N_("请先完成排放核算")


class NothingNeeded(Conflict):
    """What has been retired or is held already covers the newest estimate."""

    code, title = "nothing_needed", N_("已注销或已预留的数量已够，无需再购买")


class CitiesUndecided(Conflict):
    """Some rows of the attendee list name a city that we do not know."""

    code, title = "cities_undecided", N_("参会名单中还有城市需要您确认")


class NoAttendees(Conflict):
    """Travel is inside the boundary but there is no attendee list."""

    code, title = "no_attendees", N_("往返交通在核算边界内，请先上传参会名单")


class NoSuchRow(NotFound):
    """A decision was made about something that the list does not ask."""

    code, title = "no_such_row", N_("名单中没有需要确认的这一项")


class NameTaken(Conflict):
    """The same identifier was used before for something else."""

    code, title = "name_taken", N_("同一编号已用于内容不同的请求")


class NotNeutralYet(Conflict):
    """Only what the register says can be confirmed."""

    code, title = "not_neutral_yet", N_("活动尚未达到碳中和条件，不能确认声明")


class NotIndependent(Conflict):
    """Whoever confirms as an independent body must have no part in the event."""

    code, title = "not_independent", N_("独立机构不能是主办单位，确认人也不能任职于主办单位")


class Outdated(Conflict):
    """Somebody else changed it after the form was shown."""

    code, title = "outdated", N_("内容已被他人修改，请刷新页面后再改")


class UnknownEnquiry(NotFound):
    """No such link, or it is not the asker's event."""

    code, title = "unknown_enquiry", N_("没有这个填报链接")


class UnknownAnswer(NotFound):
    """No answer has this code; it may have been deleted."""

    code, title = "unknown_answer", N_("没有这份填报，可能已经删除")


class EnquiryOver(Conflict):
    """The link was closed, replaced, or has expired."""

    code, title = "enquiry_over", N_("填报链接已停用或已过期")


class EveryoneAnswered(Conflict):
    """There are as many answers as registered attendees."""

    code, title = "everyone_answered", N_("填报份数已达登记的参会人数")


class NoTravel(Conflict):
    """Travel is outside the boundary, so nobody may be asked about theirs."""

    code, title = "no_travel", N_("往返交通不在核算边界内，不应向参会者收集行程")


class ListGone(Conflict):
    """The file was not read in time and has been deleted."""

    code, title = "list_gone", N_("名单文件已过期删除，请重新上传")
