"""Plantings, for the person who planted and for the verifier who looks."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from puhui.evidence import queries as evidence
from puhui.evidence.queries import PhotoCard
from puhui.identity.queries import actor_of_person
from puhui.kernel.actor import Actor, Permission
from puhui.kernel.clock import day_of
from puhui.rewards.errors import NoSuchPlanting
from puhui.rewards.model.base import PlantingBase
from puhui.rewards.model.decision import Decision
from puhui.rewards.model.planting import Planting, PlantingPhoto, Review
from puhui.rewards.planting import PlantingDraft, Point, State, approvals_needed
from puhui.rewards.points import Said
from puhui.rewards.queries import awards
from puhui.rewards.queries.assessment import Found, gather
from puhui.rewards.queries.awards import AwardCard
from puhui.rewards.queries.bases import BaseCard, card_of
from puhui.rewards.queries.decisions import DecisionCard, decision_card
from puhui.rewards.queries.thresholds import all_thresholds, limits_of
from puhui.rewards.review import SENTENCES, Reason, Verdict
from puhui.rewards.species import Species, catalogue
from puhui.rewards.threshold import Thresholds


@dataclass(frozen=True)
class ReviewCard:
    """One verifier's judgement. Who it was is for auditors."""

    verifier_id: UUID
    verdict: Verdict
    reason: Reason | None
    words: str
    rule: str
    inputs: dict[str, Any]
    reviewed_at: datetime


@dataclass(frozen=True)
class Refusal:
    """Why a planting was refused, in words for the person."""

    reason: Reason
    words: str

    @property
    def sentence(self) -> Said:
        """Return the reason as a sentence."""
        return Said(SENTENCES[self.reason], {})


@dataclass(frozen=True)
class PlantingCard:
    """A planting with all that belongs to it."""

    planting_id: UUID
    person_id: UUID
    base: BaseCard
    species: Species
    trees: int
    planted_on: date
    point: Point | None
    state: State
    logged_at: datetime
    decided_at: datetime | None
    photos: tuple[PhotoCard, ...]
    reviews: tuple[ReviewCard, ...]
    award: AwardCard | None
    decision: DecisionCard | None
    approvals_needed: int
    """How many verifiers must agree."""
    turn: int

    @property
    def approvals(self) -> int:
        """Return how many verifiers agree so far."""
        return sum(review.verdict is Verdict.APPROVE for review in self.reviews)

    @property
    def refusal(self) -> Refusal | None:
        """Return why it is refused, if it is."""
        if self.state is not State.REFUSED:
            return None
        for review in self.reviews:
            if review.verdict is Verdict.REFUSE and review.reason is not None:
                return Refusal(review.reason, review.words)
        return Refusal(Reason.IMPOSSIBLE, "")

    @property
    def draft(self) -> PlantingDraft:
        """Return it as it was submitted."""
        photo_ids = tuple(photo.photo_id for photo in self.photos)
        return PlantingDraft(
            self.base.base_id, self.species.key, self.trees, self.planted_on, photo_ids, self.point
        )


def award_id_of(planting_id: UUID) -> UUID:
    """Return the name of the award and the transfer that follow from a planting."""
    return uuid5(planting_id, "points")


def card(session: Session, row: Planting) -> PlantingCard:
    """Return a planting with all that belongs to it."""
    return cards(session, [row])[0]


def by_id(session: Session, planting_ids: Collection[UUID]) -> Mapping[UUID, PlantingCard]:
    """Return plantings by their names, for who may see them all."""
    rows = session.scalars(select(Planting).where(Planting.planting_id.in_(planting_ids))).all()
    return {card.planting_id: card for card in cards(session, rows)}


