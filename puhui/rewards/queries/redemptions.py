"""Redemptions, for whoever redeemed, the partner, operators and auditors."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from json import loads
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, tuple_
from sqlalchemy.orm import Session

from puhui.identity import consents
from puhui.identity import queries as identity
from puhui.identity.queries import OrganisationCard
from puhui.identity.vault import vault
from puhui.kernel.actor import Actor, Permission
from puhui.rewards.model.offer import OfferVersion
from puhui.rewards.model.points import Reversal
from puhui.rewards.model.redemption import Redemption
from puhui.rewards.offer import Terms
from puhui.rewards.redemption import Address, RedemptionState, RefundGround, StepTaken, steps
from puhui.rewards.shop_errors import NoSuchRedemption


@dataclass(frozen=True)
class RedemptionCard:
    """A redemption with the terms that were shown."""

    redemption_id: UUID
    offer_id: UUID
    version_id: UUID
    partner: OrganisationCard
    terms: Terms
    points: int
    state: RedemptionState
    code: str | None
    """For whoever redeemed, while it can be used; None to everybody else."""
    address: Address | None
    """For whoever redeemed, and for the partner while it is wanted and agreed to."""
    redeemed_at: datetime
    expires_at: datetime
    sent_at: datetime | None
    tracking: str | None
    ended_at: datetime | None
    refund_ground: RefundGround | None
    refund_reason: str | None
    withheld: int

    @property
    def steps(self) -> list[StepTaken]:
        """Return its way, each step with whether it has been reached."""
        return steps(self.terms.delivery, self.state)

    @property
    def returned(self) -> int:
        """Return the points that came back."""
        return self.points - self.withheld if self.state is RedemptionState.REFUNDED else 0


def address_place(redemption_id: UUID) -> str:
    """Return the place at which a redemption's address is sealed."""
    return f"address of {redemption_id}"


def code_place(redemption_id: UUID) -> str:
    """Return the place at which a redemption's code is sealed."""
    return f"code of {redemption_id}"


def address_of(row: Redemption) -> Address | None:
    """Return where it is sent; None where it is not, or once the address was deleted."""
    if row.address_sealed is None:
        return None
    return Address(**loads(vault().open(row.address_sealed, address_place(row.redemption_id))))


def _both() -> Select[Redemption, OfferVersion]:
    return select(Redemption, OfferVersion).join(
        OfferVersion, OfferVersion.version_id == Redemption.version_id
    )


def cards(
    session: Session, query: Select[Redemption, OfferVersion], actor: Actor
) -> list[RedemptionCard]:
    """Return redemptions as the actor may see them; that they may was asked before."""
    rows = list(session.execute(query))
    partners = identity.organisations(session, {row.organisation_id for row, _ in rows})
    desks = actor.organisations(Permission.OFFER_WRITE)
    return [
        _card(
            session, row, terms, partners[row.organisation_id], actor, row.organisation_id in desks
        )
        for row, terms in rows
    ]


def _card(
    session: Session,
    row: Redemption,
    version: OfferVersion,
    partner: OrganisationCard,
    actor: Actor,
    at_desk: bool,
) -> RedemptionCard:
    state, own = RedemptionState(row.state), row.person_id == actor.person_id
    code = address = None
    if own and row.code_sealed is not None and state is RedemptionState.ISSUED:
        code = vault().open(row.code_sealed, code_place(row.redemption_id))
    # A consent withdrawn is one that the partner's next look at the list obeys.
    wanted = at_desk and state.is_open and row.address_sealed is not None
    if own or (wanted and consents.given(session, row.person_id, consents.Purpose.DELIVERY)):
        address = address_of(row)
    return RedemptionCard(
        row.redemption_id,
        row.offer_id,
        row.version_id,
        partner,
        version.terms,
        row.points,
        state,
        code,
        address,
        row.redeemed_at,
        row.expires_at,
        row.sent_at,
        row.tracking,
        row.ended_at,
        None if row.refund_ground is None else RefundGround(row.refund_ground),
        row.refund_reason,
        row.withheld,
    )


def redemption(session: Session, actor: Actor, redemption_id: UUID) -> RedemptionCard:
    """Return a redemption to whoever redeemed, the partner, an operator or an auditor.

    Raises:
        NoSuchRedemption: there is none, or it is not theirs to see; the two look the same.
    """
    row = session.get(Redemption, redemption_id)
    if row is None or not may_see(actor, row):
        raise NoSuchRedemption
    return cards(session, _both().where(Redemption.redemption_id == redemption_id), actor)[0]


def may_see(actor: Actor, row: Redemption) -> bool:
    """Whether the actor may see a redemption."""
    return (
        row.person_id == actor.person_id
        or row.organisation_id in actor.organisations(Permission.OFFER_WRITE)
        or actor.may(Permission.OFFER_PUBLISH)
        or actor.may(Permission.AUDIT_READ)
    )


def redemptions_of(
    session: Session,
    actor: Actor,
    *,
    before: tuple[datetime, UUID] | None = None,
    most: int = 50,
) -> Sequence[RedemptionCard]:
    """Return what the actor has redeemed, newest first."""
    return _page(session, Redemption.person_id == actor.person_id, actor, before, most)


def at_partner(
    session: Session,
    actor: Actor,
    organisation_id: UUID,
    *,
    before: tuple[datetime, UUID] | None = None,
    most: int = 50,
) -> Sequence[RedemptionCard]:
    """Return what was redeemed at a partner, newest first, to its own people.

    Raises:
        Forbidden, NotFound: the actor hands nothing over for that organisation.
    """
    actor.require(Permission.OFFER_WRITE, organisation_id)
    return _page(session, Redemption.organisation_id == organisation_id, actor, before, most)


def _page(
    session: Session,
    which: ColumnElement[bool],
    actor: Actor,
    before: tuple[datetime, UUID] | None,
    most: int,
) -> list[RedemptionCard]:
    query = _both().where(which)
    if before is not None:
        query = query.where(tuple_(Redemption.redeemed_at, Redemption.redemption_id) < before)
    query = query.order_by(Redemption.redeemed_at.desc(), Redemption.redemption_id.desc())
    return cards(session, query.limit(most), actor)


def owed_meanwhile(session: Session, row: Redemption) -> int:
    """Return what awards reversed since the redemption could not take, because it was spent.

    What other refunds have put right for them already is not asked for twice.
    """
    uncovered = session.scalar(
        select(func.coalesce(func.sum(Reversal.points - Reversal.taken), 0)).where(
            Reversal.person_id == row.person_id, Reversal.reversed_at >= row.redeemed_at
        )
    )
    settled = session.scalar(
        select(func.coalesce(func.sum(Redemption.withheld), 0)).where(
            Redemption.person_id == row.person_id, Redemption.ended_at >= row.redeemed_at
        )
    )
    return max(0, int(uncovered or 0) - int(settled or 0))
