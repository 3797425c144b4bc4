"""What rewards keep of people, and what is settled before somebody is erased."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from json import loads
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, and_, cast, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from puhui.db.personal import ERASED, About, Personal, Trace, Whose
from puhui.identity.vault import vault
from puhui.kernel.errors import Fault
from puhui.kernel.text import N_
from puhui.rewards.model.adjustment import Adjustment
from puhui.rewards.model.base import PlantingBase
from puhui.rewards.model.cause import Cause, Donation
from puhui.rewards.model.claim import Claim, ShopFreeze
from puhui.rewards.model.decision import BasePlace, Decision, DeviceUse, Draw, ThresholdRow
from puhui.rewards.model.duty import Duty, DutyCertificate, DutyEntry, DutyParameter
from puhui.rewards.model.offer import Offer, OfferVersion
from puhui.rewards.model.outing import BaseCapacity, Booking, Outing
from puhui.rewards.model.planting import Planting, PlantingPhoto, Review
from puhui.rewards.model.points import Award, Lot, Reversal
from puhui.rewards.model.redemption import Redemption, WrongCode
from puhui.rewards.model.report import Authorisation, Report, ReportPhoto
from puhui.rewards.model.rule import RuleRow
from puhui.rewards.model.second_look import Appeal, Audit, Question
from puhui.rewards.model.standing import CityYear, Standing, StandingStep
from puhui.rewards.model.survival import RemovalEstimate, Survey
from puhui.rewards.model.team import Membership, Team, TeamInvitation
from puhui.rewards.queries.redemptions import address_place
from puhui.rewards.queries.teams import names_of_led
from puhui.rewards.ranking import Board
from puhui.rewards.service import forfeiture, refunds, teams

_TREES = N_("已核实的树仍然算数，不再算在任何人名下")
_POINTS = N_("积分账须可核对；编号不再指向任何人")
_JUDGED = N_("核查须可追查；话语删除，结论留下，编号不再指向任何人")
_OFFICE = N_("核查、基地和规则的决定须可追查；编号不再指向任何人")
_SHOP = N_("商店的上架、兑换和捐赠须可核对；编号不再指向任何人")
_TEAM = N_("团队的合计须可核对；编号不再指向任何人")
_NO_NAME = 2 * ERASED
"""A team's name has two letters at least."""


def _by_planting(column: InstrumentedAttribute[UUID]) -> Whose:
    """Return which rows belong to plantings of a person."""

    def whose(person_id: Any) -> ColumnElement[bool]:
        return column.in_(select(Planting.planting_id).where(Planting.person_id == person_id))

    return whose


def _by_report(person_id: Any) -> ColumnElement[bool]:
    return ReportPhoto.report_id.in_(select(Report.report_id).where(Report.person_id == person_id))


def _surveyed(person_id: Any) -> ColumnElement[bool]:
    """What a person reported, and what others reported of their trees."""
    return or_(Survey.reported_by == person_id, _by_planting(Survey.planting_id)(person_id))


def _ranked(person_id: Any) -> ColumnElement[bool]:
    return and_(Standing.board == Board.PEOPLE, Standing.subject == cast(person_id, String))


def _address(row: Mapping[str, Any]) -> dict[str, str] | None:
    if row["address_sealed"] is None:
        return None
    told: dict[str, str] = loads(
        vault().open(row["address_sealed"], address_place(row["redemption_id"]))
    )
    return told


def _settle(session: Session, person_id: UUID, now: datetime) -> None:
    """Give back what waits or is held: points, places on outings, leave to report, teams."""
    # What comes back from the shop is forfeited with the rest.
    refunds.end_of(session, person_id, now)
    forfeiture.forfeit(session, person_id, now)
    forfeiture.end_plans(session, person_id, now)
    teams.leave_all(session, person_id, now)


def _leaves(session: Session, person_id: UUID, _now: datetime) -> Sequence[Fault]:
    """Others belong to a team that the person leads."""
    return [
        Fault(
            "lead_of_team",
            N_("您是“%(team)s”的队长，队里还有别人：请先把队长交给另一位成员，或请他们先退出"),
            values={"team": name},
        )
        for name in names_of_led(session, person_id)
    ]


def _binds(session: Session, organisation_id: UUID, now: datetime) -> Sequence[str]:
    """People have booked to plant at the organisation's bases."""
    to_come = (
        select(Outing.outing_id)
        .join(PlantingBase, PlantingBase.base_id == Outing.base_id)
        .where(
            PlantingBase.organisation_id == organisation_id,
            Outing.cancelled_at.is_(None),
            Outing.ends_at > now,
        )
        .limit(1)
    )
    return (
        [
            N_(
                "您是“%(organisation)s”唯一的管理员，那里还有没结束的植树活动：请先取消，或请人接任管理员"
            )
        ]
        if session.scalar(to_come) is not None
        else []
    )


