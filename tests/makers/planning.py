"""What is planned about an event and stated of it, for tests."""

from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

from puhui.db.session import transaction
from puhui.events import service
from puhui.events.assumption import AssumptionDraft
from puhui.events.forest import ForestDraft
from puhui.events.reduction import Measure, MeasureState
from puhui.events.travel import Mode
from puhui.events.whatif import Scenario, Shift
from puhui.kernel import clock
from tests.makers import events
from tests.makers.identity import SignedIn, organisation

BY_RAIL = Scenario("高铁", shifts=(Shift(Mode.CAR, Mode.HIGH_SPEED_RAIL, Decimal(100)),))


MEASURE = Measure("改乘高铁", "", "会务组", MeasureState.PLANNED, "", BY_RAIL)


def forest(**said) -> ForestDraft:
    """Describe a forest that was planted on Arbor Day 2026, a week after the meeting."""
    told = {
        "place": "将乐县高唐镇常口村后山",
        "latitude": Decimal("26.7"),
        "longitude": Decimal("117.5"),
        "area_mu": Decimal(12),
        "species": "木荷",
        "planted_on": date(2026, 3, 12),
        "plan": "块状整地，每亩 167 株",
        "monitoring": "每年一次样地调查",
        "methodology": "AR-CM-001-V01",
        "expected_kg": 60_000,
        **said,
    }
    return ForestDraft(**told)


def forest_recorded(who: SignedIn, event_id: UUID, **said):
    """Record the forest and return the version."""
    with transaction() as session:
        return service.record_forest(
            session, who.actor, event_id, uuid4(), forest(**said), clock.now()
        )


def planned(who: SignedIn, event_id: UUID, *measures: Measure):
    """Keep a plan, by default to take everybody out of the car; return its card."""
    found = measures or (MEASURE,)
    with transaction() as session:
        return service.save_reduction_plan(
            session, who.actor, event_id, uuid4(), found, clock.now()
        )


def confirmed(who: SignedIn, event_id: UUID, by: str = events.FORESTRY):
    """Confirm the event's statement in the name of an organisation."""
    with transaction() as session:
        return service.confirm(
            session, who.actor, event_id, uuid4(), organisation(by), "内容真实。", "", clock.now()
        )


def assumed(operator: SignedIn, multiplier: str = "1.2", key: str = "hotel.star-5"):
    """Enter what an expert assumes of hotels and return the version."""
    draft = AssumptionDraft(
        key, "room_night", Decimal(multiplier), "五星级酒店", "Five-star hotel", "测试用的判断"
    )
    with transaction() as session:
        return service.enter_assumption(session, operator.actor, uuid4(), draft, clock.now())