def cards(session: Session, rows: Sequence[Planting]) -> list[PlantingCard]:
    """Return plantings with all that belongs to them, in the order given."""
    ids = [row.planting_id for row in rows]
    bases = {
        base.base_id: card_of(base)
        for base in session.scalars(
            select(PlantingBase).where(PlantingBase.base_id.in_({row.base_id for row in rows}))
        )
    }
    attached = list(
        session.scalars(
            select(PlantingPhoto)
            .where(PlantingPhoto.planting_id.in_(ids))
            .order_by(PlantingPhoto.planting_id, PlantingPhoto.position)
        )
    )
    photos = evidence.cards(session, {photo.photo_id for photo in attached})
    reviews = list(
        session.scalars(
            select(Review)
            .where(Review.planting_id.in_(ids))
            .order_by(Review.reviewed_at, Review.verifier_id)
        )
    )
    given = awards.by_id(session, [award_id_of(planting_id) for planting_id in ids])
    decided = decisions(session, ids)
    versions = all_thresholds(session)
    return [
        PlantingCard(
            row.planting_id,
            row.person_id,
            bases[row.base_id],
            catalogue()[row.species],
            row.trees,
            row.planted_on,
            row.point,
            State(row.state),
            row.logged_at,
            row.decided_at,
            tuple(
                photos[photo.photo_id]
                for photo in attached
                if photo.planting_id == row.planting_id
                and photo.question_id is None
                and photo.photo_id in photos
            ),
            tuple(_review(review) for review in reviews if review.planting_id == row.planting_id),
            given.get(award_id_of(row.planting_id)),
            decided.get(row.planting_id),
            approvals_needed(
                row.trees, limits_of(versions, day_of(row.logged_at))["P15.second_above"]
            ),
            row.turn,
        )
        for row in rows
    ]


def decisions(session: Session, ids: Collection[UUID]) -> Mapping[UUID, DecisionCard]:
    """Return what the rules decided of these plantings; those not yet weighed are left out."""
    rows = session.scalars(
        select(Decision).where(Decision.subject_kind == "planting", Decision.subject_id.in_(ids))
    )
    return {row.subject_id: decision_card(row) for row in rows}


def found(session: Session, row: Planting, limits: Thresholds) -> Found:
    """Return everything that the rules look at when they weigh a planting."""
    known = card(session, row)
    return gather(session, row, known.draft, known.base, known.photos, limits)


def _review(row: Review) -> ReviewCard:
    return ReviewCard(
        row.verifier_id,
        Verdict(row.verdict),
        Reason(row.reason) if row.reason else None,
        row.words,
        row.rule,
        row.inputs,
        row.reviewed_at,
    )


def planting(session: Session, actor: Actor, planting_id: UUID) -> PlantingCard:
    """Return a planting to its owner, a verifier or an auditor.

    Raises:
        NoSuchPlanting: there is none, or it is not theirs to see.
    """
    row = session.get(Planting, planting_id)
    if row is None or not (
        row.person_id == actor.person_id
        or actor.may(Permission.PLANTING_REVIEW)
        or actor.may(Permission.AUDIT_READ)
    ):
        raise NoSuchPlanting(planting=str(planting_id))
    return card(session, row)


def plantings_of(
    session: Session,
    person_id: UUID,
    *,
    before: tuple[datetime, UUID] | None = None,
    most: int = 50,
) -> Sequence[PlantingCard]:
    """Return a person's plantings, newest first, those before (logged at, id) when given."""
    key = tuple_(Planting.logged_at, Planting.planting_id)
    query = select(Planting).where(Planting.person_id == person_id)
    if before is not None:
        query = query.where(key < before)
    query = query.order_by(Planting.logged_at.desc(), Planting.planting_id.desc()).limit(most)
    return cards(session, session.scalars(query).all())


def shares_organisation(session: Session, actor: Actor, person_id: UUID) -> bool:
    """Whether actor and person belong to a common organisation."""
    theirs = actor_of_person(session, person_id).memberships
    return not {m.organisation_id for m in actor.memberships}.isdisjoint(
        m.organisation_id for m in theirs
    )
