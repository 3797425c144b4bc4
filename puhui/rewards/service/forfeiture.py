"""What a person leaves behind when they are erased: points go, plans end."""

from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy import literal, select, update
from sqlalchemy.orm import Session

from puhui.ledger import queries as ledger
from puhui.ledger.account import POINTS_ISSUED, wallet_of
from puhui.ledger.service import hold_still, transfer
from puhui.rewards.lot import LotState
from puhui.rewards.model.outing import Booking, Outing
from puhui.rewards.model.points import Lot
from puhui.rewards.model.report import Authorisation
from puhui.rewards.service.awards import one_at_a_time
from puhui.rewards.service.reversals import reverse

REASON = "forfeited"


def forfeit(session: Session, person_id: UUID, now: datetime) -> int:
    """Take a person's points out of circulation, with the reason on every line; return how many.

    What waits is not given any more, what is in the wallet goes back in one transfer, and the
    lots end with it. Again changes nothing.
    """
    one_at_a_time(session, person_id)
    pending = session.scalars(
        select(Lot.lot_id).where(Lot.person_id == person_id, Lot.state == LotState.PENDING)
    ).all()
    for lot_id in pending:
        reverse(session, uuid5(lot_id, REASON), lot_id, person_id, reason=REASON, now=now)
    wallet = wallet_of(person_id)
    hold_still(session, select(literal(wallet.owner)), wallet.unit, wallet.purpose)
    # An erasure comes by twice: what arrived in between goes in a transfer of its own.
    name = uuid5(person_id, f"{REASON} {now.isoformat()}")
    ended = (
        update(Lot)
        .where(Lot.person_id == person_id, Lot.state == LotState.MATURED)
        .values(state=LotState.ENDED, ended_by=name)
    )
    session.execute(ended)
    left = ledger.balance(session, wallet)
    if left:
        transfer(
            session,
            name,
            source=wallet,
            destination=POINTS_ISSUED,
            amount=left,
            reason=REASON,
            occurred_at=now,
        )
    return left


def end_plans(session: Session, person_id: UUID, now: datetime) -> None:
    """Give back a person's places on outings to come, and end every leave to report for them."""
    to_come = select(Outing.outing_id).where(Outing.starts_at > now)
    session.execute(
        update(Booking)
        .where(
            Booking.person_id == person_id,
            Booking.organisation_id.is_(None),
            Booking.cancelled_at.is_(None),
            Booking.came_at.is_(None),
            Booking.outing_id.in_(to_come),
        )
        .values(cancelled_at=now)
    )
    session.execute(
        update(Authorisation)
        .where(Authorisation.person_id == person_id, Authorisation.withdrawn_at.is_(None))
        .values(withdrawn_at=now)
    )
