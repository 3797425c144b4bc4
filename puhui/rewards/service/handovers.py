"""What was redeemed reaches whoever redeemed it: handed over for its code, or sent."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from puhui.identity.vault import vault
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.clock import day_of
from puhui.kernel.code import read_code
from puhui.kernel.errors import DomainError
from puhui.rewards.model.redemption import Redemption, WrongCode
from puhui.rewards.queries import redemptions as queries
from puhui.rewards.queries.redemptions import RedemptionCard
from puhui.rewards.queries.thresholds import thresholds_on
from puhui.rewards.redemption import CODE_LENGTH, RedemptionState
from puhui.rewards.shop_errors import (
    CodeOver,
    CodeRefused,
    CodeUsed,
    NoSuchRedemption,
    TooManyCodes,
)

WINDOW = timedelta(days=1)
"""In which wrong codes are counted, and after which they are forgotten."""


def hand_over(
    session: Session, actor: Actor, organisation_id: UUID, written: str, now: datetime
) -> RedemptionCard | DomainError:
    """Use a code up and hand over what it stands for; or return why not.

    The refusal is returned, not raised, because a wrong code must be counted: the edge commits
    first and raises it then. A code of another partner is as wrong as one that nobody has.

    Raises:
        Forbidden, NotFound: the actor hands nothing over for that organisation.
    """
    actor.require(Permission.OFFER_WRITE, organisation_id)
    refusal = _too_many(session, actor.person_id, organisation_id, now)
    if refusal is not None:
        return refusal
    row = session.scalar(
        select(Redemption)
        .where(
            Redemption.code_hash
            == vault().hash_of_redemption_code(read_code(written, CODE_LENGTH)),
            Redemption.organisation_id == organisation_id,
        )
        .with_for_update()
    )
    if row is None:
        session.add(WrongCode(person_id=actor.person_id, organisation_id=organisation_id, at=now))
        session.flush()
        return CodeRefused()
    if row.state != RedemptionState.ISSUED:
        return CodeUsed(redemption=str(row.redemption_id), state=row.state)
    if now >= row.expires_at:
        return CodeOver(redemption=str(row.redemption_id))
    row.hand_over(actor.person_id, now)
    session.flush()
    return queries.redemption(session, actor, row.redemption_id)


def _too_many(
    session: Session, person_id: UUID, organisation_id: UUID, now: datetime
) -> TooManyCodes | None:
    """Return why no further code is looked at; one try at a time, so that twenty means twenty."""
    name = f"rewards.wrong_code {organisation_id}"
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
    limits = thresholds_on(session, day_of(now))
    for which, most in (
        (WrongCode.person_id == person_id, limits["shop.wrong_codes"]),
        (WrongCode.organisation_id == organisation_id, limits["shop.wrong_codes_partner"]),
    ):
        counted, first = session.execute(
            select(func.count(), func.min(WrongCode.at)).where(which, WrongCode.at > now - WINDOW)
        ).one()
        if counted >= most and first is not None:
            left = first + WINDOW - now
            return TooManyCodes(retry_after_s=max(1, int(left.total_seconds())))
    return None


def send(
    session: Session, actor: Actor, redemption_id: UUID, tracking: str, now: datetime
) -> RedemptionCard:
    """Note that a partner has sent it, under which number; the same again changes nothing.

    Raises:
        NoSuchRedemption: there is none at the actor's organisation.
        RedemptionOver: it is fetched rather than sent, or is past that.
    """
    actor.require(Permission.OFFER_WRITE)
    row = _held(session, redemption_id)
    if row.organisation_id not in actor.organisations(Permission.OFFER_WRITE):
        raise NoSuchRedemption
    row.send(tracking, now)
    session.flush()
    return queries.redemption(session, actor, redemption_id)


def confirm_receipt(
    session: Session, actor: Actor, redemption_id: UUID, now: datetime
) -> RedemptionCard:
    """Say that what was sent has arrived: whoever redeemed it. Again changes nothing.

    Raises:
        NoSuchRedemption: there is none of the actor's.
        RedemptionOver: it was never sent.
    """
    actor.require(Permission.POINTS_SPEND)
    row = _held(session, redemption_id)
    if row.person_id != actor.person_id:
        raise NoSuchRedemption
    row.deliver(actor.person_id, now)
    session.flush()
    return queries.redemption(session, actor, redemption_id)


def _held(session: Session, redemption_id: UUID) -> Redemption:
    row = session.get(Redemption, redemption_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NoSuchRedemption
    return row


def tidy(session: Session, now: datetime) -> None:
    """Take what was sent long ago as delivered; delete addresses and wrong codes of the past."""
    limits = thresholds_on(session, day_of(now))
    session.execute(
        update(Redemption)
        .where(
            Redemption.state == RedemptionState.SENT,
            Redemption.sent_at <= now - timedelta(days=limits["shop.delivered_days"]),
        )
        .values(state=RedemptionState.DELIVERED, ended_at=now)
    )
    session.execute(
        update(Redemption)
        .where(
            Redemption.address_sealed.is_not(None),
            Redemption.ended_at <= now - timedelta(days=limits["shop.address_days"]),
        )
        .values(address_sealed=None)
    )
    session.execute(delete(WrongCode).where(WrongCode.at < now - WINDOW))