PERSONAL = Personal(
    "rewards",
    about=(
        About(DeviceUse, "devices", ("person_id",), withheld=frozenset({"device"})),
        About(
            PlantingPhoto,
            "planting_photographs",
            whose=_by_planting(PlantingPhoto.planting_id),
            stays=N_("同一张照片不被第二次计数"),
            codes=frozenset({"original_sha256"}),
        ),
        About(
            Review,
            "reviews",
            whose=_by_planting(Review.planting_id),
            stays=_JUDGED,
            erased={"words": ERASED},
            codes=frozenset({"verdict", "reason", "rule", "inputs"}),
            withheld=frozenset({"verifier_id", "inputs"}),
        ),
        About(
            Question,
            "questions",
            whose=_by_planting(Question.planting_id),
            stays=_JUDGED,
            erased={"words": ERASED, "answer": ERASED},
            withheld=frozenset({"asked_by"}),
        ),
        About(
            Appeal,
            "appeals",
            ("person_id",),
            stays=_JUDGED,
            erased={"words": ERASED, "answer": ERASED},
            codes=frozenset({"verdict"}),
            withheld=frozenset({"decided_by"}),
        ),
        About(
            Audit,
            "audits",
            whose=_by_planting(Audit.planting_id),
            stays=_JUDGED,
            erased={"words": ERASED},
            codes=frozenset({"verdict"}),
            withheld=frozenset({"decided_by"}),
        ),
        About(
            Decision,
            "decisions",
            ("person_id",),
            stays=_JUDGED,
            codes=frozenset({"subject_kind", "outcome", "rule", "thresholds", "signals", "inputs"}),
        ),
        About(
            RemovalEstimate,
            "removal_estimates",
            whose=_by_planting(RemovalEstimate.planting_id),
            stays=_TREES,
            codes=frozenset({"method", "size_from", "unknown", "made_of"}),
        ),
        About(
            Survey,
            "surveys",
            ("reported_by",),
            whose=_surveyed,
            stays=_TREES,
            erased={"words": ERASED, "reason": ERASED},
            codes=frozenset({"stage", "deaths", "photo_ids", "state"}),
            withheld=frozenset({"decided_by"}),
        ),
        About(
            Planting,
            "plantings",
            ("person_id",),
            stays=_TREES,
            erased={"latitude": None, "longitude": None, "datum": None, "accuracy_m": None},
            codes=frozenset({"species", "datum", "state"}),
            withheld=frozenset({"turn"}),
        ),
        About(
            Duty,
            "duties",
            ("person_id", "recorded_by"),
            stays=_TREES,
            erased={"words": ERASED, "reason": ERASED},
            codes=frozenset({"category", "province", "unit", "photo_ids", "state"}),
            withheld=frozenset({"decided_by"}),
        ),
        About(
            DutyEntry,
            "duty_entries",
            ("person_id",),
            stays=_TREES,
            codes=frozenset({"category", "province", "cause_kind"}),
        ),
        About(
            DutyCertificate,
            "duty_certificates",
            ("person_id",),
            stays=N_("证书留下，姓名和盐销毁：承诺不再能打开"),
            erased={"name": None, "salt": None},
            codes=frozenset({"code", "tier"}),
        ),
        About(
            ReportPhoto,
            "report_photographs",
            whose=_by_report,
            stays=N_("同一张照片不被第二次计数"),
            codes=frozenset({"original_sha256"}),
        ),
        About(
            Report,
            "reports",
            ("person_id",),
            stays=_TREES,
            # An organisation reports a document once: each keeps a name of its own.
            erased={"words": ERASED, "document": literal(ERASED) + cast(Report.report_id, String)},
            codes=frozenset({"behaviour", "reporter", "state"}),
            withheld=frozenset({"decided_by"}),
        ),
        About(
            Authorisation,
            "authorisations",
            ("person_id",),
            stays=N_("机构申报的记录须可追查；编号不再指向任何人"),
            codes=frozenset({"behaviour"}),
        ),
        About(
            Booking,
            "bookings",
            ("person_id",),
            stays=N_("活动的名额和到场人数；团体名单属于团体，活动结束30天后删除"),
            erased={"metres_away": None},
            codes=frozenset({"names", "came", "came_by"}),
            withheld=frozenset({"names"}),
        ),
        About(
            Award,
            "awards",
            ("person_id",),
            stays=_POINTS,
            codes=frozenset({"cause_kind", "rule_key", "rule_version", "capped_by", "about"}),
        ),
        About(Lot, "lots", ("person_id",), stays=_POINTS, codes=frozenset({"state"})),
        About(Reversal, "reversals", ("person_id",), stays=_POINTS, codes=frozenset({"reason"})),
        About(
            Adjustment,
            "adjustments",
            ("person_id",),
            stays=_POINTS,
            erased={"ground": ERASED, "document": ERASED},
            codes=frozenset({"state"}),
            withheld=frozenset({"proposed_by", "decided_by"}),
        ),
        About(
            Redemption,
            "redemptions",
            ("person_id",),
            stays=N_("商户结算和库存须可核对；地址、运单号和话语删除，编号不再指向任何人"),
            erased={"address_sealed": None, "tracking": ERASED, "refund_reason": ERASED},
            codes=frozenset({"state", "code_hash", "code_sealed", "refund_ground"}),
            withheld=frozenset({"code_hash", "code_sealed", "ended_by"}),
            read={"address_sealed": _address},
        ),
        About(
            Donation,
            "donations",
            ("person_id",),
            stays=N_("捐出的积分仍属于公益项目；证书不再有姓名"),
            codes=frozenset({"code"}),
        ),
        About(WrongCode, "wrong_redemption_codes", ("person_id",)),
        About(
            Claim,
            "claims",
            ("person_id",),
            stays=_JUDGED,
            erased={"words": ERASED, "appeal_words": ERASED, "appeal_answer": ERASED},
            codes=frozenset({"label_code", "state", "held_for", "appeal_verdict"}),
            withheld=frozenset({"decided_by", "appeal_decided_by"}),
        ),
        About(
            Membership,
            "team_memberships",
            ("person_id",),
            stays=N_("做过的事仍算在团队的合计里，没有名字；编号不再指向任何人"),
            codes=frozenset({"kind", "ended_how"}),
            withheld=frozenset({"asked_by"}),
        ),
        # One that goes on has another lead by then, and keeps its name.
        About(
            Team,
            "teams_led",
            ("lead_id",),
            stays=N_("没有人接手的团队解散，名称删除；有人接手的团队连同名称属于成员"),
            erased={"name": _NO_NAME},
            codes=frozenset({"kind", "county_code"}),
            withheld=frozenset({"made_by"}),
        ),
        About(Standing, "rankings", whose=_ranked),
    ),
    traces=(
        Trace(Review, ("verifier_id",), _OFFICE),
        Trace(Question, ("asked_by",), _OFFICE),
        Trace(Appeal, ("decided_by",), _OFFICE),
        Trace(Audit, ("decided_by",), _OFFICE),
        Trace(Survey, ("decided_by",), _OFFICE),
        Trace(Duty, ("decided_by",), _OFFICE),
        Trace(DutyEntry, ("guardian_id",), _OFFICE),
        Trace(DutyParameter, ("published_by",), _OFFICE),
        Trace(Report, ("reported_by", "decided_by"), _OFFICE),
        Trace(Adjustment, ("proposed_by", "decided_by"), _OFFICE),
        Trace(PlantingBase, ("registered_by",), _OFFICE),
        Trace(BasePlace, ("noted_by",), _OFFICE),
        Trace(BaseCapacity, ("noted_by",), _OFFICE),
        Trace(Outing, ("opened_by",), _OFFICE),
        Trace(Claim, ("decided_by", "appeal_decided_by"), _OFFICE),
        Trace(ShopFreeze, ("lifted_by",), _OFFICE),
        Trace(OfferVersion, ("proposed_by", "decided_by"), _SHOP),
        Trace(Cause, ("published_by",), _SHOP),
        Trace(Redemption, ("ended_by",), _SHOP),
        Trace(Team, ("made_by",), _TEAM),
        Trace(TeamInvitation, ("made_by",), _TEAM),
        Trace(Membership, ("asked_by",), _TEAM),
    ),
    of_nobody={
        RuleRow: N_("积分规则"),
        ThresholdRow: N_("核查的门槛"),
        Draw: N_("每月抽查的种子"),
        Offer: N_("商户的兑换品和库存"),
        StandingStep: N_("每个分数上有多少个名次"),
        CityYear: N_("各市每年的合计"),
    },
    settle=_settle,
    leaves=_leaves,
    binds=_binds,
)
