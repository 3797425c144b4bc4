"""Declare an event neutral once the facts say so."""

from datetime import datetime

from sqlalchemy.orm import Session

from puhui.events import queries
from puhui.events.estimate import Stage
from puhui.events.model import Event, Neutrality
from puhui.events.neutrality import is_neutral
from puhui.kernel.clock import day_of
from puhui.outbox.service import publish
from puhui.register.service import record


def declare_if_neutral(session: Session, event: Event, now: datetime) -> bool:
    """Declare the event neutral by its newest estimate if it is; return whether it is.

    The caller holds the event's row. What is declared stays declared; a later version of the
    estimate needs a declaration of its own.
    """
    newest = queries.estimate(session, event.event_id)
    if newest is None:
        return False
    if session.get(Neutrality, newest.estimate_id) is not None:
        return True
    retired = queries.retired_kg(session, event.event_id)
    if not is_neutral(Stage(newest.stage), newest.need_kg, retired, event.ends_on, day_of(now)):
        return False
    entry_id = record(
        session,
        "event_neutral",
        str(newest.estimate_id),
        {
            "event": str(event.event_id),
            "estimate_sha256": newest.sha256,
            "need_kg": str(newest.need_kg),
            "retired_kg": str(retired),
            "retirements": [
                str(each.retirement_id) for each in queries.retirements(session, event.event_id)
            ],
        },
        now,
    )
    session.add(
        Neutrality(
            estimate_id=newest.estimate_id,
            event_id=event.event_id,
            need_kg=newest.need_kg,
            retired_kg=retired,
            declared_at=now,
            register_entry_id=entry_id,
        )
    )
    session.flush()
    publish(
        session,
        "events.became_neutral",
        now,
        event_id=str(event.event_id),
        estimate_id=str(newest.estimate_id),
    )
    return True
