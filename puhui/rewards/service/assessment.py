"""Weigh a planting by the signals, and do what follows."""

from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from puhui.kernel.clock import day_of
from puhui.outbox.service import publish
from puhui.rewards import planting_signal
from puhui.rewards.model.decision import Decision, DeviceUse
from puhui.rewards.model.planting import Planting, PlantingPhoto
from puhui.rewards.planting import State
from puhui.rewards.queries import plantings as queries
from puhui.rewards.queries.assessment import DEVICE_REMEMBERED, Found
from puhui.rewards.queries.thresholds import thresholds_on
from puhui.rewards.service.draws import seed_of_month
from puhui.rewards.signal import Outcome, Signal, is_drawn, score, weigh
from puhui.rewards.threshold import Thresholds

HELD_FIRST = 1000
"""What is held comes before what is only reviewed: more than any sum of scores."""


def assess_planting(session: Session, planting_id: UUID, now: datetime, fresh_seed: bytes) -> None:
    """Decide what the rules can decide of a planting, once; leave the rest to a verifier.

    One that a verifier has decided already stays as it is. `fresh_seed` becomes the month's seed
    if the month has none yet.
    """
    row = session.get(Planting, planting_id, with_for_update=True, populate_existing=True)
    if row is None or row.state != State.LOGGED:
        return
    limits = thresholds_on(session, day_of(row.logged_at))
    found = queries.found(session, row, limits)
    signals = planting_signal.signals(found.weighed, limits)
    seed = seed_of_month(session, row.logged_at, fresh_seed)
    drawn = is_drawn(seed, planting_id, limits["sample.percent"])
    outcome = weigh(signals, limits, drawn=drawn)
    session.add(_decision(row, outcome, signals, found, limits, drawn=drawn, now=now))
    row.turn = -score(signals) - (HELD_FIRST if outcome is Outcome.HOLD else 0)
    _follow(session, row, outcome, now)
    session.flush()


def _decision(
    row: Planting,
    outcome: Outcome,
    signals: list[Signal],
    found: Found,
    limits: Thresholds,
    *,
    drawn: bool,
    now: datetime,
) -> Decision:
    who = found.weighed.circumstances
    return Decision(
        decision_id=uuid5(row.planting_id, "decision"),
        subject_kind="planting",
        subject_id=row.planting_id,
        person_id=row.person_id,
        outcome=outcome,
        rule=planting_signal.RULE,
        thresholds=limits.version,
        score=score(signals),
        signals=[signal.as_json() for signal in signals],
        inputs={
            "trees": row.trees,
            "earlier_records": len(who.earlier),
            "ticket_covers": who.ticket_covers,
            "device_people": who.device_people,
            "trees_at_base": found.weighed.ground.trees_so_far,
            "drawn": drawn,
            "score_sample": limits["score.sample"],
            "score_hold": limits["score.hold"],
            "likenesses": [
                {
                    "photo_id": str(other.photo_id),
                    "distance": other.distance,
                    "mirrored": other.mirrored,
                }
                for other in found.likenesses
            ],
        },
        decided_at=now,
    )


def _follow(session: Session, row: Planting, outcome: Outcome, now: datetime) -> None:
    name = str(row.planting_id)
    if outcome in (Outcome.ACCEPT, Outcome.SAMPLE):
        row.approve(now)
        publish(session, "rewards.planting_approved", now, planting_id=name)
    elif outcome is Outcome.REFUSE:
        row.refuse(now)
        session.execute(
            update(PlantingPhoto)
            .where(PlantingPhoto.planting_id == row.planting_id)
            .values(live=False)
        )
        publish(session, "rewards.planting_refused", now, planting_id=name)


def forget_devices(session: Session, now: datetime) -> None:
    """Forget devices after `DEVICE_REMEMBERED`."""
    session.execute(delete(DeviceUse).where(DeviceUse.logged_at < now - DEVICE_REMEMBERED))
