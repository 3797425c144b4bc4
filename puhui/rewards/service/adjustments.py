"""Put points right by hand: one operator proposes, another decides."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from puhui.identity import queries as identity
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.clock import day_of
from puhui.kernel.errors import Fault, Invalid
from puhui.kernel.text import N_
from puhui.ledger import queries as ledger
from puhui.ledger.account import POINTS_ISSUED, wallet_of
from puhui.ledger.service import hold_still, transfer
from puhui.rewards import adjustment as rules
from puhui.rewards.adjustment import AdjustmentDraft, AdjustmentState
from puhui.rewards.errors import NameTaken, NoSuchAdjustment, OwnAdjustment
from puhui.rewards.lot import take_back
from puhui.rewards.model.adjustment import Adjustment
from puhui.rewards.queries import adjustments as queries
from puhui.rewards.queries.adjustments import AdjustmentCard
from puhui.rewards.queries.rules import rule_on
from puhui.rewards.service.awards import Cause, award, one_at_a_time


def propose_adjustment(
    session: Session, actor: Actor, adjustment_id: UUID, draft: AdjustmentDraft, now: datetime
) -> AdjustmentCard:
    """Propose to give or take points; nothing moves. The same again changes nothing.

    Raises:
        Forbidden: the actor is no operator.
        OwnAdjustment: it is the actor's own wallet.
        Invalid: no such person, no ground, or more than the rule of adjustments allows.
        NameTaken: the name was used for another adjustment.
    """
    actor.require(Permission.POINTS_ADJUST)
    if draft.person_id == actor.person_id:
        raise OwnAdjustment
    if session.get(Adjustment, adjustment_id) is None:
        faults = _faults(session, draft, now)
        if identity.profile(session, draft.person_id) is None:
            faults.append(Fault("unknown_person", N_("没有这个人"), field="person_id"))
        if faults:
            raise Invalid(faults)
        session.execute(
            insert(Adjustment)
            .values(
                adjustment_id=adjustment_id,
                person_id=draft.person_id,
                points=draft.points,
                ground=draft.ground,
                document=draft.document,
                proposed_by=actor.person_id,
                proposed_at=now,
                state=AdjustmentState.PROPOSED,
                moved=0,
            )
            .on_conflict_do_nothing()
        )
    row = session.get_one(Adjustment, adjustment_id)
    if (row.draft, row.proposed_by) != (draft, actor.person_id):
        raise NameTaken(adjustment=str(adjustment_id))
    return queries.card(row)


def decide_adjustment(
    session: Session, actor: Actor, adjustment_id: UUID, approved: bool, now: datetime
) -> AdjustmentCard:
    """Agree to an adjustment, which moves the points, or turn it down; again does nothing.

    No more is taken than the person has.

    Raises:
        Forbidden: the actor is no operator.
        NoSuchAdjustment: there is none.
        OwnAdjustment: the actor proposed it, or it is the actor's own wallet.
        Invalid: it is more than the rule still allows.
        AdjustmentDecided: it was decided otherwise.
    """
    actor.require(Permission.POINTS_ADJUST)
    row = session.get(Adjustment, adjustment_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NoSuchAdjustment(adjustment=str(adjustment_id))
    if actor.person_id in (row.proposed_by, row.person_id):
        raise OwnAdjustment
    if row.state == (AdjustmentState.APPROVED if approved else AdjustmentState.REFUSED):
        return queries.card(row)
    row.still_open()
    one_at_a_time(session, row.person_id)
    faults = _faults(session, row.draft, now) if approved else []
    if faults:
        raise Invalid(faults)
    moved = _move(session, row, now) if approved else 0
    row.decide(approved, moved, actor.person_id, now)
    session.flush()
    return queries.card(row)


def _faults(session: Session, draft: AdjustmentDraft, now: datetime) -> list[Fault]:
    rule = rule_on(session, "adjustment", day_of(now))
    faults = rules.judge(draft, rule, *queries.moved_by_hand(session, draft.person_id, day_of(now)))
    if identity.is_erased(session, draft.person_id):
        faults.append(Fault("unknown_person", N_("没有这个人"), field="person_id"))
    return faults


def _move(session: Session, row: Adjustment, now: datetime) -> int:
    """Give the points as an award, or take as many as there are; return how many moved."""
    if row.points > 0:
        day = day_of(now)
        award(session, Cause("adjustment", row.adjustment_id, row.person_id, row.points, day), now)
        return row.points
    wallet = wallet_of(row.person_id)
    hold_still(session, select(literal(wallet.owner)), wallet.unit, wallet.purpose)
    taken = take_back(-row.points, ledger.balance(session, wallet)).taken
    if taken:
        transfer(
            session,
            row.adjustment_id,
            source=wallet,
            destination=POINTS_ISSUED,
            amount=taken,
            reason="adjustment",
            occurred_at=now,
        )
    return -taken
