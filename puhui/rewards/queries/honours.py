"""Badges and levels of a person, made from their records whenever somebody asks."""

from datetime import date

from sqlalchemy.orm import Session

from puhui.kernel.actor import Actor, Permission
from puhui.rewards.badge import Honours, badges, honours, levels
from puhui.rewards.queries.deeds import records_of


def own_honours(session: Session, actor: Actor, today: date) -> Honours:
    """Return what the actor's own verified records amount to today."""
    actor.require(Permission.SELF_MANAGE)
    return honours(records_of(session, actor.person_id), badges(), levels(), today)
