"""Withdraw a factor: nothing new may use it, and whoever used it hears of it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from puhui.factors.errors import UnknownFactor
from puhui.factors.model import Act
from puhui.factors.uses import Finder, Uses, all_uses
from puhui.kernel.actor import Actor, Permission
from puhui.outbox.service import publish


def withdraw(
    session: Session, actor: Actor, key: str, version: str, reason: str, now: datetime
) -> None:
    """Withdraw a published factor: nothing new may use it, what used it keeps it. Once.

    Raises:
        Forbidden: the actor may not.
        UnknownFactor: it was never published.
    """
    actor.require(Permission.FACTOR_PUBLISH)
    if session.get(Act, (key, version, "published")) is None:
        raise UnknownFactor(factor=f"{key}@{version}")
    if session.get(Act, (key, version, "withdrawn")) is None:
        session.add(
            Act(
                key=key,
                version=version,
                kind="withdrawn",
                reason=reason,
                person_id=actor.person_id,
                at=now,
            )
        )
        publish(
            session,
            "factors.withdrawn",
            now,
            citation=f"{key}@{version}",
            reason=reason,
            at=now.isoformat(),
        )


def uses_of(
    session: Session, actor: Actor, key: str, version: str, finders: Sequence[Finder]
) -> Uses:
    """Return what was computed with a factor, for whoever considers withdrawing it.

    Raises:
        Forbidden: the actor may not withdraw factors.
        UnknownFactor: it was never published.
    """
    actor.require(Permission.FACTOR_PUBLISH)
    if session.get(Act, (key, version, "published")) is None:
        raise UnknownFactor(factor=f"{key}@{version}")
    return all_uses(session, f"{key}@{version}", finders)
