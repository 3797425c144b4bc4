"""Offers: what can be redeemed, what a partner has put up, what waits for an operator."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, select, tuple_
from sqlalchemy.orm import Session

from puhui.identity import queries as identity
from puhui.identity.queries import OrganisationCard
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.clock import day_of
from puhui.kernel.county import counties_called
from puhui.rewards.model.offer import Offer, OfferVersion
from puhui.rewards.offer import OfferKind, Terms, TermsState
from puhui.rewards.shop_errors import NoSuchOffer


@dataclass(frozen=True)
class OfferCard:
    """An offer on one version of its terms."""

    offer_id: UUID
    version_id: UUID
    number: int
    partner: OrganisationCard
    kind: OfferKind
    terms: Terms
    state: TermsState
    reason: str | None
    stock: int
    taken: int
    is_current: bool
    """Whether these are the terms that can be redeemed."""
    opened_at: datetime
    proposed_at: datetime
    withdrawn_at: datetime | None

    @property
    def left(self) -> int:
        """Return how many can still be redeemed."""
        return self.stock - self.taken

    def is_open(self, today: date) -> bool:
        """Whether it can be redeemed, were anything left of it."""
        return self.is_current and self.withdrawn_at is None and today <= self.terms.offered_until


Place = tuple[int, datetime, UUID]
"""1 if anything is left, when it was opened, its name: what comes first is greater."""

_Rows = Iterable[Row[Offer, OfferVersion]]


def _both() -> Select[Offer, OfferVersion]:
    return select(Offer, OfferVersion).join(OfferVersion, OfferVersion.offer_id == Offer.offer_id)


def _cards(session: Session, rows: _Rows) -> list[OfferCard]:
    found = list(rows)
    partners = identity.organisations(session, {offer.organisation_id for offer, _ in found})
    return [card(offer, version, partners[offer.organisation_id]) for offer, version in found]


def card(offer: Offer, version: OfferVersion, partner: OrganisationCard) -> OfferCard:
    """Return an offer on these terms as a value."""
    return OfferCard(
        offer.offer_id,
        version.version_id,
        version.number,
        partner,
        OfferKind(offer.kind),
        version.terms,
        TermsState(version.state),
        version.reason,
        offer.stock,
        offer.taken,
        offer.published_id == version.version_id,
        offer.opened_at,
        version.proposed_at,
        offer.withdrawn_at,
    )


def offers(
    session: Session,
    now: datetime,
    *,
    county: str | None = None,
    kind: OfferKind | None = None,
    before: Place | None = None,
    most: int = 50,
) -> Sequence[OfferCard]:
    """Return what can be redeemed, the newest first, and then what is sold out.

    `county` is a part of a name or a code; what holds in the whole province is always there. What
    is sold out while somebody turns pages is shown once more, among the others that are.
    """
    query = _both().where(
        Offer.published_id == OfferVersion.version_id,
        Offer.withdrawn_at.is_(None),
        OfferVersion.offered_until >= day_of(now),
    )
    if county is not None:
        query = query.where(
            OfferVersion.county_code.is_(None)
            | OfferVersion.county_code.in_(counties_called(county))
        )
    if kind is not None:
        query = query.where(Offer.kind == kind)
    query = query.order_by(Offer.opened_at.desc(), Offer.offer_id.desc())
    found: list[Row[Offer, OfferVersion]] = []
    # One after the other by the index of days: an index of what is left would have every
    # redemption write to it.
    for is_left in (1, 0):
        if (before is not None and before[0] < is_left) or len(found) == most:
            continue
        rows = query.where(Offer.taken < Offer.stock if is_left else Offer.taken >= Offer.stock)
        if before is not None and before[0] == is_left:
            rows = rows.where(tuple_(Offer.opened_at, Offer.offer_id) < before[1:])
        found += session.execute(rows.limit(most - len(found)))
    return _cards(session, found)


def place(card: OfferCard) -> Place:
    """Return where an offer stands among all that `offers` lists."""
    return int(card.left > 0), card.opened_at, card.offer_id


def offer(session: Session, actor: Actor | None, offer_id: UUID) -> OfferCard:
    """Return an offer on the terms published last, or else proposed last.

    Raises:
        NoSuchOffer: there is none, or it was never published and is not theirs to see.
    """
    query = (
        _both()
        .where(Offer.offer_id == offer_id)
        .order_by(
            (OfferVersion.version_id == Offer.published_id).desc().nulls_last(),
            OfferVersion.number.desc(),
        )
    )
    found = session.execute(query.limit(1)).first()
    if found is None or (found[0].published_id is None and not may_see(actor, found[0])):
        raise NoSuchOffer(offer=str(offer_id))
    return _cards(session, [found])[0]


def may_see(actor: Actor | None, row: Offer) -> bool:
    """Whether the actor may see what was not published: its partner, operators, auditors."""
    if actor is None:
        return False
    return (
        row.organisation_id in actor.organisations(Permission.OFFER_WRITE)
        or actor.may(Permission.OFFER_PUBLISH)
        or actor.may(Permission.AUDIT_READ)
    )


def version(session: Session, version_id: UUID) -> OfferCard:
    """Return an offer on the terms of this version.

    Raises:
        NoSuchOffer: there is no such version.
    """
    found = session.execute(_both().where(OfferVersion.version_id == version_id)).first()
    if found is None:
        raise NoSuchOffer(version=str(version_id))
    return _cards(session, [found])[0]


def of_partner(session: Session, actor: Actor, organisation_id: UUID) -> Sequence[OfferCard]:
    """Return everything a partner has put up, every version of it, the newest first.

    Raises:
        Forbidden, NotFound: the actor offers nothing for that organisation.
    """
    actor.require(Permission.OFFER_WRITE, organisation_id)
    return _listed(session, Offer.organisation_id == organisation_id)


def waiting(session: Session, actor: Actor) -> Sequence[OfferCard]:
    """Return terms that wait for an operator, the oldest last.

    Raises:
        Forbidden: the actor is no operator.
    """
    actor.require(Permission.OFFER_PUBLISH)
    return _listed(session, OfferVersion.state == TermsState.PROPOSED)


def live(session: Session, actor: Actor) -> Sequence[OfferCard]:
    """Return what is published and not withdrawn, for operators.

    Raises:
        Forbidden: the actor is no operator.
    """
    actor.require(Permission.OFFER_PUBLISH)
    return _listed(
        session, (Offer.published_id == OfferVersion.version_id) & Offer.withdrawn_at.is_(None)
    )


def _listed(session: Session, which: ColumnElement[bool]) -> list[OfferCard]:
    query = _both().where(which)
    query = query.order_by(OfferVersion.proposed_at.desc(), OfferVersion.version_id).limit(100)
    return _cards(session, session.execute(query))
