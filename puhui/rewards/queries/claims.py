"""Claims of labelled units: for their buyers, and for whoever looks at those that wait."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from puhui.identity import queries as identity
from puhui.identity.queries import OrganisationCard
from puhui.kernel.actor import Actor, Permission
from puhui.rewards.claim import ClaimState, HeldFor
from puhui.rewards.errors import NoSuchClaim
from puhui.rewards.lot import LotState
from puhui.rewards.model.claim import Claim, ShopFreeze
from puhui.rewards.model.decision import Decision
from puhui.rewards.model.points import Lot
from puhui.rewards.queries.decisions import DecisionCard, decision_card
from puhui.rewards.queries.plantings import shares_organisation

MOST_LOOKED_THROUGH = 500


@dataclass(frozen=True)
class ClaimCard:
    """A claimed unit, and what became of its points."""

    serial_id: UUID
    award_id: UUID
    person_id: UUID
    product_id: UUID
    shop_id: UUID | None
    label_code: str
    claimed_at: datetime
    state: ClaimState
    held_for: HeldFor | None
    decided_at: datetime | None
    decided_by_rules: bool
    words: str | None
    appeal_id: UUID | None
    appeal_words: str | None
    appealed_at: datetime | None
    appeal_verdict: str | None
    appeal_answer: str | None


@dataclass(frozen=True)
class WeighedClaim:
    """A claim with what the rules saw in it, and in the many who tried its label."""

    claim: ClaimCard
    weighings: tuple[DecisionCard, ...]


@dataclass(frozen=True)
class FreezeCard:
    """A shop whose claims wait, or waited, together."""

    freeze_id: UUID
    organisation_id: UUID
    shop: OrganisationCard
    frozen_at: datetime
    lifted_at: datetime | None
    words: str | None
    weighing: DecisionCard
    waiting: int
    """Claims of the shop that wait now."""
    tried_units: int
    """Units of the shop that too many people have tried."""


def card(row: Claim) -> ClaimCard:
    """Return what may be known of a claim; who decided it is not told."""
    return ClaimCard(
        row.serial_id,
        row.award_id,
        row.person_id,
        row.product_id,
        row.shop_id,
        row.label_code,
        row.claimed_at,
        ClaimState(row.state),
        None if row.held_for is None else HeldFor(row.held_for),
        row.decided_at,
        row.decided_at is not None and row.decided_by is None,
        row.words,
        row.appeal_id,
        row.appeal_words,
        row.appealed_at,
        row.appeal_verdict,
        row.appeal_answer,
    )


def claim(session: Session, actor: Actor, serial_id: UUID) -> ClaimCard:
    """Return a claim to its buyer, to whoever reviews claims, or to an auditor.

    Raises:
        NoSuchClaim: there is none, or it is not theirs to see.
    """
    row = session.get(Claim, serial_id)
    if row is None or not (
        row.person_id == actor.person_id
        or actor.may(Permission.CLAIM_REVIEW)
        or actor.may(Permission.AUDIT_READ)
    ):
        raise NoSuchClaim(claim=str(serial_id))
    return card(row)


def of_award(session: Session, award_id: UUID) -> ClaimCard | None:
    """Return the claim for which an award was given, if it was for one and has been weighed."""
    row = session.scalar(select(Claim).where(Claim.award_id == award_id))
    return None if row is None else card(row)


def claims_of(session: Session, actor: Actor, most: int) -> Sequence[ClaimCard]:
    """Return one's own claims, the newest first."""
    rows = session.scalars(
        select(Claim)
        .where(Claim.person_id == actor.person_id)
        .order_by(Claim.claimed_at.desc(), Claim.serial_id)
        .limit(most)
    )
    return [card(row) for row in rows]


def by_appeal(session: Session, appeal_id: UUID) -> Claim | None:
    """Return the claim of an appeal."""
    return session.scalar(select(Claim).where(Claim.appeal_id == appeal_id))


def waiting(session: Session, actor: Actor, most: int) -> Sequence[ClaimCard]:
    """Return the held claims that the actor may decide: the gravest first, then the oldest.

    Raises:
        Forbidden: the actor reviews no claims.
    """
    actor.require(Permission.CLAIM_REVIEW)
    decided = (
        select(Decision.score)
        .where(Decision.subject_kind == "purchase", Decision.subject_id == Claim.serial_id)
        .scalar_subquery()
    )
    rows = session.scalars(
        select(Claim)
        .where(Claim.state == ClaimState.HELD, Claim.person_id.not_in(identity.erased_people()))
        .order_by(decided.desc(), Claim.claimed_at, Claim.serial_id)
        .limit(MOST_LOOKED_THROUGH)
    )
    may = _stranger_to(session, actor)
    return [card(row) for row in rows if may(row)][:most]


