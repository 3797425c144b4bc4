"""What rewards refuses."""

from puhui.kernel.errors import Conflict, Forbidden, NotFound
from puhui.kernel.text import N_


class NoSuchBase(NotFound):
    """There is no such planting base."""

    code, title = "no_such_base", N_("没有找到这个义务植树基地")


class NoSuchPlanting(NotFound):
    """There is no such planting, or it is not the asker's to see."""

    code, title = "no_such_planting", N_("没有找到这次植树记录")


class NoSuchAward(NotFound):
    """There is no such award, or it is not the asker's to see."""

    code, title = "no_such_award", N_("没有找到这笔积分")


class NameTaken(Conflict):
    """The same name was used before for something else."""

    code, title = "name_taken", N_("同一编号已用于内容不同的请求")


class NoRule(Conflict):
    """No rule of points was valid on that day."""

    code, title = "no_rule", N_("这一天没有生效的积分规则")


class RuleDiffers(Conflict):
    """The version was published with another content."""

    code, title = "rule_differs", N_("这个规则版本已经发布过且内容不同；更正请用新版本号")


class RuleTooSoon(Conflict):
    """A changed rule must be shown to people before it counts."""

    code, title = "rule_too_soon", N_("规则变更须先公布，至少次日才能生效")


class PhotoUsed(Conflict):
    """The same photograph already supports another planting."""

    code, title = "photo_used", N_("这张照片已用于另一次植树记录，请换一张")


class AlreadyDecided(Conflict):
    """The planting was approved or refused before."""

    code, title = "already_decided", N_("这次植树记录已经有了核查结论")


class ReviewDiffers(Conflict):
    """The verifier has judged this planting otherwise before."""

    code, title = "review_differs", N_("您已对这次植树记录作出过不同的判断")


class OwnPlanting(Forbidden):
    """Nobody reviews what they planted themselves."""

    code, title = "own_planting", N_("不能核查自己的植树记录")


class OwnOrganisation(Forbidden):
    """Nobody reviews a planting of a member of their own organisation."""

    code, title = "own_organisation", N_("不能核查本组织成员的记录")


class NoSuchDuty(NotFound):
    """There is no such recorded duty, or it is not the asker's to see."""

    code, title = "no_such_duty", N_("没有找到这次尽责登记")


class DutyDecided(Conflict):
    """The recorded duty was confirmed or refused before."""

    code, title = "duty_decided", N_("这次尽责登记已经有了结论")


class OwnDuty(Forbidden):
    """Nobody confirms their own duty, their child's, or one of their own organisation."""

    code, title = "own_duty", N_("不能核实自己、自己孩子或本组织成员的尽责登记")


class ParameterDiffers(Conflict):
    """The province's parameter for that form and day is on record with another content."""

    code, title = "parameter_differs", N_("这个省份这一天起的折算标准已经收录且内容不同")


class TooFewTrees(Conflict):
    """The year counts fewer trees than a certificate takes."""

    code, title = "too_few_trees", N_("这一年折算不足三株，还不能领取证书")


class NoSuchDutyCertificate(NotFound):
    """There is no certificate under this code."""

    code, title = "no_such_duty_certificate", N_("没有找到这张证书，请核对编号")


class NoThresholds(Conflict):
    """No thresholds were in force on that day."""

    code, title = "no_thresholds", N_("这一天没有生效的核对阈值")


class ThresholdsDiffer(Conflict):
    """The version was published with other values, or another version begins that day."""

    code = "thresholds_differ"
    title = N_("这个阈值版本已经发布过且内容不同，或当天已有另一版本")


class ThresholdsTooSoon(Conflict):
    """Changed thresholds count from the next day on at the earliest."""

    code, title = "thresholds_too_soon", N_("阈值变更至少次日才能生效")


class NoSuchReport(NotFound):
    """There is no such report, or it is not the asker's to see."""

    code, title = "no_such_report", N_("没有找到这条行为申报")


class NoSuchAuthorisation(NotFound):
    """There is no such authorisation, or it does not let the asker do this."""

    code, title = "no_such_authorisation", N_("没有找到有效的授权")


class ReportDecided(Conflict):
    """The report was approved or refused before."""

    code, title = "report_decided", N_("这条行为申报已经有了核查结论")


class DocumentUsed(Conflict):
    """The organisation has reported this document before."""

    code, title = "document_used", N_("这个编号已经申报过")


class OwnReport(Forbidden):
    """Nobody reviews what they reported or did themselves."""

    code, title = "own_report", N_("不能核查自己的行为申报")


class NoSuchAdjustment(NotFound):
    """There is no such adjustment, or it is not the asker's to see."""

    code, title = "no_such_adjustment", N_("没有找到这次人工更正")


class AdjustmentDecided(Conflict):
    """The adjustment was agreed to or turned down before."""

    code, title = "adjustment_decided", N_("这次人工更正已经有了决定")


class OwnAdjustment(Forbidden):
    """Nobody proposes for their own wallet, or decides what they proposed."""

    code, title = "own_adjustment", N_("人工更正须由另一位运营人员决定，也不能更正自己的积分")


class RuleSameDay(Conflict):
    """Two versions of a rule cannot begin on one day."""

    code, title = "rule_same_day", N_("同一规则已有版本在这一天生效")


class NoSuchSurvey(NotFound):
    """There is no such survey, or it is not the asker's to see."""

    code, title = "no_such_survey", N_("没有找到这次成活调查")


class NotApprovedYet(Conflict):
    """Only a verified planting has a later life."""

    code, title = "not_approved_yet", N_("这次植树还没有核查通过，不能登记成活调查")


class SurveyDecided(Conflict):
    """The survey was confirmed or refused before."""

    code, title = "survey_decided", N_("这次成活调查已经有了结论")


