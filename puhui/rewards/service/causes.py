"""Publish causes, and give points to them."""

from datetime import datetime
from secrets import token_hex
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from puhui.identity import queries as identity
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.code import short_code
from puhui.kernel.errors import Fault, Invalid
from puhui.kernel.text import N_
from puhui.ledger.account import donated_to, wallet_of
from puhui.ledger.service import transfer
from puhui.rewards.cause import CauseDraft, DonationDraft, judge
from puhui.rewards.errors import NameTaken
from puhui.rewards.model.cause import Cause, Donation
from puhui.rewards.queries import causes as queries
from puhui.rewards.queries.causes import CODE_LENGTH, CauseCard, DonationCard
from puhui.rewards.service.awards import one_at_a_time
from puhui.rewards.shop_errors import CauseOver, NoSuchCause


def publish_cause(
    session: Session, actor: Actor, cause_id: UUID, draft: CauseDraft, now: datetime
) -> CauseCard:
    """Put up a cause; the same again changes nothing.

    Raises:
        Forbidden: the actor is no operator.
        Invalid: no such organisation, or words of money or carbon.
        NameTaken: the name was used for another cause.
    """
    actor.require(Permission.OFFER_PUBLISH)
    return ensure_cause(session, cause_id, draft, now, by=actor.person_id)


def ensure_cause(
    session: Session, cause_id: UUID, draft: CauseDraft, now: datetime, *, by: UUID | None = None
) -> CauseCard:
    """Put up a cause unless it is there. Asks for no permission.

    Raises:
        Invalid, NameTaken: as `publish_cause`.
    """
    if session.get(Cause, cause_id) is None:
        faults = judge(draft)
        if identity.organisation(session, draft.organisation_id) is None:
            faults.append(
                Fault("unknown_organisation", N_("没有这个组织"), field="organisation_id")
            )
        if faults:
            raise Invalid(faults)
        session.execute(
            insert(Cause)
            .values(cause_id=cause_id, published_by=by, published_at=now, **vars(draft))
            .on_conflict_do_nothing()
        )
    if session.get_one(Cause, cause_id).draft != draft:
        raise NameTaken(cause=str(cause_id))
    return queries.cause(session, cause_id)


def end_cause(session: Session, actor: Actor, cause_id: UUID, now: datetime) -> CauseCard:
    """Let a cause take no more points; what it was given stays. Again changes nothing.

    Raises:
        Forbidden: the actor is no operator.
        NoSuchCause: there is none.
    """
    actor.require(Permission.OFFER_PUBLISH)
    row = session.get(Cause, cause_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NoSuchCause(cause=str(cause_id))
    if row.ended_at is None:
        row.ended_at = now
        session.flush()
    return queries.cause(session, cause_id)


def donate(
    session: Session, actor: Actor, donation_id: UUID, draft: DonationDraft, now: datetime
) -> DonationCard:
    """Give points to a cause, for good; the same again is the same gift.

    Raises:
        NoSuchCause, CauseOver: there is none, or it takes no more.
        InsufficientBalance: the wallet holds too few; what waits to mature cannot be given.
        NameTaken: the name was used for another gift.
    """
    actor.require(Permission.POINTS_SPEND)
    one_at_a_time(session, actor.person_id)
    row = session.get(Donation, donation_id)
    if row is None:
        # Held only so that it cannot end meanwhile: other gifts go on beside this one.
        cause = session.get(Cause, draft.cause_id, with_for_update={"read": True})
        if cause is None:
            raise NoSuchCause(cause=str(draft.cause_id))
        if cause.ended_at is not None:
            raise CauseOver(cause=str(draft.cause_id))
        made = session.scalar(
            insert(Donation)
            .values(
                donation_id=donation_id,
                cause_id=draft.cause_id,
                person_id=actor.person_id,
                points=draft.points,
                code=short_code(token_hex(32), CODE_LENGTH),
                donated_at=now,
            )
            .on_conflict_do_nothing(index_elements=["donation_id"])
            .returning(Donation.donation_id)
        )
        row = session.get_one(Donation, donation_id)
        if made is not None:
            transfer(
                session,
                donation_id,
                source=wallet_of(actor.person_id),
                destination=donated_to(draft.cause_id),
                amount=draft.points,
                reason="donated",
                occurred_at=now,
            )
    if (row.person_id, row.cause_id, row.points) != (
        actor.person_id,
        draft.cause_id,
        draft.points,
    ):
        raise NameTaken(donation=str(donation_id))
    return queries.card(session, row, actor, now)
