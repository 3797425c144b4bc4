"""Issue capture tickets for planting bases."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from puhui.evidence import ticket
from puhui.evidence.ticket import Ticket
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.clock import day_of
from puhui.rewards.queries.bases import base
from puhui.rewards.queries.thresholds import thresholds_on


def issue_ticket(
    session: Session,
    actor: Actor,
    ticket_id: UUID,
    base_id: UUID,
    now: datetime,
    *,
    offline: bool = False,
) -> Ticket:
    """Give a person leave to photograph a base; the same again changes nothing.

    `offline` asks for the longer window of somebody who goes where there is no signal.

    Raises:
        NoSuchBase: there is none.
        NoThresholds: nothing says how long a ticket lasts.
        TicketDiffers: the name was used for another ticket.
    """
    actor.require(Permission.PLANTING_LOG)
    base(session, base_id)
    limits = thresholds_on(session, day_of(now))
    lasts = (
        timedelta(hours=limits["P13.offline_h"])
        if offline
        else timedelta(minutes=limits["P13.online_min"])
    )
    return ticket.issue(session, actor, ticket_id, base_id, lasts, now)
