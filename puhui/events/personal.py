"""What events keep of people: who organises them. Attendees are groups without names."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from puhui.db.personal import Personal, Trace
from puhui.events.model import (
    Answer,
    AssumptionVersion,
    Confirmation,
    Enquiry,
    EstimateVersion,
    Event,
    ForestRouteVersion,
    Inventory,
    ListUpload,
    Neutrality,
    Offer,
    ReductionPlanVersion,
    RetiredForEvent,
    WaitingList,
)
from puhui.kernel.clock import day_of
from puhui.kernel.text import N_

_STAYS = N_("会议属于机构；编号不再指向任何人")


def _binds(session: Session, organisation_id: UUID, now: datetime) -> Sequence[str]:
    """An event that is not over has people who count on it."""
    to_come = (
        select(Event.event_id)
        .where(Event.organisation_id == organisation_id, Event.ends_on >= day_of(now))
        .limit(1)
    )
    return (
        [N_("您是“%(organisation)s”唯一的管理员，那里还有没结束的会议：请先了结，或请人接任管理员")]
        if session.scalar(to_come) is not None
        else []
    )


PERSONAL = Personal(
    "events",
    traces=(
        Trace(Event, ("created_by",), _STAYS),
        Trace(ListUpload, ("uploaded_by",), N_("参会名单读取后只留城市和人数，两年后删除")),
        Trace(EstimateVersion, ("made_by",), _STAYS),
        Trace(Offer, ("requested_by",), _STAYS),
        Trace(Enquiry, ("opened_by",), _STAYS),
        Trace(WaitingList, ("sent_by",), N_("参会名单封存待读，读完即删")),
        Trace(Confirmation, ("confirmed_by",), _STAYS),
        Trace(ReductionPlanVersion, ("made_by",), _STAYS),
        Trace(ForestRouteVersion, ("made_by",), _STAYS),
        Trace(AssumptionVersion, ("entered_by",), _STAYS),
    ),
    of_nobody={
        Inventory: N_("会议的能耗、住宿和餐饮"),
        Answer: N_("参会人自填的城市和交通，不记是谁；凭自己保存的代码才能找回"),
        RetiredForEvent: N_("为会议注销的碳信用"),
        Neutrality: N_("会议达到的碳中和"),
    },
    binds=_binds,
)
