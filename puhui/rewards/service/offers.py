"""Put up goods and services for points, decide what is published, withdraw."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from puhui.kernel.actor import Actor, Permission
from puhui.kernel.clock import day_of
from puhui.kernel.errors import Invalid
from puhui.rewards.errors import NameTaken
from puhui.rewards.model.offer import Offer, OfferVersion
from puhui.rewards.offer import OfferDraft, Terms, TermsState, judge
from puhui.rewards.queries import offers as queries
from puhui.rewards.queries.offers import OfferCard
from puhui.rewards.shop_errors import BelowTaken, NoSuchOffer, OwnOffer


def propose_offer(
    session: Session, actor: Actor, offer_id: UUID, draft: OfferDraft, now: datetime
) -> OfferCard:
    """Propose an offer; nobody can redeem it yet. The same again changes nothing.

    Its first terms are named like the offer.

    Raises:
        Forbidden, NotFound: the actor offers nothing for that organisation.
        Invalid: with everything that cannot be right.
        NameTaken: the name was used for another offer.
    """
    actor.require(Permission.OFFER_WRITE, draft.organisation_id)
    if session.get(Offer, offer_id) is None:
        _judge(draft.terms, now)
        session.execute(
            insert(Offer)
            .values(
                offer_id=offer_id,
                organisation_id=draft.organisation_id,
                kind=draft.kind,
                stock=draft.stock,
                taken=0,
                opened_at=now,
            )
            .on_conflict_do_nothing()
        )
        _write(session, actor.person_id, offer_id, offer_id, 1, draft.terms, now)
    row = session.get_one(Offer, offer_id)
    first = session.get(OfferVersion, offer_id)
    same = (row.organisation_id, row.kind) == (draft.organisation_id, draft.kind)
    if not same or first is None or first.terms != draft.terms:
        raise NameTaken(offer=str(offer_id))
    return queries.version(session, offer_id)


def propose_terms(
    session: Session, actor: Actor, offer_id: UUID, version_id: UUID, terms: Terms, now: datetime
) -> OfferCard:
    """Propose other terms for an offer; the published ones hold until an operator agrees.

    Raises:
        NoSuchOffer: there is none of the actor's.
        Invalid: with everything that cannot be right.
        NameTaken: the name was used for other terms.
    """
    actor.require(Permission.OFFER_WRITE)
    _own(session, actor, offer_id)
    row = session.get(OfferVersion, version_id)
    if row is None:
        _judge(terms, now)
        last = session.scalar(
            select(func.max(OfferVersion.number)).where(OfferVersion.offer_id == offer_id)
        )
        _write(session, actor.person_id, offer_id, version_id, (last or 0) + 1, terms, now)
        row = session.get_one(OfferVersion, version_id)
    if (row.offer_id, row.terms) != (offer_id, terms):
        raise NameTaken(version=str(version_id))
    return queries.version(session, version_id)


def _judge(terms: Terms, now: datetime) -> None:
    faults = judge(terms, day_of(now))
    if faults:
        raise Invalid(faults)


def _own(session: Session, actor: Actor, offer_id: UUID) -> Offer:
    """Return the actor's own offer, held; one of somebody else looks unknown."""
    row = session.get(Offer, offer_id, with_for_update=True, populate_existing=True)
    if row is None or row.organisation_id not in actor.organisations(Permission.OFFER_WRITE):
        raise NoSuchOffer
    return row


def _write(
    session: Session,
    by: UUID,
    offer_id: UUID,
    version_id: UUID,
    number: int,
    terms: Terms,
    now: datetime,
) -> None:
    session.execute(
        insert(OfferVersion)
        .values(
            version_id=version_id,
            offer_id=offer_id,
            number=number,
            state=TermsState.PROPOSED,
            proposed_by=by,
            proposed_at=now,
            **vars(terms),
        )
        .on_conflict_do_nothing()
    )


def set_stock(
    session: Session, actor: Actor, offer_id: UUID, stock: int, now: datetime
) -> OfferCard:
    """Say how many there are in all, those already redeemed included; again changes nothing.

    Raises:
        NoSuchOffer: there is none of the actor's.
        BelowTaken: more have been redeemed already.
    """
    actor.require(Permission.OFFER_WRITE)
    row = _own(session, actor, offer_id)
    if stock < row.taken:
        raise BelowTaken(taken=row.taken)
    row.stock = stock
    session.flush()
    return queries.offer(session, actor, offer_id)


def decide_terms(
    session: Session,
    actor: Actor,
    version_id: UUID,
    reason: str | None,
    now: datetime,
) -> OfferCard:
    """Publish terms, or refuse them for a reason; the same again changes nothing.

    Published terms replace the earlier ones for whoever redeems from now on. What was redeemed
    keeps the terms that were shown.

    Raises:
        Forbidden: the actor is no operator.
        NoSuchOffer: there are no such terms.
        OwnOffer: the actor belongs to the partner.
        OfferDecided: they were decided otherwise.
    """
    actor.require(Permission.OFFER_PUBLISH)
    row = session.get(OfferVersion, version_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NoSuchOffer
    offer = session.get_one(Offer, row.offer_id, with_for_update=True, populate_existing=True)
    if offer.organisation_id in {one.organisation_id for one in actor.memberships}:
        raise OwnOffer
    fresh = row.state == TermsState.PROPOSED
    row.decide(actor.person_id, reason, now)
    if fresh and reason is None:
        offer.published_id = version_id
    session.flush()
    return queries.version(session, version_id)


def withdraw_offer(session: Session, actor: Actor, offer_id: UUID, now: datetime) -> OfferCard:
    """Take an offer down for good: its partner or an operator. Again changes nothing.

    What was redeemed before is handed over or refunded all the same.

    Raises:
        NoSuchOffer: there is none that the actor may take down.
    """
    if not actor.may(Permission.OFFER_PUBLISH):
        actor.require(Permission.OFFER_WRITE)
        _own(session, actor, offer_id)
    row = session.get(Offer, offer_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NoSuchOffer
    if row.withdrawn_at is None:
        row.withdrawn_at = now
        session.flush()
    return queries.offer(session, actor, offer_id)
