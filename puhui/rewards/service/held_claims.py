"""Decide claims that are held, hear appeals against refusals, let a shop's claims go on."""

from datetime import datetime, timedelta
from uuid import UUID, uuid5

from sqlalchemy import update
from sqlalchemy.orm import Session

from puhui.identity import queries as identity
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.clock import day_of
from puhui.kernel.errors import Invalid
from puhui.outbox.service import publish
from puhui.rewards.claim import ClaimState, HeldFor, judge_words
from puhui.rewards.errors import (
    AppealedBefore,
    AppealTooLate,
    ClaimDecided,
    DecidedByYou,
    NameTaken,
    NoSuchClaim,
    NoSuchFreeze,
    NotRefused,
    OwnClaim,
    OwnOrganisation,
)
from puhui.rewards.model.claim import Claim, ShopFreeze
from puhui.rewards.queries import claims as queries
from puhui.rewards.queries.claims import ClaimCard, FreezeCard
from puhui.rewards.queries.plantings import shares_organisation
from puhui.rewards.queries.thresholds import thresholds_on
from puhui.rewards.service.awards import Cause, award
from puhui.rewards.service.claims import take_points_back


def decide_claim(
    session: Session, actor: Actor, serial_id: UUID, *, released: bool, words: str, now: datetime
) -> ClaimCard:
    """Let the points of a held claim go on, or take them back; the same again changes nothing.

    Raises:
        Forbidden: the actor reviews no claims.
        Invalid: no reason, or too long a one.
        NoSuchClaim: there is none.
        OwnClaim, OwnOrganisation: it is too near to the actor.
        ClaimDecided: it does not wait, or was decided otherwise.
    """
    actor.require(Permission.CLAIM_REVIEW)
    _require_words(words)
    row = _for_update(session, serial_id)
    _require_stranger(session, actor, row)
    state = ClaimState.RELEASED if released else ClaimState.REFUSED
    if row.decided_by is not None:
        if (row.decided_by, row.state, row.words) != (actor.person_id, state, words):
            raise ClaimDecided(claim=str(serial_id))
        return queries.card(row)
    if row.state != ClaimState.HELD:
        raise ClaimDecided(claim=str(serial_id))
    row.state, row.words = state, words
    row.decided_by, row.decided_at = actor.person_id, now
    session.flush()
    if not released:
        take_points_back(session, serial_id, row.person_id, now)
    publish(session, "rewards.claim_decided", now, serial_id=str(serial_id))
    return queries.card(row)


def appeal_claim(
    session: Session, actor: Actor, appeal_id: UUID, serial_id: UUID, words: str, now: datetime
) -> ClaimCard:
    """Appeal against the refusal of one's own claim; the same again changes nothing.

    Raises:
        Forbidden: the actor may claim nothing.
        Invalid: no reason, or too long a one.
        NoSuchClaim: there is none, or it is another person's.
        NotRefused, AppealTooLate, AppealedBefore: it cannot be appealed, or not any more.
        NameTaken: the name was used for another appeal.
    """
    actor.require(Permission.SERIAL_CLAIM)
    _require_words(words)
    row = _for_update(session, serial_id)
    if row.person_id != actor.person_id:
        raise NoSuchClaim(claim=str(serial_id))
    if row.appeal_id is not None:
        if row.appeal_id != appeal_id:
            raise AppealedBefore(claim=str(serial_id))
        if row.appeal_words != words:
            raise NameTaken(appeal=str(appeal_id))
        return queries.card(row)
    if queries.by_appeal(session, appeal_id) is not None:
        raise NameTaken(appeal=str(appeal_id))
    if row.state != ClaimState.REFUSED or row.decided_at is None:
        raise NotRefused(claim=str(serial_id), state=row.state)
    limits = thresholds_on(session, day_of(row.decided_at))
    if now > row.decided_at + timedelta(days=limits["appeal.days"]):
        raise AppealTooLate(claim=str(serial_id))
    row.appeal_id, row.appeal_words, row.appealed_at = appeal_id, words, now
    session.flush()
    publish(session, "rewards.claim_appealed", now, serial_id=str(serial_id))
    return queries.card(row)


