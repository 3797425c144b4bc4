"""Publish the thresholds by which records are weighed."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from puhui.kernel.actor import Actor, Permission
from puhui.kernel.clock import day_of
from puhui.kernel.errors import Invalid
from puhui.rewards.errors import ThresholdsDiffer, ThresholdsTooSoon
from puhui.rewards.model.decision import ThresholdRow
from puhui.rewards.queries.thresholds import value_of
from puhui.rewards.threshold import Thresholds, judge, shipped


def publish_thresholds(
    session: Session, actor: Actor, thresholds: Thresholds, now: datetime
) -> Thresholds:
    """Publish a version that counts from a later day on; the same again changes nothing.

    Raises:
        Forbidden: the actor is no operator.
        Invalid, ThresholdsDiffer, ThresholdsTooSoon: as `ensure_thresholds`.
    """
    actor.require(Permission.BASE_WRITE)
    ensure_thresholds(session, thresholds, now)
    return thresholds


def load_thresholds(session: Session, now: datetime) -> int:
    """Publish the versions that the product ships; return how many were new."""
    return sum(ensure_thresholds(session, thresholds, now) for thresholds in shipped())


def ensure_thresholds(session: Session, thresholds: Thresholds, now: datetime) -> bool:
    """Publish a version unless it is known; return whether it was new. Asks for no permission.

    The first version may begin in the past. A later one begins after the day it is published, so
    that no decision changes the thresholds it was made by.

    Raises:
        Invalid: with every threshold that is missing, unknown or out of bounds.
        ThresholdsDiffer: the version, or its day, was used for another content.
        ThresholdsTooSoon: a later version would begin at once or in the past.
    """
    faults = judge(thresholds)
    if faults:
        raise Invalid(faults)
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext("rewards.thresholds"))))
    known = [value_of(row) for row in session.scalars(select(ThresholdRow))]
    if thresholds in known:
        return False
    if any(
        other.version == thresholds.version or other.valid_from == thresholds.valid_from
        for other in known
    ):
        raise ThresholdsDiffer(version=thresholds.version)
    if known and thresholds.valid_from <= day_of(now):
        raise ThresholdsTooSoon(version=thresholds.version)
    session.add(
        ThresholdRow(
            version=thresholds.version,
            valid_from=thresholds.valid_from,
            values=dict(thresholds.values),
            published_at=now,
        )
    )
    session.flush()
    return True
