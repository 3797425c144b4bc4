"""Eight at once: plans get eight numbers, one plan is one, a body speaks once."""

from uuid import uuid4

import pytest

from puhui.credits.kind import Kind
from puhui.db.session import transaction
from puhui.events import service
from puhui.events.errors import NameTaken
from puhui.events.model import AssumptionVersion, Confirmation
from puhui.events.queries.plans import PlanCard
from puhui.kernel import clock
from puhui.kernel.actor import Role
from tests.makers import credits, events, planning
from tests.makers.factors import publish_shipped
from tests.makers.identity import organisation, person
from tests.rewards.test_at_once import EIGHT, at_once


@pytest.fixture
def li(database, noon):
    publish_shipped()
    return person("李雷", (events.FORESTRY, Role.ORGANISER))


def test_eight_plans_get_eight_numbers_and_one_plan_eight_times_is_one(li) -> None:
    event_id, plan_id = events.prepared(li), uuid4()
    results = at_once(lambda _: planning.planned(li, event_id))
    assert sorted(each.number for each in results) == list(range(1, EIGHT + 1))

    def again(_: int) -> PlanCard:
        with transaction() as session:
            return service.save_reduction_plan(
                session, li.actor, event_id, plan_id, (planning.MEASURE,), clock.now()
            )

    same = at_once(again)
    assert {(each.number, each.sha256) for each in same} == {(EIGHT + 1, same[0].sha256)}


def test_eight_operators_enter_eight_versions(li) -> None:
    operator = person("周洋", ("省生态环境厅", Role.OPERATOR))
    results = at_once(lambda number: planning.assumed(operator, f"1.{number + 1}"))
    assert all(isinstance(each, AssumptionVersion) for each in results)
    assert sorted(each.version for each in results) == list(range(1, EIGHT + 1))


def test_a_body_that_confirms_eight_times_at_once_has_spoken_once(li, settle) -> None:
    credits.on_sale(credits.draft(Kind.ONE_YUAN, 10_000, 10_000))
    event_id = events.prepared(li)
    events.estimated(li, event_id)
    credits.paid(events.offered(li, event_id))
    settle()
    assert organisation(events.FORESTRY)
    results = at_once(lambda _: planning.confirmed(li, event_id))
    spoken = [each for each in results if isinstance(each, Confirmation)]
    assert len(spoken) == 1
    assert all(isinstance(each, NameTaken) for each in results if each is not spoken[0])