def decide_claim_appeal(
    session: Session, actor: Actor, appeal_id: UUID, *, upheld: bool, words: str, now: datetime
) -> ClaimCard:
    """Decide an appeal against somebody else's refusal; the same again changes nothing.

    Who upholds it gives the points anew, by the rule of the day of the claim.

    Raises:
        Forbidden: the actor reviews no claims.
        Invalid: no reason, or too long a one.
        NoSuchClaim: there is no such appeal.
        OwnClaim, OwnOrganisation: it is too near to the actor.
        DecidedByYou: the actor refused the claim.
        ClaimDecided: the appeal was decided otherwise before, or the unit was returned meanwhile.
    """
    actor.require(Permission.CLAIM_REVIEW)
    _require_words(words)
    known = queries.by_appeal(session, appeal_id)
    if known is None:
        raise NoSuchClaim(appeal=str(appeal_id))
    row = _for_update(session, known.serial_id)
    _require_stranger(session, actor, row)
    if row.decided_by == actor.person_id:
        raise DecidedByYou(appeal=str(appeal_id))
    verdict = "upheld" if upheld else "rejected"
    if row.appeal_verdict is not None:
        said = row.appeal_decided_by, row.appeal_verdict, row.appeal_answer
        if said != (actor.person_id, verdict, words):
            raise ClaimDecided(claim=str(row.serial_id))
        return queries.card(row)
    if row.state != ClaimState.REFUSED:
        raise ClaimDecided(claim=str(row.serial_id))
    row.appeal_verdict, row.appeal_answer = verdict, words
    row.appeal_decided_by, row.appeal_decided_at = actor.person_id, now
    if upheld:
        row.state = ClaimState.RELEASED
    session.flush()
    if upheld:
        about = {
            "serial_id": str(row.serial_id),
            "product_id": str(row.product_id),
            "label_code": row.label_code,
        }
        name = uuid5(row.serial_id, "appeal")
        award(
            session, Cause("purchase", name, row.person_id, 1, day_of(row.claimed_at), about), now
        )
    publish(session, "rewards.claim_decided", now, serial_id=str(row.serial_id))
    return queries.card(row)


def lift_freeze(
    session: Session, actor: Actor, freeze_id: UUID, words: str, now: datetime
) -> FreezeCard:
    """Let a shop's claims go on, those that wait for its sake alone; the same again does nothing.

    A claim of the actor's own goes on waiting for somebody else.

    Raises:
        Forbidden: the actor reviews no claims.
        Invalid: no reason, or too long a one.
        NoSuchFreeze: there is none.
        OwnOrganisation: it is the actor's own shop.
        ClaimDecided: it was lifted by another, or with other words.
    """
    actor.require(Permission.CLAIM_REVIEW)
    _require_words(words)
    row = session.get(ShopFreeze, freeze_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NoSuchFreeze(freeze=str(freeze_id))
    _require_other_shop(actor, row.organisation_id)
    if row.lifted_at is not None:
        if (row.lifted_by, row.words) != (actor.person_id, words):
            raise ClaimDecided(freeze=str(freeze_id))
        return queries.freeze_card(session, row)
    row.lifted_at, row.lifted_by, row.words = now, actor.person_id, words
    session.flush()
    session.execute(
        update(Claim)
        .where(
            Claim.shop_id == row.organisation_id,
            Claim.state == ClaimState.HELD,
            Claim.held_for == HeldFor.SHOP,
            Claim.person_id != actor.person_id,
        )
        .values(state=ClaimState.RELEASED, decided_by=actor.person_id, decided_at=now, words=words)
    )
    publish(session, "rewards.shop_freeze_lifted", now, organisation_id=str(row.organisation_id))
    return queries.freeze_card(session, row)


def _require_stranger(session: Session, actor: Actor, row: Claim) -> None:
    """Let pass whoever is neither the buyer, nor of the buyer's organisation or the shop's."""
    if row.person_id == actor.person_id:
        raise OwnClaim(claim=str(row.serial_id))
    if shares_organisation(session, actor, row.person_id):
        raise OwnOrganisation(claim=str(row.serial_id))
    if row.shop_id is not None:
        _require_other_shop(actor, row.shop_id)


def _require_other_shop(actor: Actor, shop_id: UUID) -> None:
    if shop_id in {member.organisation_id for member in actor.memberships}:
        raise OwnOrganisation(shop=str(shop_id))


def _for_update(session: Session, serial_id: UUID) -> Claim:
    row = session.get(Claim, serial_id, with_for_update=True, populate_existing=True)
    # With whoever was erased their points are gone: there is nothing left to decide.
    if row is None or identity.is_erased(session, row.person_id):
        raise NoSuchClaim(claim=str(serial_id))
    return row


def _require_words(words: str) -> None:
    faults = judge_words(words)
    if faults:
        raise Invalid(faults)
