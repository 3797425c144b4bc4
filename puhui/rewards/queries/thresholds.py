"""The thresholds that are and were in force."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from puhui.kernel.actor import Actor, Permission
from puhui.kernel.errors import Forbidden
from puhui.rewards.errors import NoThresholds
from puhui.rewards.model.decision import ThresholdRow
from puhui.rewards.threshold import Thresholds, in_force


def thresholds_on(session: Session, day: date) -> Thresholds:
    """Return the thresholds in force on `day`.

    Raises:
        NoThresholds: none were.
    """
    return limits_of(all_thresholds(session), day)


def all_thresholds(session: Session) -> Sequence[Thresholds]:
    """Return every version, the newest first."""
    rows = session.scalars(select(ThresholdRow).order_by(ThresholdRow.valid_from.desc()))
    return [value_of(row) for row in rows]


def limits_of(versions: Sequence[Thresholds], day: date) -> Thresholds:
    """Return the one of these versions that was in force on `day`.

    Raises:
        NoThresholds: none was.
    """
    found = in_force(versions, day)
    if found is None:
        raise NoThresholds(day=day.isoformat())
    return found


def versions(session: Session, actor: Actor) -> Sequence[Thresholds]:
    """Return every version, the newest first, to whoever judges or oversees records.

    They are not for everyone: who knows where a line runs can stay just behind it.

    Raises:
        Forbidden: the actor is neither operator nor verifier nor auditor.
    """
    readers = (Permission.BASE_WRITE, Permission.PLANTING_REVIEW, Permission.AUDIT_READ)
    if not any(actor.may(permission) for permission in readers):
        raise Forbidden(permission=str(Permission.AUDIT_READ))
    return all_thresholds(session)


def value_of(row: ThresholdRow) -> Thresholds:
    """Return a version as a value."""
    return Thresholds(row.version, row.valid_from, row.values)