class StageSurveyed(Conflict):
    """The planting has a survey of this stage already."""

    code, title = "stage_surveyed", N_("这一阶段的成活调查已经登记过")


class SurveyOutdated(Conflict):
    """Another survey was confirmed since; the number of living trees is another."""

    code, title = "survey_outdated", N_("此后另有调查得到确认，成活株数已变，请重新调查")


class OwnSurvey(Forbidden):
    """Nobody confirms a survey of their own planting, their own report, or their organisation's."""

    code, title = "own_survey", N_("不能核实自己或本组织成员的植树的成活调查")


class NoSuchOuting(NotFound):
    """There is no such outing."""

    code, title = "no_such_outing", N_("没有找到这个植树场次")


class NoSuchBooking(NotFound):
    """There is no such booking, or it is not the asker's to see."""

    code, title = "no_such_booking", N_("没有找到这次报名")


class FullyBooked(Conflict):
    """Fewer places are left than were asked for."""

    code, title = "fully_booked", N_("名额不够了")


class AlreadyBooked(Conflict):
    """The person, or the organisation, has booked this outing already."""

    code, title = "already_booked", N_("已经报过这一场")


class OutingOver(Conflict):
    """The outing was cancelled, or has begun."""

    code, title = "outing_over", N_("这一场已经取消或已经开始，不能再报名或取消")


class NotTheTime(Conflict):
    """It is not the time to check in, or to say who came."""

    code, title = "not_the_time", N_("现在不能签到：请在开始前一小时到结束之间签到")


class PlaceUnknown(Conflict):
    """Nobody has noted where the base lies."""

    code, title = "place_unknown", N_("还没有登记基地位置，请让组织者在名单上签到")


class NotThere(Conflict):
    """The phone is not at the base, under either reading of its datum."""

    code, title = "not_there", N_("手机位置不在基地，请到基地后再签到，或让组织者在名单上签到")


class NotRefused(Conflict):
    """Only a refusal can be appealed."""

    code, title = "not_refused", N_("只有未通过的记录可以申诉")


class AppealTooLate(Conflict):
    """The time in which the refusal could be appealed is over."""

    code, title = "appeal_too_late", N_("申诉期限已过")


class AppealedBefore(Conflict):
    """Each refusal can be appealed once."""

    code, title = "appealed_before", N_("这次记录已经申诉过")


class NoSuchAppeal(NotFound):
    """There is no such appeal, or it is not the asker's to see."""

    code, title = "no_such_appeal", N_("没有找到这次申诉")


class DecidedByYou(Forbidden):
    """Nobody judges an appeal against, or an audit of, their own decision."""

    code, title = "decided_by_you", N_("您参与过原来的结论，请由他人复核")


class NoSuchQuestion(NotFound):
    """There is no such question, or it is not the asker's to answer."""

    code, title = "no_such_question", N_("没有找到这个问题")


class AskedBefore(Conflict):
    """The planting waits for an answer to an earlier question."""

    code, title = "asked_before", N_("这次植树记录还在等待种树人回答前一个问题")


class AnswersDiffer(Conflict):
    """The question was answered otherwise before."""

    code, title = "answers_differ", N_("这个问题已经回答过，且内容不同")


class NoSuchAudit(NotFound):
    """The draw did not fall on this planting."""

    code, title = "no_such_audit", N_("这次植树记录不在抽查名单里")


class VerifierPaused(Forbidden):
    """Audits have overturned too many of the verifier's approvals."""

    code, title = "verifier_paused", N_("抽查推翻了您较多的结论，请先联系管理员")


class NoSuchClaim(NotFound):
    """There is no such claim, or it is not the asker's to see."""

    code, title = "no_such_claim", N_("没有找到这次领取")


class NoSuchFreeze(NotFound):
    """No claims of a shop were frozen under this name."""

    code, title = "no_such_freeze", N_("没有找到这次商店核查")


class OwnClaim(Forbidden):
    """Nobody decides their own claim."""

    code, title = "own_claim", N_("不能核查自己的领取")


class ClaimDecided(Conflict):
    """It does not wait for a decision, or was decided otherwise."""

    code, title = "claim_decided", N_("这次领取不在等待核查，或已有不同结论")


class NoSuchTeam(NotFound):
    """There is no such team, or the asker does not belong to it."""

    code, title = "no_such_team", N_("没有找到这个团队")


class NoSuchInvitation(NotFound):
    """The code was never given out, or a newer one has taken its place."""

    code, title = "no_such_invitation", N_("这个邀请码无效，请向队长要新的")


class NoSuchMember(NotFound):
    """There is no such membership, or it is not the asker's to see."""

    code, title = "no_such_member", N_("没有找到这位成员")


class LeadMustBeAdult(Forbidden):
    """Only somebody who is 18 for sure leads a team."""

    code, title = "lead_must_be_adult", N_("队长须已满十八周岁")


class GuardianJoins(Forbidden):
    """A child under 14 joins by its guardian's hand."""

    code, title = "guardian_joins", N_("未满十四周岁，请监护人替您加入")


class InTeamAlready(Conflict):
    """A person belongs to one village, one school and one company at a time."""

    code, title = "in_team_already", N_("同一类团队同时只能加入一个，请先退出原来的")


class TeamFull(Conflict):
    """The team has as many members as a team can have."""

    code, title = "team_full", N_("这个团队的人数已满")


class LeadStays(Conflict):
    """The lead hands the team over before leaving it."""

    code, title = "lead_stays", N_("队里还有别人，请先把队长交给另一位成员")


class MemberAnswered(Conflict):
    """The lead has answered this person otherwise before."""

    code, title = "member_answered", N_("这位成员的申请已经答复过")
