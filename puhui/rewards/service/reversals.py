"""Take points back, as far as they are still there."""

from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy import literal, select, update
from sqlalchemy.orm import Session

from puhui.ledger import queries as ledger
from puhui.ledger.account import POINTS_ISSUED, pending_of, wallet_of
from puhui.ledger.service import hold_still, transfer
from puhui.rewards.claim import ClaimState
from puhui.rewards.lot import LotState, take_back
from puhui.rewards.model.claim import Claim
from puhui.rewards.model.points import Lot, Reversal
from puhui.rewards.service.awards import one_at_a_time


def reverse_purchase(session: Session, serial_id: UUID, person_id: UUID, now: datetime) -> None:
    """Take back the points of a unit that was returned; once for each serial.

    Those that an appeal has given anew go as well.
    """
    for cause_id in (serial_id, uuid5(serial_id, "appeal")):
        award_id = uuid5(cause_id, "points")
        reverse(
            session,
            uuid5(award_id, "returned"),
            award_id,
            person_id,
            reason="returned",
            now=now,
        )
    session.execute(
        update(Claim).where(Claim.serial_id == serial_id).values(state=ClaimState.RETURNED)
    )


def reverse(
    session: Session,
    reversal_id: UUID,
    award_id: UUID,
    person_id: UUID,
    *,
    reason: str,
    now: datetime,
    points: int | None = None,
) -> None:
    """Take back an award's points, or `points` of them; the same again does nothing.

    What waits to mature is simply not given. Of what has matured no more is taken than the
    person still has: the rest is written down as uncovered and never asked for again. What has
    expired is gone already. An award that does not exist yet will give nothing.
    """
    one_at_a_time(session, person_id)
    if session.get(Reversal, reversal_id) is not None:
        return
    lot = session.get(Lot, award_id, with_for_update=True, populate_existing=True)
    left = 0 if lot is None or lot.state == LotState.ENDED else lot.points - lot.reversed
    wanted = left if points is None else min(points, left)
    waiting = lot is not None and lot.state == LotState.PENDING
    account = (pending_of if waiting else wallet_of)(person_id)
    hold_still(session, select(literal(account.owner)), account.unit, account.purpose)
    taken = take_back(wanted, ledger.balance(session, account)).taken
    session.add(
        Reversal(
            reversal_id=reversal_id,
            award_id=award_id,
            person_id=person_id,
            reason=reason,
            points=wanted,
            taken=taken,
            reversed_at=now,
        )
    )
    if lot is not None:
        lot.take_back(wanted)
    session.flush()
    if taken:
        transfer(
            session,
            reversal_id,
            source=account,
            destination=POINTS_ISSUED,
            amount=taken,
            reason=f"{reason}_reversal",
            occurred_at=now,
        )
