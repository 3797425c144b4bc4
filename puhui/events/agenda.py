"""What an organiser does next, what is lacking, and how much time is left."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from puhui.events.activity import Source
from puhui.events.estimate import Stage
from puhui.events.neutrality import State
from puhui.kernel.text import N_


class Next(StrEnum):
    """The one thing to do now."""

    ADD_LIST = "add_list"
    DECIDE_CITIES = "decide_cities"
    ENTER_DATA = "enter_data"
    ESTIMATE_PLAN = "estimate_plan"
    WAIT_FOR_EVENT = "wait_for_event"
    ESTIMATE_ACTUAL = "estimate_actual"
    REQUEST_OFFER = "request_offer"
    PAY = "pay"
    WAIT_FOR_RETIREMENT = "wait_for_retirement"
    NOTHING = "nothing"
    TOO_LATE = "too_late"


NEXT_NAMES: Mapping[Next, str] = {
    Next.ADD_LIST: N_("上传参会名单，或请参会者填报"),
    Next.DECIDE_CITIES: N_("确认名单里的城市"),
    Next.ENTER_DATA: N_("填写还缺的数据"),
    Next.ESTIMATE_PLAN: N_("做会前预估"),
    Next.WAIT_FOR_EVENT: N_("等活动结束，再按实际数据核算"),
    Next.ESTIMATE_ACTUAL: N_("按实际数据核算"),
    Next.REQUEST_OFFER: N_("索取报价，注销碳信用"),
    Next.PAY: N_("按报价单付款"),
    Next.WAIT_FOR_RETIREMENT: N_("已付款，等待注销"),
    Next.NOTHING: N_("已全部完成"),
    Next.TOO_LATE: N_("抵消期限已过，不能再称碳中和"),
}
PAGES: Mapping[Next, str] = {
    Next.ADD_LIST: "attendees",
    Next.DECIDE_CITIES: "attendees",
    Next.ENTER_DATA: "inventory",
}
"""Where it is done, if not on the desk."""


@dataclass(frozen=True)
class Agenda:
    """The next step, the sources without data, and the days until the deadline."""

    next: Next
    missing: tuple[Source, ...]
    days_left: int
    """Until the last day on which the event can become neutral; below zero when it is over."""

    @property
    def page(self) -> str:
        """Return the page of the event on which the next step is done."""
        return PAGES.get(self.next, "desk")


def agenda_of(
    *,
    included: Collection[Source],
    entered: Collection[Source],
    has_trips: bool,
    has_nights: bool,
    undecided: bool,
    state: State,
    stage: Stage | None,
    lacking_kg: int,
    ends_on: date,
    deadline: date,
    today: date,
) -> Agenda:
    """Return what is to be done.

    `entered` are the sources with amounts, `has_nights` whether lodging follows from the list,
    `stage` is the newest estimate's.
    """
    covered = set(entered)
    if has_trips:
        covered.add(Source.TRAVEL)
    if has_nights:
        covered.add(Source.LODGING)
    missing = tuple(s for s in Source if s in included and s not in covered)
    is_over = today >= ends_on
    if state is State.NEUTRAL:
        step = Next.NOTHING
    elif state is State.PAID:
        step = Next.WAIT_FOR_RETIREMENT
    elif today > deadline:
        step = Next.TOO_LATE
    elif state is State.OFFERED:
        step = Next.PAY
    elif undecided:
        step = Next.DECIDE_CITIES
    elif Source.TRAVEL in missing:
        step = Next.ADD_LIST
    elif missing:
        step = Next.ENTER_DATA
    elif stage is None and not is_over:
        step = Next.ESTIMATE_PLAN
    elif not is_over:
        step = Next.WAIT_FOR_EVENT
    elif stage is not Stage.ACTUAL:
        step = Next.ESTIMATE_ACTUAL
    else:
        step = Next.REQUEST_OFFER if lacking_kg else Next.NOTHING
    return Agenda(step, missing, (deadline - today).days)
