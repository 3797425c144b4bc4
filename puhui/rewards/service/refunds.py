"""Points come back: a partner or an operator gives them, or the time of a redemption is over."""

from datetime import datetime, timedelta
from uuid import UUID, uuid5

from sqlalchemy import literal, select, update
from sqlalchemy.orm import Session

from puhui.kernel.actor import Actor, Permission
from puhui.kernel.clock import day_of
from puhui.ledger import queries as ledger
from puhui.ledger.account import POINTS_ISSUED, Move, redeemed_of, wallet_of
from puhui.ledger.service import hold_still, transfer_all
from puhui.outbox.service import publish
from puhui.rewards.lot import LotState
from puhui.rewards.model.offer import OfferVersion
from puhui.rewards.model.points import Lot
from puhui.rewards.model.redemption import Redemption
from puhui.rewards.queries import lots
from puhui.rewards.queries import redemptions as queries
from puhui.rewards.queries.redemptions import RedemptionCard, owed_meanwhile
from puhui.rewards.queries.thresholds import thresholds_on
from puhui.rewards.redemption import RedemptionState, RefundGround, renewed
from puhui.rewards.service.awards import one_at_a_time
from puhui.rewards.shop_errors import NoSuchRedemption, RedemptionOver

MOST = 1_000
"""Redemptions that the clock calls at once."""


def refund(
    session: Session, actor: Actor, redemption_id: UUID, reason: str, now: datetime
) -> RedemptionCard:
    """Give the points of a redemption back, and the thing to the stock; again changes nothing.

    Raises:
        Forbidden: the actor is neither a partner nor an operator.
        NoSuchRedemption: there is none that the actor may refund.
        RedemptionOver: it was handed over, has arrived or has lapsed.
    """
    by_operator = actor.may(Permission.OFFER_PUBLISH)
    if not by_operator:
        actor.require(Permission.OFFER_WRITE)
    row = session.get(Redemption, redemption_id, with_for_update=True, populate_existing=True)
    at_desk = row is not None and row.organisation_id in actor.organisations(Permission.OFFER_WRITE)
    if row is None or not (by_operator or at_desk):
        raise NoSuchRedemption
    if row.state != RedemptionState.REFUNDED:
        if not RedemptionState(row.state).is_open:
            raise RedemptionOver(redemption=str(redemption_id), state=row.state)
        ground = RefundGround.PARTNER if at_desk else RefundGround.OPERATOR
        _give_back(session, row, ground, now, by=actor.person_id, reason=reason)
    return queries.redemption(session, actor, redemption_id)


def call_due(session: Session, now: datetime) -> None:
    """Tell of every redemption whose time is over; each is then ended by itself."""
    due = (
        select(Redemption.redemption_id)
        .where(
            Redemption.state == RedemptionState.ISSUED,
            Redemption.called_at.is_(None),
            Redemption.expires_at <= now,
        )
        .order_by(Redemption.expires_at)
        .limit(MOST)
        .with_for_update(skip_locked=True)
    )
    called = session.scalars(
        update(Redemption)
        .where(Redemption.redemption_id.in_(due))
        .values(called_at=now)
        .returning(Redemption.redemption_id)
    ).all()
    for redemption_id in called:
        publish(session, "rewards.redemption_due", now, redemption_id=str(redemption_id))


def end_due(session: Session, redemption_id: UUID, now: datetime) -> None:
    """End a redemption whose time is over, with its points back if its terms say so."""
    row = session.get_one(Redemption, redemption_id, with_for_update=True, populate_existing=True)
    if row.state != RedemptionState.ISSUED:
        return
    assert now >= row.expires_at, (now, row.expires_at)
    terms = session.get_one(OfferVersion, row.version_id).terms
    if terms.returns_unused:
        by_code = terms.delivery.by_code
        _give_back(session, row, RefundGround.UNUSED if by_code else RefundGround.UNSENT, now)
    else:
        row.lapse(now)
        session.flush()


def end_of(session: Session, person_id: UUID, now: datetime) -> None:
    """End a person's open redemptions, for they are being erased; again changes nothing.

    What was neither fetched nor sent goes back to the stock, and its points to the wallet. What
    is on its way counts as received.
    """
    rows = session.scalars(
        select(Redemption)
        .where(
            Redemption.person_id == person_id,
            Redemption.state.in_([RedemptionState.ISSUED, RedemptionState.SENT]),
        )
        .order_by(Redemption.redemption_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for row in rows:
        if row.state == RedemptionState.SENT:
            row.deliver(None, now)
        else:
            _give_back(session, row, RefundGround.ERASED, now)
    session.flush()


def _give_back(
    session: Session,
    row: Redemption,
    ground: RefundGround,
    now: datetime,
    *,
    by: UUID | None = None,
    reason: str | None = None,
) -> None:
    """Return points by one transfer, as if they had never been spent (decision 22).

    What awards reversed meanwhile could not take, because these very points were spent, goes back
    to where it was issued: nobody keeps points by parking them in the shop.
    """
    one_at_a_time(session, row.person_id)
    withheld = min(row.points, owed_meanwhile(session, row))
    returned = row.points - withheld
    refund_id = uuid5(row.redemption_id, "refund")
    row.refund(refund_id, ground, reason, by, withheld, now)
    session.flush()
    wallet, partner = wallet_of(row.person_id), redeemed_of(row.organisation_id)
    # In name order, as the ledger takes them; a night that ends lots waits, or is waited for.
    for account in (partner, wallet):
        hold_still(session, select(literal(account.owner)), account.unit, account.purpose)
    if returned:
        _renew(session, row, returned, ground, now)
    transfer_all(
        session,
        refund_id,
        [
            Move(partner, account, points)
            for account, points in ((wallet, returned), (POINTS_ISSUED, withheld))
            if points
        ],
        reason="refunded",
        occurred_at=now,
    )


def _renew(
    session: Session, row: Redemption, returned: int, ground: RefundGround, now: datetime
) -> None:
    """Give what has ended meanwhile, or would end soon, a lot and so a last day of its own."""
    today = day_of(now)
    # Not using a code in time is the buyer's own doing, so it makes no point last longer.
    grace = 0 if ground is RefundGround.UNUSED else thresholds_on(session, today)["shop.grace_days"]
    balance = ledger.balance(session, wallet_of(row.person_id))
    points = renewed(returned, lots.by_last_day(session, row.person_id), balance, today, grace)
    if points:
        last_day = today + timedelta(days=grace)
        session.add(
            Lot(
                lot_id=row.refund_id,
                person_id=row.person_id,
                points=points,
                reversed=0,
                state=LotState.MATURED,
                matures_on=today,
                warns_on=today,
                expires_on=last_day,
            )
        )
        session.flush()