def appeals_waiting(session: Session, actor: Actor, most: int) -> Sequence[ClaimCard]:
    """Return the appealed refusals that the actor may decide, the oldest first.

    Raises:
        Forbidden: the actor reviews no claims.
    """
    actor.require(Permission.CLAIM_REVIEW)
    rows = session.scalars(
        select(Claim)
        .where(Claim.appealed_at.is_not(None), Claim.appeal_decided_at.is_(None))
        .where(Claim.state == ClaimState.REFUSED)
        .where(Claim.person_id.not_in(identity.erased_people()))
        .where(or_(Claim.decided_by.is_(None), Claim.decided_by != actor.person_id))
        .order_by(Claim.appealed_at, Claim.serial_id)
        .limit(MOST_LOOKED_THROUGH)
    )
    may = _stranger_to(session, actor)
    return [card(row) for row in rows if may(row)][:most]


def weighed(session: Session, card: ClaimCard) -> WeighedClaim:
    """Return a claim with what the rules saw."""
    return WeighedClaim(card, tuple(weighings(session, card.serial_id)))


def weighings(session: Session, serial_id: UUID) -> Sequence[DecisionCard]:
    """Return what the rules decided of a claim, and of the many who tried its label."""
    rows = session.scalars(
        select(Decision)
        .where(Decision.subject_kind.in_(["purchase", "label"]), Decision.subject_id == serial_id)
        .order_by(Decision.decided_at, Decision.subject_kind.desc())
    )
    return [decision_card(row) for row in rows]


def freezes_waiting(session: Session, actor: Actor, most: int) -> Sequence[FreezeCard]:
    """Return the shops whose claims wait, the oldest first.

    Raises:
        Forbidden: the actor reviews no claims.
    """
    actor.require(Permission.CLAIM_REVIEW)
    rows = session.scalars(
        select(ShopFreeze)
        .where(ShopFreeze.lifted_at.is_(None))
        .order_by(ShopFreeze.frozen_at, ShopFreeze.freeze_id)
        .limit(most)
    )
    return [freeze_card(session, row) for row in rows]


def freeze_card(session: Session, row: ShopFreeze) -> FreezeCard:
    """Return what may be known of a shop whose claims wait."""
    shop = identity.organisation(session, row.organisation_id)
    assert shop is not None, row.organisation_id
    decision = session.scalar(
        select(Decision).where(
            Decision.subject_kind == "shop", Decision.subject_id == row.freeze_id
        )
    )
    assert decision is not None, row.freeze_id
    held = session.scalar(
        select(func.count()).where(
            Claim.shop_id == row.organisation_id, Claim.state == ClaimState.HELD
        )
    )
    tried = session.scalar(
        select(func.count()).where(
            Decision.subject_kind == "label",
            Decision.inputs["shop_id"].as_string() == str(row.organisation_id),
        )
    )
    return FreezeCard(
        row.freeze_id,
        row.organisation_id,
        shop,
        row.frozen_at,
        row.lifted_at,
        row.words,
        decision_card(decision),
        held or 0,
        tried or 0,
    )


def open_freeze(session: Session, shop_id: UUID) -> UUID | None:
    """Return the name of the freeze by which a shop's claims wait now, if they do."""
    return session.scalar(
        select(ShopFreeze.freeze_id).where(
            ShopFreeze.organisation_id == shop_id, ShopFreeze.lifted_at.is_(None)
        )
    )


def cleared_since(session: Session, shop_id: UUID, since: datetime) -> bool:
    """Whether somebody has looked at a shop since then and let it go on."""
    return bool(
        session.scalar(
            select(
                exists().where(ShopFreeze.organisation_id == shop_id, ShopFreeze.lifted_at >= since)
            )
        )
    )


def unmatured() -> ColumnElement[bool]:
    """Return whether a claim's points have not matured yet."""
    return exists().where(Lot.lot_id == Claim.award_id, Lot.state == LotState.PENDING)


def shop_of(session: Session, shop_id: UUID | None) -> OrganisationCard | None:
    """Return the shop that recorded a sale, if one has."""
    return None if shop_id is None else identity.organisation(session, shop_id)


def _stranger_to(session: Session, actor: Actor) -> Callable[[Claim], bool]:
    """Return whether a claim is neither the actor's, nor of an organisation or shop of theirs."""
    mine = {member.organisation_id for member in actor.memberships}
    strangers: dict[UUID, bool] = {}

    def may(row: Claim) -> bool:
        if row.shop_id in mine:
            return False
        if row.person_id not in strangers:
            strangers[row.person_id] = row.person_id != actor.person_id and not (
                shares_organisation(session, actor, row.person_id)
            )
        return strangers[row.person_id]

    return may
