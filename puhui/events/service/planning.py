"""Ask what would be, and keep what is decided about it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

import puhui.factors.queries as factors
from puhui.events import queries
from puhui.events.assumption import AssumptionDraft, faults_of_assumption
from puhui.events.document import canonical, digest
from puhui.events.errors import NameTaken
from puhui.events.estimate import Estimate, Plan
from puhui.events.model import AssumptionVersion, Event, ReductionPlanVersion
from puhui.events.queries.plans import PlanCard
from puhui.events.reckoning import reckon
from puhui.events.reduction import Measure, combined, document_of_plan
from puhui.events.service.estimate import plan_of, trips_of
from puhui.events.service.event import locked
from puhui.events.whatif import Difference, Scenario, applied, difference
from puhui.factors.factor import Factor
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.errors import Fault, Invalid
from puhui.outbox.service import publish


def what_if(
    session: Session, actor: Actor, event_id: UUID, scenarios: Sequence[Scenario]
) -> list[Difference]:
    """Return what each scenario would make of the estimate of the present inputs. Keeps nothing.

    Raises:
        UnknownEvent: no such event, or not the actor's.
        NoAttendees, CitiesUndecided: travel cannot be computed yet.
        Invalid: a source has no data, or a scenario asks for what there is no data of; all at
            once, by the scenario's row.
    """
    actor.require(Permission.EVENT_WRITE)
    event = queries.own_event(session, actor, event_id)
    asking = _Asking(session, event)
    found, faults = [], []
    for row, scenario in enumerate(scenarios, start=1):
        try:
            found.append(asking.what_if(scenario))
        except Invalid as error:
            faults += [_in_row(fault, row) for fault in error.faults]
    if faults:
        raise Invalid(faults)
    return found


def save_reduction_plan(
    session: Session,
    actor: Actor,
    event_id: UUID,
    plan_id: UUID,
    measures: Sequence[Measure],
    now: datetime,
) -> PlanCard:
    """Keep a plan as a new version, each saving computed now. The same again is that version.

    Raises:
        UnknownEvent: no such event, or not the actor's.
        NameTaken: the identifier belongs to another plan.
        NoAttendees, CitiesUndecided, Invalid: a scenario cannot be computed, by its row.
    """
    event = locked(session, actor, event_id)
    known = session.get(ReductionPlanVersion, plan_id)
    if known is not None:
        if known.event_id != event_id:
            raise NameTaken(plan=str(plan_id))
        return queries.plan_card(known)
    expected, together = _expected(session, event, measures)
    newest = queries.estimate(session, event_id)
    last = session.scalar(
        select(func.max(ReductionPlanVersion.number)).where(
            ReductionPlanVersion.event_id == event_id
        )
    )
    number = (last or 0) + 1
    document = canonical(
        document_of_plan(
            event_id,
            number,
            list(zip(measures, expected, strict=True)),
            together,
            newest.sha256 if newest else None,
            now,
        )
    )
    version = ReductionPlanVersion(
        plan_id=plan_id,
        event_id=event_id,
        number=number,
        document=document,
        sha256=digest(document),
        made_by=actor.person_id,
        made_at=now,
    )
    session.add(version)
    session.flush()
    publish(session, "events.reduction_planned", now, event_id=str(event_id), plan_id=str(plan_id))
    return queries.plan_card(version)


def enter_assumption(
    session: Session, actor: Actor, assumption_id: UUID, draft: AssumptionDraft, now: datetime
) -> AssumptionVersion:
    """Enter what an expert assumes, as the next version of its key. The same again changes nothing.

    Raises:
        Forbidden: only operators enter assumptions.
        NameTaken: the identifier belongs to another assumption.
        Invalid: every fault of the draft.
    """
    actor.require(Permission.FACTOR_PUBLISH)
    if faults := faults_of_assumption(draft):
        raise Invalid(faults)
    # One at a time, so that two versions of a key get two numbers.
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(draft.key, 37))))
    told = {name: getattr(draft, name) for name in AssumptionDraft.__dataclass_fields__}
    known = session.get(AssumptionVersion, assumption_id)
    if known is not None:
        if any(getattr(known, name) != value for name, value in told.items()):
            raise NameTaken(assumption=str(assumption_id))
        return known
    newest = queries.assumptions(session).get(draft.key)
    version = AssumptionVersion(
        assumption_id=assumption_id,
        version=newest.version + 1 if newest else 1,
        entered_by=actor.person_id,
        entered_at=now,
        **told,
    )
    session.add(version)
    session.flush()
    return version


class _Asking:
    """The present estimate of an event, computed once, to ask scenarios of."""

    def __init__(self, session: Session, event: Event) -> None:
        self._known = queries.assumptions(session)
        self._published = _remembering(lambda subject: factors.of_subject(session, subject))
        upload = queries.newest_list(session, event.event_id)
        self._plan = plan_of(session, event, trips_of(session, event, upload))
        self._before: tuple[Plan, Estimate] = (self._plan, reckon(self._plan, self._published))

    def what_if(self, scenario: Scenario) -> Difference:
        plan, assumed = applied(self._plan, scenario, self._known)
        return difference(scenario, self._before, (plan, reckon(plan, self._published)), assumed)


def _expected(
    session: Session, event: Event, measures: Sequence[Measure]
) -> tuple[list[Difference | None], Difference | None]:
    if not any(measure.scenario for measure in measures):
        return [None] * len(measures), None
    asking = _Asking(session, event)
    found: list[Difference | None] = []
    faults = []
    for row, measure in enumerate(measures, start=1):
        try:
            found.append(asking.what_if(measure.scenario) if measure.scenario else None)
        except Invalid as error:
            faults += [_in_row(fault, row) for fault in error.faults]
    if faults:
        raise Invalid(faults)
    everything = combined(measures)
    return found, asking.what_if(everything) if everything else None


def _in_row(fault: Fault, row: int) -> Fault:
    return Fault(fault.code, fault.message, row, fault.field, fault.values)


def _remembering(
    published: Callable[[str], Sequence[Factor]],
) -> Callable[[str], Sequence[Factor]]:
    """Return the same question, asked once for each subject however many scenarios there are."""
    known: dict[str, Sequence[Factor]] = {}

    def ask(subject: str) -> Sequence[Factor]:
        if subject not in known:
            known[subject] = published(subject)
        return known[subject]

    return ask
